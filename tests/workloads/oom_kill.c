/* SPDX-License-Identifier: Apache-2.0 */
/* oom_kill DIR LIMIT: a child in the memory cgroup DIR/... that takes more than the file LIMIT
 * there allows. */
#include "workload.h"

#define LIMIT_BYTES (16 << 20)
#define TAKEN_BYTES (256 << 20)

static void put(const char *folder, const char *file, const char *text)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = must(open(path, O_WRONLY), path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

int main(int argc, char **argv)
{
	char text[32];
	int gate[2];
	int status;
	pid_t child;
	char byte;

	if (argc != 3)
		fail("usage: oom_kill DIR LIMIT");
	must(mkdir(argv[1], 0755), argv[1]);
	snprintf(text, sizeof(text), "%d", LIMIT_BYTES);
	put(argv[1], argv[2], text);
	must(pipe(gate), "pipe");
	child = must(fork(), "fork");
	if (child == 0) {
		char *memory;

		must(read(gate[0], &byte, 1), "read");
		memory = mmap(NULL, TAKEN_BYTES, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		_exit(memory == MAP_FAILED);
	}
	fact("child_pid", "%d", child);
	snprintf(text, sizeof(text), "%d", child);
	put(argv[1], "cgroup.procs", text);
	must(write(gate[1], "x", 1), "write");
	must(waitpid(child, &status, 0), "waitpid");
	fact("signal", "%d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	must(rmdir(argv[1]), "rmdir");
	return 0;
}
