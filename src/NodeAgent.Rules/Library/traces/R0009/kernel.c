// SPDX-License-Identifier: Apache-2.0
// Loads a program by bpf(2) and a module by init_module(2), changes a child by ptrace(2), works by
// io_uring. What is refused was tried all the same.
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long word;

static void load_program(void)
{
	struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K},
				  {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				     .insn_cnt = 2,
				     .insns = (unsigned long)code,
				     .license = (unsigned long)"GPL"};

	syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

static void change_child(void)
{
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, NULL, WUNTRACED);
	ptrace(PTRACE_POKEDATA, child, &word, 1);
	ptrace(PTRACE_DETACH, child, NULL, NULL);
	waitpid(child, NULL, 0);
}

static void use_ring(void)
{
	struct io_uring_params params = {0};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe *requests;
	char *queue;

	if (ring < 0)
		return;
	queue = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned),
		     PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	requests = mmap(NULL, params.sq_entries * sizeof(*requests), PROT_READ | PROT_WRITE,
			MAP_SHARED, ring, IORING_OFF_SQES);
	requests[0] = (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT, .fd = -100, .addr = (unsigned long)"/etc/hostname"};
	((unsigned *)(queue + params.sq_off.array))[0] = 0;
	*(unsigned *)(queue + params.sq_off.tail) = 1;
	syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
}

int main(void)
{
	load_program();
	syscall(SYS_init_module, "none", 4, "");
	change_child();
	use_ring();
	return 0;
}
