/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What changes a process between its exec and its exit: credentials, namespaces, roots, and execs
 * that fail. One object, because all of it hangs on the end of system calls, which is costly to
 * watch more than once.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "syscall.bpf.h"
#include "identity.bpf.h"
#include "namespace.bpf.h"
#include "process_call.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_PROCESS_CALL_SLOTS 2 /* fexit programs can be preempted by each other */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_PROCESS_CALL_SLOTS);
	__type(key, __u32);
	__type(value, struct na_process_call_scratch);
} na_process_call_scratch SEC(".maps");

/* Since 4.17. Every system call of the machine passes here: a number that is not ours ends after
 * two comparisons. */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_process_call, struct pt_regs *regs, long result)
{
	struct na_process_call_scratch *scratch;
	struct na_process_call call = {.regs = regs};
	__u32 number = na_syscall__number(regs);
	__u32 zero = 0;

	if (!na_syscall__may_be(number, NA_CALL_setuid, NA_CALL_pivot_root) &&
	    !na_syscall__may_be(number, NA_CALL_execve, NA_CALL_execveat))
		return 0;
	call.task = na_task__current();
	call.compat = na_syscall__is_compat(call.task);
	call.call = na_syscall__of(number, call.compat);
	if (call.compat)
		result = (int)result;
	call.error = result < 0 && result >= -NA_ERRNO_MAX ? -result : 0;
	scratch = bpf_map_lookup_elem(&na_process_call_scratch, &zero);
	if (!scratch)
		return 0;
	if (call.call >= NA_CALL_setuid && call.call <= NA_CALL_setns)
		na_identity__check(call.task, call.task->real_cred, na_call_numbers[call.call]);
	na_process_call__tell(scratch, &call);
	return 0;
}

/*
 * The other way, for kernels whose functions can be hooked: no call pays but those that are
 * watched. Each function ends in the same handler, which finds the arguments in the task's
 * registers (since 5.15), so that they need not be told apart by their parameters.
 */
static __always_inline struct na_process_call_scratch *na_process_call__take(void)
{
	__u32 i;

	for (i = 0; i < NA_PROCESS_CALL_SLOTS; i++) {
		__u32 index = i;
		struct na_process_call_scratch *scratch =
			bpf_map_lookup_elem(&na_process_call_scratch, &index);

		if (scratch && !__sync_lock_test_and_set(&scratch->busy, 1))
			return scratch;
	}
	return NULL;
}

static __always_inline int na_process_call__end(enum na_call number, long result)
{
	struct na_process_call call = {.task = na_task__current(), .call = number};
	struct na_process_call_scratch *scratch;

	call.regs = na_task__current_registers();
	call.compat = na_syscall__is_compat(call.task);
	call.error = result < 0 && result >= -NA_ERRNO_MAX ? -result : 0;
	scratch = na_process_call__take();
	if (!scratch) {
		na_loss__count(NA_KIND_NAMESPACE, na_task__cgroup_id(call.task));
		return 0;
	}
	na_process_call__tell(scratch, &call);
	scratch->busy = 0;
	return 0;
}

/* An exec that worked is no news here, and would take a place for nothing. */
static __always_inline int na_process_call__end_failed(enum na_call number, long result)
{
	return result < 0 ? na_process_call__end(number, result) : 0;
}

/*
 * Since 2.6.29; behind every change of credentials, an exploit's too. What the task has at this
 * time and was not told comes from somewhere else.
 */
SEC("?fentry/commit_creds")
int BPF_PROG(na_commit_creds, struct cred *now)
{
	struct task_struct *task = na_task__current();
	struct pt_regs *regs = na_task__current_registers();
	enum na_call call = na_syscall__call(regs, task);
	__u32 number = na_syscall__is_compat(task) ? NA_SYSCALL_UNKNOWN : na_syscall__number(regs);

	if (call != NA_CALL_none)
		number = na_call_numbers[call];
	na_identity__check(task, task->real_cred, NA_SYSCALL_UNKNOWN);
	na_identity__check(task, now, number);
	return 0;
}

SEC("?fexit/ksys_unshare")
int BPF_PROG(na_end_unshare, unsigned long flags, int result)
{
	return na_process_call__end(NA_CALL_unshare, result);
}

/* Since 5.10. Clones that work are told by the fork that they are. */
SEC("?fexit/kernel_clone")
int BPF_PROG(na_maybe_clone, void *arguments, int result)
{
	struct task_struct *task = na_task__current();

	if (result >= 0)
		return 0;
	return na_process_call__end(na_syscall__call(na_task__current_registers(), task), result);
}

#define NA_AT_END(function, name, handler, call)                                                   \
	SEC("?fexit/" function)                                                                    \
	int BPF_PROG(name, const void *regs, long result)                                          \
	{                                                                                          \
		return handler(NA_CALL_##call, (int)result);                                       \
	}

/* na_maybe_*: where the kernel was built without the 32-bit interface, there are none. */
#if defined(__TARGET_ARCH_x86)
NA_AT_END("__x64_sys_setns", na_end_setns, na_process_call__end, setns)
NA_AT_END("__x64_sys_chroot", na_end_chroot, na_process_call__end, chroot)
NA_AT_END("__x64_sys_pivot_root", na_end_pivot, na_process_call__end, pivot_root)
NA_AT_END("__x64_sys_execve", na_end_execve, na_process_call__end_failed, execve)
NA_AT_END("__x64_sys_execveat", na_end_execveat, na_process_call__end_failed, execveat)
NA_AT_END("__ia32_sys_setns", na_maybe_setns, na_process_call__end, setns)
NA_AT_END("__ia32_sys_chroot", na_maybe_chroot, na_process_call__end, chroot)
NA_AT_END("__ia32_sys_pivot_root", na_maybe_pivot, na_process_call__end, pivot_root)
NA_AT_END("__ia32_compat_sys_execve", na_maybe_execv, na_process_call__end_failed, execve)
NA_AT_END("__ia32_compat_sys_execveat", na_maybe_execva, na_process_call__end_failed, execveat)
#elif defined(__TARGET_ARCH_arm64)
NA_AT_END("__arm64_sys_setns", na_end_setns, na_process_call__end, setns)
NA_AT_END("__arm64_sys_chroot", na_end_chroot, na_process_call__end, chroot)
NA_AT_END("__arm64_sys_pivot_root", na_end_pivot, na_process_call__end, pivot_root)
NA_AT_END("__arm64_sys_execve", na_end_execve, na_process_call__end_failed, execve)
NA_AT_END("__arm64_sys_execveat", na_end_execveat, na_process_call__end_failed, execveat)
NA_AT_END("__arm64_compat_sys_execve", na_maybe_execv, na_process_call__end_failed, execve)
NA_AT_END("__arm64_compat_sys_execveat", na_maybe_execva, na_process_call__end_failed, execveat)
#endif

/* The child has its credentials and namespaces by now, and does not run yet. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(na_fork_change, struct task_struct *parent, struct task_struct *child)
{
	na_namespace__fork(NA_TASK(parent), NA_TASK(child));
	na_identity__fork(NA_TASK(parent), NA_TASK(child));
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(na_exec_change, struct task_struct *task, int old_pid)
{
	na_identity__exec(NA_TASK(task), old_pid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int na_exit_change(__u64 *ctx)
{
	struct task_struct *task = NA_TASK((void *)ctx[0]);

	na_identity__exit(task, na_exit__is_last(ctx, task));
	return 0;
}

/* Run once at the start: what older processes are, so that their first change is told too. */
SEC("iter/task")
int na_note_change(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct na_identity now;

	if (!task || task->pid != task->tgid || na_identity__find(task->pid, task->start_boottime))
		return 0;
	na_rcu__lock();
	na_identity__read(&now, task->real_cred);
	na_rcu__unlock();
	na_identity__note(task, &now, &now);
	return 0;
}
