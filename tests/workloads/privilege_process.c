/* SPDX-License-Identifier: Apache-2.0 */
/* What a process does to another one, and to itself: see main for the operations. */
#include "workload.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <linux/elf.h>

#define TOLD_ONCE 100 /* how often that is done which makes one event */

static volatile long word = 42;

static pid_t sleeping_child(void)
{
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	fact("child_pid", "%d", child);
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	wait_for(child);
}

/* attach: attach, poke many times, set registers. The target is another cgroup's when argv[2] names
 * one. */
static void attach(const char *cgroup)
{
	struct user_regs_struct registers;
	struct iovec vector = {&registers, sizeof(registers)};
	pid_t child = sleeping_child();
	char path[4096], text[32];
	int i, fd;

	if (cgroup) {
		fact_inode("cgroup_id", cgroup);
		snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
		fd = must(open(path, O_WRONLY), path);
		must(write(fd, text, snprintf(text, sizeof(text), "%d", child)), "write");
		close(fd);
	}
	must(ptrace(PTRACE_ATTACH, child, 0, 0), "attach");
	wait_for(child);
	for (i = 0; i < TOLD_ONCE; i++)
		must(ptrace(PTRACE_POKEDATA, child, &word, 43), "poke");
	fact("address", "%lu", (unsigned long)&word);
	must(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &vector), "getregset");
	must(ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &vector), "setregset");
#if defined(__x86_64__)
	must(ptrace(PTRACE_SETREGS, child, 0, &registers), "setregs");
#endif
	must(ptrace(PTRACE_DETACH, child, 0, 0), "detach");
	must(ptrace(PTRACE_SEIZE, child, 0, 0), "seize");
	if (ptrace(PTRACE_ATTACH, 1 << 21, 0, 0) == 0 || errno != ESRCH)
		fail("attach to nobody");
	end(child);
}

static void trace_me(void)
{
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		must(ptrace(PTRACE_TRACEME, 0, 0, 0), "traceme");
		_exit(0);
	}
	fact("child_pid", "%d", child);
	wait_for(child);
}

/* In a namespace of pids, where the caller's numbers are not the kernel's. */
static void attach_nested(void)
{
	pid_t leader;

	must(unshare(CLONE_NEWPID), "unshare");
	leader = must(fork(), "fork");
	if (leader == 0) {
		pid_t child = must(fork(), "fork");

		if (child == 0) {
			for (;;)
				pause();
		}
		fact("inner_pid", "%d", child);
		must(ptrace(PTRACE_SEIZE, child, 0, 0), "seize");
		end(child);
		_exit(0);
	}
	fact("leader_pid", "%d", leader);
	wait_for(leader);
}

static void process_vm(void)
{
	long here = 7;
	struct iovec local = {&here, sizeof(here)}, remote = {(void *)&word, sizeof(word)};
	pid_t child = sleeping_child();
	int i;

	for (i = 0; i < TOLD_ONCE; i++) {
		must(syscall(SYS_process_vm_readv, child, &local, 1, &remote, 1, 0), "readv");
		must(syscall(SYS_process_vm_writev, child, &local, 1, &remote, 1, 0), "writev");
	}
	remote.iov_base = (void *)1;
	if (syscall(SYS_process_vm_readv, child, &local, 1, &remote, 1, 0) >= 0 || errno != EFAULT)
		fail("readv of nothing");
	end(child);
}

static void process_control(void)
{
	int i;

	for (i = 0; i < TOLD_ONCE; i++) {
		must(prctl(PR_SET_NAME, i % 2 ? "one\nname" : "another-name-cut-here"), "name");
		must(prctl(PR_SET_DUMPABLE, 0), "dumpable");
		must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	}
	prctl(PR_GET_DUMPABLE);
}

static void memory_files(void)
{
	char name[300];
	int i;

	for (i = 0; i < TOLD_ONCE; i++)
		close(must(syscall(SYS_memfd_create, i % 2 ? "one" : "two \xff\n", MFD_CLOEXEC),
			   "memfd"));
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	if (syscall(SYS_memfd_create, name, 0) >= 0 || errno != EINVAL)
		fail("a name that is too long");
}

static void filter_call(int number, __u32 action)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(rules) / sizeof(rules[0]), rules};

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

static void ignore(int signal)
{
	(void)signal;
}

/* One child is trapped twice and goes on, another one is killed, a third gets SIGSYS by kill. */
static void seccomp_actions(void)
{
	pid_t trapped, killed, signalled;

	fact("number", "%d", SYS_getpriority);
	trapped = must(fork(), "fork");
	if (trapped == 0) {
		signal(SIGSYS, ignore);
		filter_call(SYS_getpriority, SECCOMP_RET_TRAP);
		syscall(SYS_getpriority, 0, 0);
		syscall(SYS_getpriority, 0, 0);
		_exit(0);
	}
	fact("trapped_pid", "%d", trapped);
	wait_for(trapped);
	killed = must(fork(), "fork");
	if (killed == 0) {
		filter_call(SYS_getpriority, SECCOMP_RET_KILL_PROCESS);
		syscall(SYS_getpriority, 0, 0);
		_exit(0);
	}
	fact("killed_pid", "%d", killed);
	wait_for(killed);
	signalled = must(fork(), "fork");
	if (signalled == 0) {
		signal(SIGSYS, ignore);
		kill(getpid(), SIGSYS);
		_exit(0);
	}
	fact("signalled_pid", "%d", signalled);
	wait_for(signalled);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		fail("usage: privilege_process OPERATION");
	fact("pid", "%d", getpid());
	if (strcmp(argv[1], "attach") == 0)
		attach(argc > 2 ? argv[2] : NULL);
	else if (strcmp(argv[1], "traceme") == 0)
		trace_me();
	else if (strcmp(argv[1], "nested") == 0)
		attach_nested();
	else if (strcmp(argv[1], "vm") == 0)
		process_vm();
	else if (strcmp(argv[1], "prctl") == 0)
		process_control();
	else if (strcmp(argv[1], "memfd") == 0)
		memory_files();
	else if (strcmp(argv[1], "seccomp") == 0)
		seccomp_actions();
	else
		fail("no such operation");
	return 0;
}
