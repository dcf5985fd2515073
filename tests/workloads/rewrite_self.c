/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rewrite_self COUNT: executes children while threads rewrite its arguments, its environment and
 * its name; goes on until its input ends.
 */
#include "workload.h"
#include <pthread.h>
#include <sys/prctl.h>

static char *first, *last;

static void *rewrite_memory(void *nothing)
{
	unsigned int seed = 1;
	char *at;

	for (;;)
		for (at = first; at < last; at++)
			*(volatile char *)at = rand_r(&seed);
	return nothing;
}

static void *rewrite_name(void *nothing)
{
	char name[16];
	unsigned int seed = 2;
	int i;

	for (;;) {
		for (i = 0; i < 15; i++)
			name[i] = rand_r(&seed) | 1;
		name[15] = 0;
		prctl(PR_SET_NAME, name);
	}
	return nothing;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int i, count;
	char byte;

	if (argc == 3 && strcmp(argv[1], "child") == 0)
		return 0;
	if (argc < 2)
		fail("usage: rewrite_self COUNT [FILLER...]");
	count = atoi(argv[1]);
	first = argv[0];
	last = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
	if (pthread_create(&thread, NULL, rewrite_memory, NULL) ||
	    pthread_create(&thread, NULL, rewrite_name, NULL))
		fail("pthread_create");
	for (i = 0; i < count; i++) {
		pid_t child = must(vfork(), "vfork");

		if (child == 0) {
			execl("/proc/self/exe", "exact", "child", "arguments", NULL);
			_exit(WORKLOAD_FAILED);
		}
		wait_for(child);
	}
	fact("done", "1");
	while (read(0, &byte, 1) > 0)
		;
	_exit(0);
}
