/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What ran before the agent: one struct na_exec with its tail per process, as a stream that read(2)
 * gives. na_iter_task waits for argv's pages where they are paged out; na_iter_task_5 is for
 * kernels before 5.18, leaves argv empty, and is only loaded when asked for ("?").
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "inode.bpf.h"
#include "exec.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_ITER_SLOTS 4 /* iterations that one CPU may hold at a time: this one can sleep */

struct na_iter_slot {
	__u32 busy;
	__u32 padding;
	struct na_exec_scratch scratch;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_ITER_SLOTS);
	__type(key, __u32);
	__type(value, struct na_iter_slot);
} na_iter_slots SEC(".maps");

/* A program stays on its CPU, but where it may be preempted, another one can run there meanwhile.
 */
static __always_inline struct na_iter_slot *na_iter_slot__take(void)
{
	__u32 i;

	for (i = 0; i < NA_ITER_SLOTS; i++) {
		__u32 index = i;
		struct na_iter_slot *slot = bpf_map_lookup_elem(&na_iter_slots, &index);

		if (slot && !__sync_lock_test_and_set(&slot->busy, 1))
			return slot;
	}
	return NULL;
}

static __always_inline bool na_iter__wants(struct task_struct *task)
{
	/* A process whose threads have all ended only waits for its parent to look. */
	return task->pid == task->tgid && task->signal->live.counter != 0;
}

static __always_inline void na_iter__write(struct seq_file *seq, struct na_iter_slot *slot,
					   struct task_struct *task, __u64 argv_length)
{
	struct na_exec_scratch *scratch = &slot->scratch;
	__u64 length;

	na_rcu__lock();
	na_header__fill(&scratch->exec.header, task, NA_KIND_TASK);
	length = na_exec__fill(scratch, task, argv_length);
	na_rcu__unlock();
	bpf_seq_write(seq, &scratch->exec, sizeof(scratch->exec) + length);
}

SEC("iter.s/task")
int na_iter_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct na_iter_slot *slot;
	struct mm_struct *mm;
	__u64 length = 0;

	if (!task || !na_iter__wants(task))
		return 0;
	slot = na_iter_slot__take();
	if (!slot) {
		na_loss__count(NA_KIND_TASK, na_task__cgroup_id(task));
		return 0;
	}
	slot->scratch.exec.exec_flags = 0;
	mm = task->mm;
	if (mm)
		length = NA_EXEC_READ_ARGV(&slot->scratch, mm, bpf_copy_from_user_task, task, 0);
	na_iter__write(ctx->meta->seq, slot, NA_TASK(task), length);
	slot->busy = 0;
	return 0;
}

SEC("?iter/task")
int na_iter_task_5(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct na_iter_slot *slot;

	if (!task || !na_iter__wants(task))
		return 0;
	slot = na_iter_slot__take();
	if (!slot) {
		na_loss__count(NA_KIND_TASK, na_task__cgroup_id(task));
		return 0;
	}
	slot->scratch.exec.exec_flags = task->mm ? NA_EXEC_ARGV_TRUNCATED : 0;
	na_iter__write(ctx->meta->seq, slot, NA_TASK(task), 0);
	slot->busy = 0;
	return 0;
}
