/* SPDX-License-Identifier: Apache-2.0 */
/* Waits until its input ends, then forks; its child executes it once more. */
#include "workload.h"

int main(int argc, char **argv)
{
	char byte;
	pid_t child;

	(void)argv;
	if (argc > 1)
		return 0;
	while (read(0, &byte, 1) > 0)
		;
	child = must(fork(), "fork");
	if (child == 0) {
		execl("/proc/self/exe", "wait_then_fork", "again", NULL);
		fail("execl");
	}
	fact("child_pid", "%d", child);
	wait_for(child);
	return 0;
}
