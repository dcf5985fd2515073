/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In which system call a task is, for hooks that are not told. */
#ifndef NA_CURRENT_CALL_BPF_H
#define NA_CURRENT_CALL_BPF_H

#include "syscall.bpf.h"

#define NA_NO_CALL (~0U)

#if defined(__TARGET_ARCH_x86)
#define NA_BRK_NUMBER 12
#elif defined(__TARGET_ARCH_arm64)
#define NA_BRK_NUMBER 214
#endif

/* NULL before 5.15. */
static __always_inline struct pt_regs *na_task__registers(void)
{
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return NULL;
	return na_task__current_registers();
}

/*
 * The native number, or NA_NO_CALL: outside of a call (a fault, an interrupt: the register then
 * holds a negative number), in a 32-bit one, in a thread that works for io_uring, before 5.15.
 */
static __always_inline __u32 na_task__current_call(struct task_struct *task)
{
	struct pt_regs *regs = na_task__registers();
	__u32 number;

	if (!regs || (task->flags & (NA_PF_IO_WORKER | NA_PF_KTHREAD)))
		return NA_NO_CALL;
	number = na_syscall__number(regs);
	return number < _NA && !na_syscall__is_compat(task) ? number : NA_NO_CALL;
}

#endif /* NA_CURRENT_CALL_BPF_H */
