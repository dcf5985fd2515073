/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_opens DIR: opens files in every way that the already-seen filter must tell apart, each way
 * several times, with a mark before each step. In DIR, in a mount namespace of its own. As
 * "seen_opens --once PATH" opens just that.
 */
#include "container.h"
#include <sys/mount.h>
#include <sys/prctl.h>

#define TIMES 3

static void open_times(const char *path, int flags)
{
	int i;

	for (i = 0; i < TIMES; i++)
		close(open(path, flags, 0644));
}

static void read_times(const char *path)
{
	open_times(path, O_RDONLY);
}

static void make(const char *path)
{
	close(must(open(path, O_CREAT | O_EXCL | O_WRONLY, 0644), path));
}

static void copy_self(const char *to)
{
	char buffer[65536];
	ssize_t size;
	int in = must(open("/proc/self/exe", O_RDONLY), "exe");
	int out = must(open(to, O_CREAT | O_WRONLY, 0755), to);

	while ((size = must(read(in, buffer, sizeof(buffer)), "read")) > 0)
		must(write(out, buffer, size), "write");
	close(in);
	close(out);
}

static void run(const char *program, const char *path, uid_t uid)
{
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		if (uid)
			must(setuid(uid), "setuid");
		execl(program, "seen_opens", "--once", path, NULL);
		fail(program);
	}
	wait_for(child);
}

/* Names of one file. */
static void names(void)
{
	mark("plain");
	make("plain");
	read_times("plain");
	mark("flags");
	open_times("plain", O_WRONLY);
	mark("again");
	read_times("plain");
	mark("hard link");
	must(link("plain", "hard"), "link");
	read_times("hard");
	mark("rename");
	must(rename("plain", "renamed"), "rename");
	read_times("renamed");
	mark("symlink");
	make("target");
	must(symlink("target", "soft"), "symlink");
	read_times("soft");
	mark("folder");
	must(mkdir("folder", 0755), "mkdir");
	make("folder/file");
	read_times("folder/file");
	mark("renamed folder");
	must(rename("folder", "moved"), "rename");
	read_times("moved/file");
	mark("bind mount");
	must(mkdir("bound", 0755), "mkdir");
	must(mount("moved", "bound", NULL, MS_BIND, NULL), "mount --bind");
	read_times("bound/file");
	mark("chmod");
	must(chmod("moved/file", 0600), "chmod");
	read_times("moved/file");
}

/* One name, several files: prints whether the number was used again. */
static void replace(const char *key, const char *path)
{
	struct stat before, after;

	make(path);
	read_times(path);
	must(stat(path, &before), path);
	must(unlink(path), "unlink");
	make(path);
	read_times(path);
	must(stat(path, &after), path);
	fact(key, "%d", before.st_ino == after.st_ino);
}

static void identities(void)
{
	char path[64];
	int fd;

	mark("replaced");
	replace("reused", "replaced");
	mark("replaced on tmpfs");
	must(mkdir("memory", 0755), "mkdir");
	must(mount("memory", "memory", "tmpfs", 0, NULL), "mount tmpfs");
	replace("reused_tmpfs", "memory/replaced");
	mark("deleted");
	make("deleted");
	fd = must(open("deleted", O_RDONLY), "deleted");
	must(unlink("deleted"), "unlink");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_times(path);
}

static void overlay(void)
{
	mark("overlay");
	must(mkdir("lower", 0755) | mkdir("upper", 0755) | mkdir("work", 0755) |
		     mkdir("merged", 0755),
	     "mkdir");
	make("lower/file");
	must(mount("overlay", "merged", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work"),
	     "mount overlay");
	read_times("merged/file");
	mark("copied up");
	close(must(open("merged/file", O_WRONLY | O_APPEND), "append"));
	read_times("merged/file");
	mark("replaced on overlay");
	replace("reused_overlay", "merged/replaced");
}

static void failures(void)
{
	mark("missing");
	read_times("missing");
	mark("missing elsewhere");
	must(chdir("moved"), "chdir");
	read_times("missing");
	must(chdir(".."), "chdir");
	mark("not a folder");
	read_times("target/missing");
	mark("missing, to write");
	open_times("missing", O_WRONLY);
}

static void actors(const char *self)
{
	mark("other program");
	copy_self("copy");
	run("./copy", "target", 0);
	mark("same program");
	run(self, "renamed", 0);
	mark("other user");
	must(chmod(".", 0755), "chmod");
	run(self, "renamed", 65534);
	mark("other name");
	must(prctl(PR_SET_NAME, "somebody"), "prctl");
	read_times("renamed");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--once") == 0) {
		read_times(argv[2]);
		return 0;
	}
	if (argc != 2)
		fail("usage: seen_opens DIR");
	must(chdir(argv[1]), argv[1]);
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	names();
	identities();
	overlay();
	failures();
	actors("/proc/self/exe");
	mark("end");
	return 0;
}
