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

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
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
	call.task = bpf_get_current_task_btf();
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

/* The child has its credentials and namespaces by now, and does not run yet. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(na_fork_change, struct task_struct *parent, struct task_struct *child)
{
	na_namespace__fork(parent, child);
	na_identity__fork(parent, child);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(na_exec_change, struct task_struct *task, int old_pid)
{
	na_identity__exec(task, old_pid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int na_exit_change(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

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
