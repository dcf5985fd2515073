/* SPDX-License-Identifier: Apache-2.0 */
/* exec_fail DIR: execs that the kernel refuses, each for another reason. */
#include "workload.h"

static void refused(const char *key, const char *path, char *const arguments[], int fd)
{
	if (fd < 0)
		execve(path, arguments, environ);
	else
		syscall(SYS_execveat, fd, path, arguments, environ, AT_EMPTY_PATH);
	fact(key, "%d", errno);
}

static void make(const char *path, const char *content, mode_t mode)
{
	int fd = must(open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600), path);

	must(write(fd, content, strlen(content)), "write");
	must(fchmod(fd, mode), "fchmod");
	close(fd);
}

int main(int argc, char **argv)
{
	char *plain[] = {"x", NULL};
	char *huge = malloc(3 << 20);
	char *large[] = {huge, NULL};
	char long_path[5000];

	if (argc != 2)
		fail("usage: exec_fail DIR");
	must(chdir(argv[1]), argv[1]);
	memset(huge, 'a', 3 << 20);
	huge[(3 << 20) - 1] = 0;
	memset(long_path, 'b', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = 0;
	make("no-format", "neither script nor program", 0755);
	make("no-right", "#!/bin/true", 0644);
	make("no-interpreter", "#!/nowhere/at/all\n", 0755);
	refused("missing", "/nowhere/\x01\xff program", plain, -1);
	refused("right", "./no-right", plain, -1);
	refused("format", "no-format", plain, -1);
	refused("interpreter", "no-interpreter", plain, -1);
	refused("large", "/proc/self/exe", large, -1);
	refused("long", long_path, plain, -1);
	refused("fault", (const char *)8, plain, -1);
	refused("folder", "", plain, must(open(".", O_PATH), "open"));
	return 0;
}
