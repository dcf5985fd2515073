/* SPDX-License-Identifier: Apache-2.0 */
/* Children that end in each way there is, and threads that are no processes. */
#include "workload.h"
#include <pthread.h>
#include <signal.h>

#define THREADS 5

static void *do_nothing(void *nothing)
{
	return nothing;
}

static void run_threads(void)
{
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, do_nothing, NULL))
			fail("pthread_create");
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* The leader ends first; the process lives on in the thread, and its status is the thread's. */
static void *end_process(void *nothing)
{
	(void)nothing;
	usleep(20000);
	exit(9);
}

static pid_t child(void)
{
	return must(fork(), "fork");
}

int main(void)
{
	pthread_t thread;
	pid_t pid;

	pid = child();
	if (pid == 0)
		_exit(42);
	fact("code_child", "%d", pid);
	wait_for(pid);

	pid = child();
	if (pid == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	fact("signal_child", "%d", pid);
	wait_for(pid);

	pid = child();
	if (pid == 0) {
		run_threads();
		_exit(7);
	}
	fact("threads_child", "%d", pid);
	wait_for(pid);

	pid = child();
	if (pid == 0) {
		if (pthread_create(&thread, NULL, end_process, NULL))
			fail("pthread_create");
		syscall(SYS_exit, 3);
	}
	fact("leader_first_child", "%d", pid);
	wait_for(pid);
	return 0;
}
