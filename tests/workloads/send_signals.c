/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send_signals CGROUP: signals to a child in another cgroup, to one in the own cgroup and to the
 * parent; and those that nobody sent.
 */
#include "workload.h"
#include <signal.h>
#include <sys/time.h>

static pid_t sleeper(void)
{
	sigset_t all;
	pid_t child;
	int gate[2];
	char byte;

	must(pipe(gate), "pipe");
	child = must(fork(), "fork");
	if (child == 0) {
		struct itimerval timer = {.it_interval = {.tv_usec = 1000},
					  .it_value = {.tv_usec = 1000}};

		/* Blocked, so that they stay without effect; the timer sends one each millisecond.
		 */
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
		must(setitimer(ITIMER_REAL, &timer, NULL), "setitimer");
		must(write(gate[1], "x", 1), "write");
		pause();
		_exit(0);
	}
	must(read(gate[0], &byte, 1), "read");
	close(gate[0]);
	close(gate[1]);
	return child;
}

static void forge(pid_t target)
{
	siginfo_t info = {.si_signo = SIGUSR2, .si_code = SI_TIMER};

	must(syscall(SYS_rt_sigqueueinfo, target, SIGUSR2, &info), "rt_sigqueueinfo");
}

int main(int argc, char **argv)
{
	char path[4096], text[32];
	pid_t same, other;
	int fd;

	if (argc != 2)
		fail("usage: send_signals CGROUP");
	must(mkdir(argv[1], 0755), argv[1]);
	fact_inode("other_cgroup", argv[1]);
	same = sleeper();
	other = sleeper();
	fact("same_pid", "%d", same);
	fact("other_pid", "%d", other);
	snprintf(path, sizeof(path), "%s/cgroup.procs", argv[1]);
	fd = must(open(path, O_WRONLY), path);
	must(write(fd, text, snprintf(text, sizeof(text), "%d", other)), "write");
	close(fd);

	must(kill(other, 0), "kill 0");
	must(kill(same, SIGUSR1), "kill");
	must(kill(other, SIGUSR1), "kill");
	must(syscall(SYS_tgkill, other, other, SIGURG), "tgkill");
	forge(other);
	must(kill(getppid(), SIGURG), "kill parent"); /* ignored by default */
	usleep(10000);				      /* timers fire meanwhile */
	must(kill(same, SIGKILL), "kill");
	must(kill(other, SIGKILL), "kill");
	wait_for(same);
	wait_for(other);
	must(rmdir(argv[1]), "rmdir");
	return 0;
}
