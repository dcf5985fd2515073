/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile_names DIR: a file, a program, its arguments and the names of a process with every byte
 * value that each may hold, and things that are deeper than anybody looks. Removes what it made.
 */
#include "workload.h"
#include <limits.h>
#include <sys/prctl.h>

#define DEPTH	  300
#define COMM_SIZE 15

/* Every byte that a name may hold: not 0, not '/'. 254 of them, and a name may have 255. */
static void every_byte(char *name)
{
	int byte;

	for (byte = 1; byte < 256; byte++)
		if (byte != '/')
			*name++ = (char)byte;
	*name = 0;
}

static void open_and_execute_every_byte(void)
{
	char self[PATH_MAX] = "", name[NAME_MAX + 1], renamed[NAME_MAX + 1];
	char command[2 * PATH_MAX];
	pid_t child;

	every_byte(name);
	memcpy(renamed, name, sizeof(name));
	renamed[0] = 2;
	close(must(open(name, O_CREAT | O_WRONLY, 0755), "open"));
	must(rename(name, renamed), "rename");
	must(unlink(renamed), "unlink");
	self[must(readlink("/proc/self/exe", self, sizeof(self) - 1), "readlink")] = 0;
	snprintf(command, sizeof(command), "cp %s program", self);
	if (system(command))
		fail(command);
	must(rename("program", name), "rename");
	child = must(fork(), "fork");
	if (!child) {
		execl(name, name, name, NULL);
		fail("execl");
	}
	fact("named_pid", "%d", child);
	wait_for(child);
	must(unlink(name), "unlink");
}

static void take_every_name(void)
{
	char name[COMM_SIZE + 1], file[32];
	int byte, at = 0, count = 0;

	for (byte = 1; byte < 256; byte++) {
		name[at++] = (char)byte;
		if (at < COMM_SIZE && byte < 255)
			continue;
		name[at] = 0;
		must(prctl(PR_SET_NAME, name), "PR_SET_NAME");
		snprintf(file, sizeof(file), "named-%d", count++);
		close(open(file, O_RDONLY));
		at = 0;
	}
	fact("names", "%d", count);
	must(prctl(PR_SET_NAME, "hostile_names"), "PR_SET_NAME");
}

/* Its argument tells it to do nothing. */
static void execute(const char *key, const char *path)
{
	pid_t child = must(fork(), "fork");

	if (!child) {
		execl(path, "hostile_names", "deep", NULL);
		fail("execl");
	}
	fact(key, "%d", child);
	wait_for(child);
}

static void go_deep(char *self)
{
	char command[2 * PATH_MAX];
	struct stat status;
	int i, fd;

	for (i = 0; i < DEPTH; i++) {
		must(mkdir("d", 0755), "mkdir");
		must(chdir("d"), "chdir");
	}
	fd = must(open("bottom", O_CREAT | O_WRONLY, 0600), "open");
	must(fstat(fd, &status), "fstat");
	fact("bottom_inode", "%lu", (unsigned long)status.st_ino);
	close(fd);
	execute("deep_pid", self);
	snprintf(command, sizeof(command), "cp %s program", self);
	if (system(command))
		fail(command);
	fact_inode("deep_program_inode", "program");
	execute("deep_program_pid", "./program");
	must(unlink("program"), "unlink");
	must(unlink("bottom"), "unlink");
	for (i = 0; i < DEPTH; i++) {
		must(chdir(".."), "chdir");
		must(rmdir("d"), "rmdir");
	}
}

int main(int argc, char **argv)
{
	char self[PATH_MAX] = "";

	/* What the others execute: their name or "deep". */
	if (argc != 2 || argv[1][0] != '/')
		return argc == 2 ? 0 : WORKLOAD_FAILED;
	self[must(readlink("/proc/self/exe", self, sizeof(self) - 1), "readlink")] = 0;
	must(chdir(argv[1]), argv[1]);
	open_and_execute_every_byte();
	take_every_name();
	go_deep(self);
	return 0;
}
