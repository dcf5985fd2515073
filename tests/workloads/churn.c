/* SPDX-License-Identifier: Apache-2.0 */
/* churn CGROUP COUNT: COUNT times makes a cgroup in CGROUP, executes this program in it, which uses
 * a capability, and removes it. */
#include "workload.h"
#include <linux/sched.h>
#include <signal.h>
#include <sys/resource.h>

static pid_t clone_into(const char *path)
{
	int fd = must(open(path, O_RDONLY | O_DIRECTORY), path);
	struct clone_args arguments = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = fd,
	};
	pid_t child = must(syscall(SYS_clone3, &arguments, sizeof(arguments)), "clone3");

	close(fd);
	return child;
}

int main(int argc, char **argv)
{
	char path[4096], key[32];
	int i, count;

	if (argc == 2) {
		must(setpriority(PRIO_PROCESS, 0, -1), "setpriority"); /* asks for SYS_NICE */
		return 0;
	}
	if (argc != 3)
		fail("usage: churn CGROUP COUNT");
	must(mkdir(argv[1], 0755), argv[1]);
	count = atoi(argv[2]);
	for (i = 0; i < count; i++) {
		struct stat status;
		pid_t child;

		snprintf(path, sizeof(path), "%.4000s/c%d", argv[1], i);
		must(mkdir(path, 0755), path);
		must(stat(path, &status), path);
		child = clone_into(path);
		if (child == 0) {
			snprintf(key, sizeof(key), "%d", i);
			execl("/proc/self/exe", "churn", key, NULL);
			fail("execl");
		}
		snprintf(key, sizeof(key), "pid_%d", i);
		fact(key, "%d", child);
		snprintf(key, sizeof(key), "cgroup_%d", i);
		fact(key, "%lu", (unsigned long)status.st_ino);
		wait_for(child);
		while (rmdir(path) && errno == EBUSY)
			usleep(100); /* the cgroup is left a moment after the wait */
	}
	must(rmdir(argv[1]), argv[1]);
	return 0;
}
