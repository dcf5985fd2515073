/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_script DIR: executes a script whose interpreter is a script whose interpreter is this
 * program; once by a relative and once by an absolute path, and this program by its descriptor.
 */
#include "workload.h"

static const char *self;

static void write_script(const char *path, const char *interpreter)
{
	FILE *file = fopen(path, "w");

	if (!file)
		fail(path);
	fprintf(file, "#!%s\n", interpreter);
	fclose(file);
	must(chmod(path, 0755), path);
}

static void run(const char *key, const char *path)
{
	char *arguments[] = {"ignored", "last", NULL};
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		execv(path, arguments);
		fail(path);
	}
	fact(key, "%d", child);
	wait_for(child);
}

static void run_descriptor(const char *key, const char *path, const char *name)
{
	char *arguments[] = {"again", NULL};
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		int fd = must(open(path, O_PATH), path);

		syscall(SYS_execveat, fd, name, arguments, environ, AT_EMPTY_PATH);
		fail("execveat");
	}
	fact(key, "%d", child);
	wait_for(child);
}

int main(int argc, char **argv)
{
	char inner[4096], outer[4096], interpreter[4200], exe[4096];

	if (argc != 2 || strcmp(argv[0], "again") == 0)
		return 0;
	must(readlink("/proc/self/exe", memset(exe, 0, sizeof(exe)), sizeof(exe) - 1), "readlink");
	self = exe;
	snprintf(inner, sizeof(inner), "%.4000s/inner", argv[1]);
	snprintf(outer, sizeof(outer), "%.4000s/outer", argv[1]);
	snprintf(interpreter, sizeof(interpreter), "%s -x", self);
	write_script(inner, interpreter);
	write_script(outer, inner);
	must(chdir(argv[1]), argv[1]);
	run("absolute_pid", outer);
	run("relative_pid", "./outer");
	must(chdir("/"), "/");
	run("root_pid", outer + 1);
	run_descriptor("descriptor_pid", self, "");
	run_descriptor("folder_pid", argv[1], "outer");
	run("plain_pid", self);
	return 0;
}
