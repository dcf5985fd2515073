/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_paths DIR: opens files of all kinds of names in DIR, an absolute path without symbolic
 * links, through every system call that opens. Removes what it made.
 */
#include "workload.h"
#include <linux/openat2.h>

#define NAME_BYTES 255
#define PATH_BYTES 4096

static int open_by_name(const char *name, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, name, flags, 0640);
}

static void make_and_open(const char *name)
{
	close(must(open_by_name(name, O_CREAT | O_WRONLY | O_TRUNC), name));
	close(must(open_by_name(name, O_RDONLY), name));
	must(unlink(name), name);
}

/* Folders below DIR, until the absolute path of a file in the last one has PATH_BYTES - 1 bytes. */
static void open_longest(const char *top)
{
	char path[PATH_BYTES];
	char name[NAME_BYTES + 1];
	size_t length = strlen(top);
	size_t left, file;
	int depth = 0;

	memcpy(path, top, length);
	memset(name, 'n', NAME_BYTES);
	name[NAME_BYTES] = 0;
	while (PATH_BYTES - 1 - length > 2 * (NAME_BYTES + 1)) {
		must(mkdir(name, 0755), "mkdir");
		must(chdir(name), "chdir");
		path[length] = '/';
		memcpy(path + length + 1, name, NAME_BYTES);
		length += NAME_BYTES + 1;
		depth++;
	}
	/* Two levels for what is left, a folder and the file, so that no name is longer than a name
	 * may be. */
	left = PATH_BYTES - 1 - length - 2;
	file = left - 1 < NAME_BYTES ? left - 1 : NAME_BYTES;
	name[left - file] = 0;
	must(mkdir(name, 0755), "mkdir");
	length += sprintf(path + length, "/%s/", name);
	memset(path + length, 'f', file);
	path[length + file] = 0;
	close(must(open_by_name(path, O_CREAT | O_WRONLY), "open of the longest path"));
	fact("longest_bytes", "%zu", strlen(path));
	must(unlink(path), "unlink");
	must(rmdir(name), "rmdir");
	name[left - file] = left - file < NAME_BYTES ? 'n' : 0;
	for (; depth > 0; depth--) {
		must(chdir(".."), "chdir");
		must(rmdir(name), "rmdir");
	}
}

/* One level more than the kernel lets anybody name in one string. */
static void open_deeper_than_path_max(void)
{
	const int depth = 120;
	char name[] = "deeper-than-any-path-can-say-in-one-string";
	struct stat status;
	int i, fd;

	for (i = 0; i < depth; i++) {
		must(mkdir(name, 0755), "mkdir");
		must(chdir(name), "chdir");
	}
	fd = must(open_by_name("bottom", O_CREAT | O_WRONLY), "open");
	must(fstat(fd, &status), "fstat");
	fact("deeper_inode", "%lu", (unsigned long)status.st_ino);
	close(fd);
	must(unlink("bottom"), "unlink");
	for (i = 0; i < depth; i++) {
		must(chdir(".."), "chdir");
		must(rmdir(name), "rmdir");
	}
}

static void open_too_long(void)
{
	static char path[2 * PATH_BYTES];

	memset(path, 'x', sizeof(path) - 1);
	if (open_by_name(path, O_RDONLY) >= 0 || errno != ENAMETOOLONG)
		fail("too long a path was opened");
}

int main(int argc, char **argv)
{
	struct open_how how = {.flags = O_RDWR | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
	struct stat status;
	int fd;

	if (argc != 2)
		fail("usage: open_paths DIR");
	must(chdir(argv[1]), argv[1]);
	fact("pid", "%d", getpid());

	close(must(open_by_name("plain", O_CREAT | O_RDWR), "open"));
	must(stat("plain", &status), "stat");
	fact("plain_inode", "%lu", (unsigned long)status.st_ino);
	fact("plain_device", "%u", (unsigned int)status.st_dev);
	fact("plain_mode", "%u", status.st_mode);
	close(must(open_by_name("./..//.", O_DIRECTORY), "open"));
	must(symlink("plain", "link"), "symlink");
	close(must(open_by_name("link", O_RDONLY), "open"));
	close(must(syscall(SYS_openat2, AT_FDCWD, "plain", &how, sizeof(how)), "openat2"));
#ifdef SYS_open
	close(must(syscall(SYS_open, "plain", O_RDONLY | O_NONBLOCK), "open"));
	close(must(syscall(SYS_creat, "created", 0600), "creat"));
	must(unlink("created"), "unlink");
#endif
	if (open_by_name("missing", O_RDONLY) >= 0 || errno != ENOENT)
		fail("a missing file was opened");
	make_and_open("new\nline");
	make_and_open("invalid-\xff\xfe-utf8");
	make_and_open("control-\x01\x1b[31m");

	fd = must(open_by_name("plain", O_RDONLY), "open");
	must(unlink("link"), "unlink");
	must(unlink("plain"), "unlink");
	{
		char self[64];

		snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		close(must(open_by_name(self, O_RDONLY), "open of a deleted file"));
	}
	close(fd);
	open_longest(argv[1]);
	open_deeper_than_path_max();
	open_too_long();
	return 0;
}
