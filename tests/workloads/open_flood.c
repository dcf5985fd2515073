/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_flood OPENS EXECS CGROUP: in that cgroup, opens /dev/null from two processes as fast as it
 * can while a third one executes itself.
 */
#include "workload.h"

static void enter_cgroup(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	fd = must(open(path, O_WRONLY), path);
	must(write(fd, "0", 1), "write");
	close(fd);
	fact_inode("cgroup_id", directory);
}

static void flood(long opens)
{
	long i;

	for (i = 0; i < opens; i++)
		close(must(open("/dev/null", O_RDONLY), "open"));
}

static void execute(long execs)
{
	long i;

	for (i = 0; i < execs; i++) {
		pid_t pid = must(fork(), "fork");

		if (pid == 0) {
			execl("/proc/self/exe", "flooded", NULL);
			fail("execl");
		}
		wait_for(pid);
	}
}

int main(int argc, char **argv)
{
	pid_t floods[2];
	int i;

	if (argc == 1 && strcmp(argv[0], "flooded") == 0)
		return 0;
	if (argc != 4)
		fail("usage: open_flood OPENS EXECS CGROUP");
	enter_cgroup(argv[3]);
	for (i = 0; i < 2; i++) {
		floods[i] = must(fork(), "fork");
		if (floods[i] == 0) {
			flood(atol(argv[1]) / 2);
			_exit(0);
		}
	}
	execute(atol(argv[2]));
	for (i = 0; i < 2; i++)
		wait_for(floods[i]);
	return 0;
}
