/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The life of processes: exec, fork, exit. All three report the agent itself too. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "inode.bpf.h"
#include "exec.bpf.h"
#include "exec_request.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_exec_scratch);
} na_exec_scratch SEC(".maps");

__attribute__((noinline)) int na_environment_step(void)
{
	__u32 zero = 0;
	struct na_exec_scratch *scratch = bpf_map_lookup_elem(&na_exec_scratch, &zero);

	return scratch && na_environment__step(&scratch->search, scratch->tail, NA_EXEC_TAIL_MAX);
}

/* Since 2.6 as a tracepoint: after the point of no return, with the new memory and credentials in
 * place. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(na_process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 zero = 0;
	struct na_exec_scratch *scratch = bpf_map_lookup_elem(&na_exec_scratch, &zero);
	__u64 length;

	if (!scratch)
		return 0;
	task = NA_TASK(task);
	na_entrant__execute(task);
	na_header__fill(&scratch->exec.header, task, NA_KIND_EXEC);
	/* If its fork was cut, this tells of it, and so will its exit be told. */
	na_untold__remove(scratch->exec.header.pid, scratch->exec.header.start_time_ns);
	scratch->exec.exec_flags = 0;
	length = NA_EXEC_READ_ARGV(scratch, task->mm, bpf_probe_read_user);
	length = na_exec__fill(scratch, task, length);
	length = na_exec__append_request(scratch, length, task->mm, bprm);
	na_ring__output(&na_ring_process, scratch, sizeof(scratch->exec) + length,
			&scratch->exec.header);
	return 0;
}

/* The child has its cgroup by now, CLONE_INTO_CGROUP included. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(na_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct na_fork fork = {};

	if (child->pid != child->tgid)
		return 0;
	child = NA_TASK(child);
	na_header__fill(&fork.header, NA_TASK(parent), NA_KIND_FORK);
	fork.child_pid = child->tgid;
	fork.child_start_time_ns = child->start_boottime;
	fork.child_cgroup_id = na_task__cgroup_id(child);
	if (fork.header.flags & NA_HEADER_ENTRANT ||
	    (fork.child_cgroup_id != fork.header.cgroup_id &&
	     na_entrant__may_bring(NA_TASK(parent))))
		na_entrant__add(child);
	if (na_ring__output(&na_ring_process, &fork, sizeof(fork), &fork.header) == NA_OUTPUT_CUT)
		na_untold__add(fork.child_pid, fork.child_start_time_ns);
	return 0;
}

/* The status is the one that wait(2) gives the parent. */
SEC("tp_btf/sched_process_exit")
int na_process_exit(__u64 *ctx)
{
	struct task_struct *task = NA_TASK((void *)ctx[0]);
	struct signal_struct *signal;
	struct na_exit record = {};
	__u32 status;

	if (!na_exit__is_last(ctx, task))
		return 0;
	signal = task->signal;
	status = signal->flags & NA_SIGNAL_GROUP_EXIT ? signal->group_exit_code
						      : task->group_leader->exit_code;
	na_header__fill(&record.header, task, NA_KIND_EXIT);
	if (na_untold__remove(record.header.pid, record.header.start_time_ns)) {
		na_budget__count_cut(record.header.cgroup_id, NA_BUCKET_PROCESS);
		return 0;
	}
	record.exit_code = status >> 8 & 0xff;
	record.signal = status & 0x7f;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
	return 0;
}
