/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup_move DIR: makes the cgroup DIR, moves a child into it, which ends there, and removes it.
 */
#include "workload.h"

int main(int argc, char **argv)
{
	char path[4096];
	char text[32];
	int gate[2];
	int fd;
	pid_t child;

	if (argc != 2)
		fail("usage: cgroup_move DIR");
	must(mkdir(argv[1], 0755), argv[1]);
	fact("pid", "%d", getpid());
	fact_inode("cgroup_id", argv[1]);
	snprintf(path, sizeof(path), "%s/..", argv[1]);
	fact_inode("parent_id", path);
	must(pipe(gate), "pipe");
	child = must(fork(), "fork");
	if (child == 0) {
		char byte;

		close(gate[1]);
		must(read(gate[0], &byte, 1), "read");
		_exit(0);
	}
	fact("child_pid", "%d", child);
	snprintf(path, sizeof(path), "%s/cgroup.procs", argv[1]);
	fd = must(open(path, O_WRONLY), path);
	must(write(fd, text, snprintf(text, sizeof(text), "%d", child)), "write");
	close(fd);
	close(gate[0]);
	close(gate[1]);
	wait_for(child);
	must(rmdir(argv[1]), "rmdir");
	return 0;
}
