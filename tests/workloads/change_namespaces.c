/* SPDX-License-Identifier: Apache-2.0 */
/* change_namespaces DIR: makes and enters namespaces, changes its root, and tries what is refused.
 */
#include "workload.h"
#include <linux/sched.h>
#include <signal.h>
#include <sys/mount.h>

static void inodes(const char *prefix)
{
	static const char *const names[] = {
		"mnt", "net", "uts", "ipc", "cgroup", "user", "pid_for_children"};
	char key[64], path[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct stat status;

		snprintf(key, sizeof(key), "%s_%s", prefix, names[i]);
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		/* A new pid namespace has no file until its first process is there. */
		fact(key, "%lu", stat(path, &status) ? 0 : (unsigned long)status.st_ino);
	}
}

static void enter(void)
{
	int uts = must(open("/proc/self/ns/uts", O_RDONLY), "open uts");
	int other = must(open("/dev/null", O_RDONLY), "open");

	must(unshare(CLONE_FS | CLONE_FILES), "unshare files");
	must(unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_FS), "unshare");
	inodes("unshared");
	must(setns(uts, 0), "setns");
	inodes("entered");
	if (setns(other, CLONE_NEWNET) == 0)
		fail("setns of no namespace");
	fact("setns_errno", "%d", errno);
	if (unshare(CLONE_NEWNET | 0x1) == 0)
		fail("unshare of a wrong flag");
	fact("unshare_errno", "%d", errno);
}

static void clones(void)
{
	struct clone_args arguments = {.flags = CLONE_NEWNS | CLONE_FS, .exit_signal = SIGCHLD};
	long child = syscall(SYS_clone, CLONE_NEWNET | CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0);

	must(child, "clone");
	if (child == 0) {
		inodes("cloned");
		_exit(0);
	}
	fact("clone_child", "%ld", child);
	wait_for(child);
	if (syscall(SYS_clone, CLONE_NEWNS | CLONE_FS | SIGCHLD, 0, 0, 0, 0) >= 0)
		fail("clone of flags that exclude each other");
	fact("clone_errno", "%d", errno);
	if (syscall(SYS_clone3, &arguments, sizeof(arguments)) >= 0)
		fail("clone3 of flags that exclude each other");
	fact("clone3_errno", "%d", errno);
}

static void roots(const char *folder)
{
	must(chdir(folder), folder);
	must(mkdir("root", 0755), "root");
	must(mkdir("root/deeper", 0755), "deeper");
	if (chroot("missing") == 0)
		fail("chroot to nothing");
	must(chroot("root"), "chroot");
	must(chroot("root/./deeper/../deeper"), "chroot deeper");
}

static void pivot(const char *folder)
{
	char root[4096], old[4200];

	must(unshare(CLONE_NEWNS), "unshare mounts");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	snprintf(root, sizeof(root), "%s/pivot", folder);
	snprintf(old, sizeof(old), "%s/old", root);
	must(mkdir(root, 0755), root);
	must(mount("none", root, "tmpfs", 0, NULL), "mount");
	must(mkdir(old, 0755), old);
	if (syscall(SYS_pivot_root, "/nowhere", "/nowhere/old") == 0)
		fail("pivot_root to nothing");
	must(chroot(root), "chroot to a mount");
	_exit(0);
}

static void pivot_really(const char *folder)
{
	char root[4096], old[4200];

	must(unshare(CLONE_NEWNS), "unshare mounts");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	snprintf(root, sizeof(root), "%s/pivot", folder);
	snprintf(old, sizeof(old), "%s/old", root);
	must(mount("none", root, "tmpfs", 0, NULL), "mount");
	must(mkdir(old, 0755), old);
	must(syscall(SYS_pivot_root, root, old), "pivot_root");
	_exit(0);
}

static void run(const char *key, const char *folder, void (*work)(const char *))
{
	pid_t child = must(fork(), "fork");
	int status;

	if (child == 0) {
		work(folder);
		_exit(0);
	}
	fact(key, "%d", child);
	must(waitpid(child, &status, 0), "waitpid");
	if (status)
		fail(key);
}

static void calls(const char *folder)
{
	(void)folder;
	enter();
	clones();
}

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: change_namespaces DIR");
	run("calls_pid", argv[1], calls);
	run("roots_pid", argv[1], roots);
	run("pivot_pid", argv[1], pivot);
	run("pivoted_pid", argv[1], pivot_really);
	return 0;
}
