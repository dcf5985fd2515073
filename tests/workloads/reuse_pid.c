/* SPDX-License-Identifier: Apache-2.0 */
/* reuse_pid COUNT: COUNT processes that follow each other under one pid, each executing this
 * program, and so a child of each. */
#include "workload.h"
#include <linux/sched.h>
#include <signal.h>

static pid_t clone_as(pid_t wanted)
{
	struct clone_args arguments = {
		.exit_signal = SIGCHLD,
		.set_tid = (__u64)(unsigned long)&wanted,
		.set_tid_size = 1,
	};

	return syscall(SYS_clone3, &arguments, sizeof(arguments));
}

static void execute(const char *what, const char *number)
{
	execl("/proc/self/exe", "reuse_pid", what, number, NULL);
	fail("execl");
}

static int run_again(const char *number)
{
	pid_t child = must(fork(), "fork");

	if (child == 0)
		execute("below", number);
	wait_for(child);
	return atoi(number) % 100;
}

int main(int argc, char **argv)
{
	char key[32];
	int i, count;
	pid_t pid;

	if (argc == 3)
		return strcmp(argv[1], "again") ? 0 : run_again(argv[2]);
	if (argc != 2)
		fail("usage: reuse_pid COUNT");
	count = atoi(argv[1]);
	pid = must(fork(), "fork");
	if (pid == 0)
		_exit(0);
	wait_for(pid);
	fact("reused", "%d", pid);
	for (i = 0; i < count; i++) {
		pid_t child = clone_as(pid);

		if (child < 0 && (errno == EPERM || errno == EINVAL)) {
			fact("refused", "%d", errno);
			return 0;
		}
		must(child, "clone3");
		if (child == 0) {
			snprintf(key, sizeof(key), "%d", i);
			execute("again", key);
		}
		wait_for(child);
	}
	fact("refused", "%d", 0);
	return 0;
}
