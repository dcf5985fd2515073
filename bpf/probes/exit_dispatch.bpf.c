/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is attached to the end of system calls for all sensors that look there. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "exit_dispatch.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

/*
 * Whether anybody looks for a call of this number, in any convention. A function of its own, so
 * that a kernel that does not mix functions with tail calls (before 5.10) refuses this program, and
 * not one of those behind it.
 */
__noinline int na_exit__is_watched(__u32 number)
{
	const struct na_call_slot *slot;

	if (number >= _NA)
		return false;
	slot = &na_call_slots[number];
	return na_exit_first[slot->native] | na_exit_first[slot->compat];
}

/* Since 5.11 (bpf_get_current_task_btf). Every system call of the machine passes here: one look
 * into the tables for most. */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_exit_head, struct pt_regs *regs, long result)
{
	enum na_call call;

	if (!na_exit__is_watched(na_syscall__number(regs)))
		return 0;
	call = na_syscall__call(regs, na_task__current());
	na_exit__go_on(ctx, na_exit_first, call);
	/* That place is empty. */
	na_exit__go_on(ctx, na_exit_second, call);
	return 0;
}
