/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The capabilities that each container used or was refused, and which checks count. */
#ifndef NA_CAPABILITY_BPF_H
#define NA_CAPABILITY_BPF_H

#include "current_call.bpf.h"

#define NA_CAPABILITY_CGROUPS 8192 /* an evicted one only tells its capabilities once more */
#define NA_CAP_OPT_NOAUDIT    2	   /* CAP_OPT_NOAUDIT of linux/security.h */
#define NA_CAP_SYS_PTRACE     19
#define NA_CAP_SYS_ADMIN      21

/*
 * Bit n is capability n. Checks against the initial user namespace, which decide about the machine,
 * are kept apart from those against others, where everybody may be root: neither hides the other.
 */
enum na_capability_row {
	NA_CAPABILITY_REFUSED = 0,
	NA_CAPABILITY_GRANTED = 1,
	NA_CAPABILITY_NESTED = 2, /* added to the others */
	NA_CAPABILITY_ROWS = 4,
};

/* User space reads it, and deletes an entry to have all told again. */
struct na_capability_set {
	__u64 rows[NA_CAPABILITY_ROWS];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_CAPABILITY_CGROUPS);
	__type(key, __u64);
	__type(value, struct na_capability_set);
} na_capability_sets SEC(".maps");

struct na_capability_check {
	const struct cred *cred;
	struct user_namespace *target;
	__u32 capability;
	__u32 granted;
};

/*
 * Whose use is it? Only what a process asks with its own credentials counts. The kernel also asks
 * with others: those of overlayfs for its layers, of access(2) for the real user, of another task
 * to show it in /proc, and with none of a process' in kernel threads.
 */
static __always_inline bool na_capability__is_own(const struct na_capability_check *check,
						  struct task_struct *task)
{
	return check->cred == task->real_cred && !(task->flags & NA_PF_KTHREAD);
}

static __always_inline struct na_capability_set *na_capability__set(__u64 cgroup_id)
{
	struct na_capability_set empty = {};
	struct na_capability_set *set = bpf_map_lookup_elem(&na_capability_sets, &cgroup_id);

	if (set)
		return set;
	bpf_map_update_elem(&na_capability_sets, &cgroup_id, &empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&na_capability_sets, &cgroup_id);
}

/* The row of the set and the bit in it when this is new, else NULL. */
static __always_inline __u64 *na_capability__news(const struct na_capability_check *check,
						  struct task_struct *task, __u64 *bit)
{
	__u32 row = check->granted ? NA_CAPABILITY_GRANTED : NA_CAPABILITY_REFUSED;
	struct na_capability_set *set;

	if (check->capability >= 64 || !na_capability__is_own(check, task))
		return NULL;
	set = na_capability__set(na_task__cgroup_id(task));
	if (!set)
		return NULL;
	if (check->target->level != 0)
		row += NA_CAPABILITY_NESTED;
	*bit = 1ULL << check->capability;
	if (set->rows[row & (NA_CAPABILITY_ROWS - 1)] & *bit || na_entrant__is(task))
		return NULL;
	return &set->rows[row & (NA_CAPABILITY_ROWS - 1)];
}

/* Two CPUs that set a bit of one row at once may lose one: that is told twice. */
static __always_inline void na_capability__tell(const struct na_capability_check *check,
						struct task_struct *task, __u64 *row, __u64 bit)
{
	struct na_capability record = {};

	*(volatile __u64 *)row |= bit;
	if (na_task__is_agent(task))
		return;
	na_header__fill(&record.header, task, NA_KIND_CAPABILITY);
	record.capability = check->capability;
	record.syscall = na_task__current_call(task);
	record.granted = check->granted;
	record.user_ns = check->target->ns.inum;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
}

#endif /* NA_CAPABILITY_BPF_H */
