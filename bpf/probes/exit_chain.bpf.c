/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is attached to the end of system calls for all sensors that look there. */
#include "kernel.h"
#include "core_fixes.bpf.h"
#include "syscall.bpf.h"
#include "exit_chain.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

/* All that the programs of the chain look for, and a few more. A function of its own, so that a
 * kernel that does not mix functions with tail calls refuses this program, and not one of the
 * chain. */
__noinline int na_exit__is_watched(__u32 number)
{
	return na_syscall__may_be(number, NA_CALL_open, NA_CALL_connect) ||
	       na_syscall__may_be(number, NA_CALL_socketcall, NA_CALL_socketcall);
}

/* Since 4.17. Every system call of the machine passes here: one look into a table for most. */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_exit_head, struct pt_regs *regs, long result)
{
	if (!na_exit__is_watched(na_syscall__number(regs)))
		return 0;
	return na_exit__go_on(ctx, 0);
}
