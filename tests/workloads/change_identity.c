/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change_identity DIR: a process that changes its credentials in each way, does calls that change
 * nothing between them, and executes a set-user-id program in DIR.
 */
#include "workload.h"
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>

#define USER	1001
#define GROUP	2002
#define THREADS 3

static void drop_capability(int capability)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	must(syscall(SYS_capget, &header, data), "capget");
	data[capability / 32].effective &= ~(1U << capability % 32);
	must(syscall(SYS_capset, &header, data), "capset");
	must(syscall(SYS_capset, &header, data), "capset again");
}

static void change(void)
{
	must(setgid(GROUP), "setgid");
	must(setgid(GROUP), "setgid again");
	must(setgroups(0, NULL), "setgroups");
	drop_capability(CAP_SYS_CHROOT);
	must(seteuid(USER), "seteuid");
	must(seteuid(0), "seteuid back");
	must(setuid(USER), "setuid");
	if (setuid(0) == 0)
		fail("setuid(0) was permitted");
}

static pid_t start(const char *key)
{
	pid_t child = must(fork(), "fork");

	if (child)
		fact(key, "%d", child);
	return child;
}

static void *sleep_forever(void *nothing)
{
	pause();
	return nothing;
}

static void change_with_threads(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, sleep_forever, NULL))
			fail("pthread_create");
	must(setuid(USER), "setuid"); /* glibc makes all threads do it */
}

static void copy_self(const char *path)
{
	int from = must(open("/proc/self/exe", O_RDONLY), "open");
	int to = must(open(path, O_CREAT | O_WRONLY | O_TRUNC, 0700), path);
	char block[65536];
	ssize_t got;

	while ((got = must(read(from, block, sizeof(block)), "read")) > 0)
		must(write(to, block, got), "write");
	must(fchmod(to, 06755), "fchmod");
	must(fchown(to, 0, GROUP), "fchown");
	must(fchmod(to, 06755), "fchmod");
	close(to);
}

int main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2 || strcmp(argv[1], "again") == 0)
		return geteuid() == 0 ? 0 : 1;
	fact("setgid", "%d", SYS_setgid);
	fact("setuid", "%d", SYS_setuid);
	fact("setresuid", "%d", SYS_setresuid);
	fact("capset", "%d", SYS_capset);
	fact("unshare", "%d", SYS_unshare);
	fact("execve", "%d", SYS_execve);
	if (start("change_pid") == 0) {
		change();
		_exit(0);
	}
	wait(NULL);
	if (start("threads_pid") == 0) {
		change_with_threads();
		_exit(0);
	}
	wait(NULL);
	if (start("namespace_pid") == 0) {
		must(setuid(USER), "setuid");
		must(unshare(CLONE_NEWUSER), "unshare");
		fact_inode("user_ns", "/proc/self/ns/user");
		_exit(0);
	}
	wait(NULL);
	snprintf(path, sizeof(path), "%s/set-user-id", argv[1]);
	copy_self(path);
	must(chmod(argv[1], 0755), argv[1]);
	if (start("exec_pid") == 0) {
		must(setuid(USER), "setuid");
		execl(path, path, "again", NULL);
		fail("execl");
	}
	wait(NULL);
	if (start("same_pid") == 0)
		_exit(0);
	wait(NULL);
	return 0;
}
