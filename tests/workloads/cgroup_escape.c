/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup_escape FIRST SECOND ROOT: starts a program in the cgroup FIRST, as a runtime does. It
 * moves to SECOND, then to ROOT, and executes a child there. It marks where it is.
 */
#include "container.h"

static void wander(char **argv)
{
	pid_t child;

	fact("inside_pid", "%d", getpid());
	mark("first");
	enter_cgroup("second_id", argv[2]);
	mark("second");
	enter_cgroup("root_id", argv[3]);
	mark("root");
	child = must(fork(), "fork");
	if (child == 0) {
		execl("/proc/self/exe", "cgroup_escape", "child", NULL);
		fail("execl");
	}
	fact("child_pid", "%d", child);
	wait_for(child);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		mark("child");
		return 0;
	}
	if (argc != 4)
		fail("usage: cgroup_escape FIRST SECOND ROOT");
	if (strcmp(argv[1], "inside") == 0) {
		wander(argv);
		return 0;
	}
	enter_cgroup("first_id", argv[1]);
	execl("/proc/self/exe", "cgroup_escape", "inside", argv[2], argv[3], NULL);
	fail("execl");
}
