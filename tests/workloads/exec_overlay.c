/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_overlay DIR: like in a container whose image has the program /image/from-image: executes
 * that, then a copy of it that it made at run time, /made-here, in an overlayfs that is its root.
 */
#include "workload.h"
#include <sys/mount.h>

static void copy(const char *from, const char *to)
{
	static char block[1 << 16];
	int in = must(open(from, O_RDONLY), from);
	int out = must(open(to, O_CREAT | O_WRONLY | O_EXCL, 0755), to);
	ssize_t got;

	while ((got = must(read(in, block, sizeof(block)), "read")) > 0)
		must(write(out, block, got), "write");
	close(in);
	close(out);
}

static void execute(const char *key, const char *path)
{
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		execl(path, path, "again", NULL);
		fail(path);
	}
	fact(key, "%d", child);
	wait_for(child);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: exec_overlay DIR");
	if (strcmp(argv[1], "again") == 0)
		return 0;
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount private");
	must(mount("none", argv[1], "tmpfs", 0, NULL), "mount tmpfs");
	must(chdir(argv[1]), "chdir");
	must(mkdir("lower", 0755), "mkdir");
	must(mkdir("lower/image", 0755), "mkdir");
	must(mkdir("upper", 0755), "mkdir");
	must(mkdir("work", 0755), "mkdir");
	must(mkdir("root", 0755), "mkdir");
	copy("/proc/self/exe", "lower/image/from-image");
	must(mount("none", "root", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work"),
	     "mount overlay");
	must(chroot("root"), "chroot");
	must(chdir("/image"), "chdir");
	copy("/image/from-image", "/made-here");
	execute("image_pid", "/image/from-image");
	execute("made_pid", "/made-here");
	return 0;
}
