/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sleeping_crowd COUNT HOME, with one cgroup directory per line on its input and an empty line
 * after the last: COUNT processes that sleep, shared out evenly over the cgroups. Prints
 * processes=COUNT when all are there and it is back in the cgroup HOME; they end when the input
 * does.
 */
#include "workload.h"

#include <signal.h>
#include <sys/prctl.h>

#define MAX_GROUPS 1024

static char *groups[MAX_GROUPS];

static void enter(const char *group)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);

	int fd = (int)must(open(path, O_WRONLY | O_CLOEXEC), path);

	must(write(fd, "0", 1), path);
	close(fd);
}

/* Children stay where they are born: so the parent goes from cgroup to cgroup. */
static void people(const char *group, long count)
{
	pid_t parent = getpid();

	enter(group);
	for (long i = 0; i < count; i++) {
		if (must(fork(), "fork") == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != parent)
				_exit(0);
			for (;;)
				pause();
		}
	}
}

int main(int argc, char **argv)
{
	char line[4096], home[4096];
	int count = 0;

	if (argc != 3)
		return WORKLOAD_FAILED;

	long wanted = strtol(argv[1], NULL, 10), made = 0;

	snprintf(home, sizeof(home), "%s", argv[2]);
	while (count < MAX_GROUPS && fgets(line, sizeof(line), stdin) && line[0] != '\n') {
		line[strcspn(line, "\n")] = '\0';
		groups[count++] = strdup(line);
	}
	for (int i = 0; i < count; i++) {
		long upto = wanted * (i + 1) / count;

		people(groups[i], upto - made);
		made = upto;
	}
	enter(home);
	fact("processes", "%ld", made);
	while (fgets(line, sizeof(line), stdin))
		;
	return 0; /* which is the end of the others */
}
