/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which system calls each container makes: a set of bits per container, and an event for each new
 * one.
 *
 * Every call of the machine passes here while it is attached, so user space attaches na_sc_enter
 * only while something is learned. A call that seccomp refuses does not come this far, nor does one
 * that a tracer replaces come with its first number.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "syscall.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_SYSCALL_CGROUPS 8192 /* taken at start, 200 bytes each */
#define NA_SYSCALL_WORDS   9	/* 576 numbers: those that the tables have end at 560 */

/* na_syscall_set.state: user space sets it for containers whose profile is complete. */
enum na_syscall_state {
	NA_SYSCALL_LEARN = 0,
	NA_SYSCALL_IGNORE = 1,
};

/* User space reads it, and deletes an entry to have all told again. */
struct na_syscall_set {
	__u64 native[NA_SYSCALL_WORDS];
	__u64 compat[NA_SYSCALL_WORDS];
	__u64 state;
};

/* No LRU: an evicted entry would forget that its container is to be ignored. Cgroups take theirs
 * with them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NA_SYSCALL_CGROUPS);
	__type(key, __u64);
	__type(value, struct na_syscall_set);
} na_syscall_sets SEC(".maps");

static __always_inline struct na_syscall_set *na_syscall_set__of(__u64 cgroup_id)
{
	struct na_syscall_set empty = {};
	struct na_syscall_set *set = bpf_map_lookup_elem(&na_syscall_sets, &cgroup_id);

	if (set)
		return set;
	bpf_map_update_elem(&na_syscall_sets, &cgroup_id, &empty, BPF_NOEXIST);
	set = bpf_map_lookup_elem(&na_syscall_sets, &cgroup_id);
	if (!set)
		na_loss__count(NA_KIND_SYSCALL, cgroup_id); /* full */
	return set;
}

/* Not inlined: what every call of the machine runs stays short. */
static __noinline int na_syscall__tell(__u32 number, __u32 flags)
{
	struct task_struct *task = na_task__current();
	struct na_syscall record = {};

	if (na_task__is_agent(task))
		return 0;
	na_header__fill(&record.header, task, NA_KIND_SYSCALL);
	record.number = number;
	record.syscall_flags = flags;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
	return 0;
}

/* Since 4.17. Two CPUs that set a bit of one word at once may lose one: that call is told twice. */
SEC("tp_btf/sys_enter")
int BPF_PROG(na_sc_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = na_task__current();
	__u32 number = na_syscall__number(regs);
	bool compat = na_syscall__is_compat(task);
	struct na_syscall_set *set;
	__u32 word = number >> 6;
	__u64 bit = 1ULL << (number & 63);
	__u64 *bits;

	if (word >= NA_SYSCALL_WORDS)
		return 0; /* no call: ENOSYS */
	set = na_syscall_set__of(na_task__cgroup_id(task));
	if (!set)
		return 0;
	bits = compat ? set->compat : set->native;
	if ((bits[word] & bit) || set->state != NA_SYSCALL_LEARN || na_entrant__is(task))
		return 0;
	*(volatile __u64 *)&bits[word] |= bit;
	na_syscall__tell(number, compat ? NA_SYSCALL_COMPAT : 0);
	return 0;
}

/* Stays attached: the sets of containers that are gone go. Nothing runs in a cgroup any more that
 * can be removed. */
SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(na_sc_rmdir, struct cgroup *cgroup, const char *path)
{
	__u64 id = na_cgroup__id(cgroup);

	if (cgroup->root->hierarchy_id == NA_DEFAULT_HIERARCHY_ID)
		bpf_map_delete_elem(&na_syscall_sets, &id);
	return 0;
}
