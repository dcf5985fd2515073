/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that open files: what they open and how. */
#ifndef NA_OPEN_CALL_BPF_H
#define NA_OPEN_CALL_BPF_H

#include "syscall.bpf.h"

struct na_open_call {
	const char *path; /* in user space; NULL where the call has none */
	__u32 flags;	  /* O_* */
	__u32 padding;
};

#define NA_O_CREAT_WRITE_TRUNC                                                                     \
	01101 /* what creat(2) means; O_WRONLY, O_CREAT, O_TRUNC in asm-generic too */

/* Without looking at the task: also true for calls that have such a number in the other convention
 * only. */
static __always_inline bool na_open_call__is(struct pt_regs *regs)
{
	return na_syscall__may_be(na_syscall__number(regs), NA_CALL_open,
				  NA_CALL_open_by_handle_at);
}

/* False when it is no opening call after all. */
static __always_inline bool na_open_call__decode(struct na_open_call *call, struct pt_regs *regs,
						 struct task_struct *task)
{
	bool compat = na_syscall__is_compat(task);
	__u64 second = na_syscall__argument(regs, compat, 1);
	__u64 third = na_syscall__argument(regs, compat, 2);
	__u64 how = 0;

	call->path = (const char *)second;
	call->flags = third;
	call->padding = 0;
	switch (na_syscall__of(na_syscall__number(regs), compat)) {
	case NA_CALL_openat:
		return true;
	case NA_CALL_open:
		call->path = (const char *)na_syscall__argument(regs, compat, 0);
		call->flags = second;
		return true;
	case NA_CALL_creat:
		call->path = (const char *)na_syscall__argument(regs, compat, 0);
		call->flags = NA_O_CREAT_WRITE_TRUNC;
		return true;
	case NA_CALL_openat2: /* third: struct open_how, whose first member is u64 flags */
		bpf_probe_read_user(&how, sizeof(how), (const void *)third);
		call->flags = how;
		return true;
	case NA_CALL_open_by_handle_at:
		call->path = NULL;
		return true;
	default:
		return false;
	}
}

#endif /* NA_OPEN_CALL_BPF_H */
