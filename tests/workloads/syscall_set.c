/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall_set DIR: in the cgroup DIR a child makes one call a thousand times, another once, one
 * with a number that no kernel has and, where there are such, one in the 32-bit way. The parent
 * stays outside.
 */
#include "workload.h"
#include <signal.h>

#define NO_CALL	       5000
#define COMPAT_GETPGRP 65 /* i386; link in the 64-bit table */

#if defined(__x86_64__)
static void no_interface(int signal)
{
	(void)signal;
	fact("compat", "0");
	_exit(0);
}

static void call_compat(void)
{
	long result;

	signal(SIGSEGV, no_interface);
	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(COMPAT_GETPGRP)
		     : "memory", "r8", "r9", "r10", "r11");
	fact("compat", "%d", result > 0);
}
#else
static void call_compat(void)
{
	fact("compat", "0");
}
#endif

int main(int argc, char **argv)
{
	char path[4096];
	char text[32];
	int fd, i;
	pid_t child;

	if (argc != 2)
		fail("usage: syscall_set DIR");
	fact_inode("cgroup_id", argv[1]);
	fact("repeated", "%d", SYS_sched_yield);
	fact("single", "%d", SYS_getpriority);
	fact("compat_number", "%d", COMPAT_GETPGRP);
	child = must(fork(), "fork");
	if (child == 0) {
		fact("child_pid", "%d", getpid());
		snprintf(path, sizeof(path), "%s/cgroup.procs", argv[1]);
		fd = must(open(path, O_WRONLY), path);
		must(write(fd, text, snprintf(text, sizeof(text), "%d", getpid())), "write");
		for (i = 0; i < 1000; i++)
			syscall(SYS_sched_yield);
		syscall(SYS_getpriority, 0, 0);
		if (syscall(NO_CALL) >= 0 || errno != ENOSYS)
			fail("a call that does not exist");
		call_compat();
		_exit(0);
	}
	wait_for(child);
	return 0;
}
