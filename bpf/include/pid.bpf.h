/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the number that a caller uses for a task to the task. Kernel functions for this came with
 * 6.2 for the initial namespace and with 6.14 for others, so the namespace's tree is walked here,
 * as find_task_by_vpid() does.
 */
#ifndef NA_PID_BPF_H
#define NA_PID_BPF_H

#define NA_TREE_LEVELS 6 /* 64 children each: pids end at 2^22 */

/* xa_is_node() of linux/xarray.h; what is smaller is an error code. */
static __always_inline bool na_tree__is_node(__u64 entry)
{
	return (entry & 3) == 2 && entry > 4096;
}

static __always_inline __u64 na_tree__find(__u64 entry, __u32 index)
{
	__u32 fanout = bpf_core_field_size(struct xa_node, slots) / sizeof(void *);
	__u32 offset = 0;
	int i;

	for (i = 0; i < NA_TREE_LEVELS && na_tree__is_node(entry); i++) {
		struct xa_node *node = (struct xa_node *)(entry - 2);
		const void *slots =
			(const void *)node + bpf_core_field_offset(struct xa_node, slots);

		offset = index >> (BPF_CORE_READ(node, shift) & 31);
		if (i == 0 && offset >= fanout)
			return 0; /* more than this tree holds */
		offset &= fanout - 1;
		entry = 0;
		bpf_probe_read_kernel(&entry, sizeof(entry), slots + offset * sizeof(void *));
	}
	/* The root itself is an entry, of index 0, when there is no other. */
	return i == 0 || na_tree__is_node(entry) ? 0 : entry;
}

static __always_inline struct pid_namespace *na_task__pid_namespace(struct task_struct *task)
{
	/* A plain number: before 6.2 the verifier forbids sums of typed pointers and variables. */
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct pid_namespace *ns = NULL;
	const void *numbers = (const void *)pid + bpf_core_field_offset(struct pid, numbers);
	__u64 entry = (__u64)BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid);

	bpf_probe_read_kernel(&ns, sizeof(ns),
			      numbers + entry + bpf_core_field_offset(struct upid, ns));
	return ns;
}

/* The thread that caller means by number; NULL when there is none. Read it with BPF_CORE_READ. */
static __always_inline struct task_struct *na_pid__task(struct task_struct *caller, __u32 number)
{
	struct pid_namespace *ns = na_task__pid_namespace(caller);
	struct hlist_node *first;
	struct pid *pid;

	pid = (struct pid *)na_tree__find((__u64)BPF_CORE_READ(ns, idr.idr_rt.xa_head), number);
	if (!pid)
		return NULL;
	first = BPF_CORE_READ(pid, tasks[0].first); /* PIDTYPE_PID */
	if (!first)
		return NULL;
	return (void *)first - bpf_core_field_offset(struct task_struct, pid_links);
}

#endif /* NA_PID_BPF_H */
