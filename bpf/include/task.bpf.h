/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a record says about a task. */
#ifndef NA_TASK_BPF_H
#define NA_TASK_BPF_H

/*
 * A task as a pointer that the verifier does not trust. It is read in the same way; but behind each
 * pointer that is read through a trusted one, the verifier (since 6.2) looks for a type that says
 * whether it is to be trusted too, by name, through all types of the kernel: half a millisecond a
 * read, many times over. Helpers that work on a task want it trusted.
 */
#define NA_TASK(task) NA_CAST(struct task_struct, task)

static __always_inline struct task_struct *na_task__current(void)
{
	return NA_TASK(bpf_get_current_task_btf());
}

/* The registers that the current task came into the kernel with. The helper came with 5.15: to be
 * asked for before. */
static __always_inline struct pt_regs *na_task__current_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

static __always_inline __u64 na_cgroup__id(struct cgroup *cgroup)
{
	return cgroup->kn->id;
}

/* In the cgroup2 tree, also where cgroup v1 hierarchies are mounted beside it. */
static __always_inline __u64 na_task__cgroup_id(struct task_struct *task)
{
	return na_cgroup__id(task->cgroups->dfl_cgrp);
}

static __always_inline void na_task__copy_comm(char *to, struct task_struct *task)
{
	__u64 *words = (__u64 *)to;

	words[0] = *(__u64 *)__builtin_preserve_access_index(&task->comm[0]);
	words[1] = *(__u64 *)__builtin_preserve_access_index(&task->comm[8]);
}

#include "entrant.bpf.h"

/* tail_size is left to the caller. */
static __always_inline void na_header__fill(struct na_header *header, struct task_struct *task,
					    __u16 kind)
{
	const struct cred *cred = task->real_cred;

	header->time_ns = bpf_ktime_get_boot_ns();
	header->cgroup_id = na_task__cgroup_id(task);
	header->start_time_ns = task->group_leader->start_boottime;
	header->pid = task->tgid;
	header->tid = task->pid;
	header->uid = cred->uid.val;
	header->gid = cred->gid.val;
	header->kind = kind;
	header->flags = na_entrant__flags(header->pid, header->start_time_ns);
	header->tail_size = 0;
	na_task__copy_comm(header->comm, task);
}

/* Also false while no agent said who it is: tgid 0 makes no system calls. */
static __always_inline bool na_task__is_agent(struct task_struct *task)
{
	return task->tgid == (int)na_agent.tgid &&
	       na_agent__is(task->tgid, task->group_leader->start_boottime);
}

/*
 * Before 6.16 the count of live threads tells: it fell before the hook, so two threads that end at
 * once may both see 0 and report the exit twice, which the reader bears.
 */
static __always_inline bool na_exit__is_last(__u64 *ctx, struct task_struct *task)
{
	if (bpf_core_type_matches(btf_trace_sched_process_exit))
		return ctx[1];
	return task->signal->live.counter == 0;
}

#endif /* NA_TASK_BPF_H */
