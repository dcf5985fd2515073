/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the hooks on changes share: the beginning of an operation, its end, and the mount it is on.
 */
#ifndef NA_CHANGE_STEPS_BPF_H
#define NA_CHANGE_STEPS_BPF_H

/* The registers of the system call that the task is in; NULL for threads of io_uring, and before
 * 5.15. */
static __always_inline struct pt_regs *na_task__registers(struct task_struct *task)
{
	if (task->flags & (NA_PF_IO_WORKER | NA_PF_KTHREAD) ||
	    !bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return NULL;
	return na_task__current_registers();
}

/* Decodes the call that the operation comes from. False: none, so it is a request of io_uring. */
static __always_inline bool na_change__decode(struct na_change_slot *slot, struct task_struct *task,
					      __u32 operation, long result)
{
	struct pt_regs *regs = na_task__registers(task);

	if (!regs || !na_change_call__is(regs))
		return false;
	na_change_call__decode(&slot->call, regs, task, result);
	return slot->call.operation == operation;
}

/* Flags that only the call has, and whether there is one. */
static __always_inline void na_change__fill_call(struct na_change_slot *slot,
						 struct task_struct *task, __u32 operation)
{
	if (na_change__decode(slot, task, operation, 0)) {
		slot->change.call_flags = slot->call.flags;
		slot->change.uid = slot->call.uid;
		slot->change.gid = slot->call.gid;
	} else if (task->flags & NA_PF_IO_WORKER ||
		   (bpf_core_field_exists(task->io_uring) && task->io_uring)) {
		slot->change.open_flags |= NA_OPEN_IO_URING;
	}
}

/* The operation is over: tells what its beginning kept, or what failed before. */
static __always_inline int na_change__end(__u32 operation, long result)
{
	struct task_struct *task = na_task__current();
	__u32 index = na_change_slot__find(task, operation);
	struct na_change_slot *slot = na_change_slot__at(index);
	struct dentry *made;

	if (na_task__is_agent(task))
		return 0;
	if (slot) {
		slot->change.error = result < 0 ? -result : 0;
		na_change__fill_call(slot, task, operation);
		/* Let go by now; what is read of a dentry that is no more is no inode. */
		if (slot->made && result >= 0) {
			made = NA_CAST(struct dentry, (void *)slot->made);
			na_change__fill_inode(&slot->change,
					      NA_CAST(struct inode, NA_FIELD(made, d_inode)));
		}
		na_change__send(index);
		return 0;
	}
	if (result >= 0)
		return 0;
	index = na_change__begin(task, operation);
	slot = na_change_slot__at(index);
	if (!slot)
		return 0;
	if (na_change__decode(slot, task, operation, result)) {
		na_change__report_call(slot, index, task, result);
		return 0;
	}
	slot->change.error = -result;
	slot->change.open_flags = NA_OPEN_IO_URING | NA_OPEN_CALLER_PATH;
	na_change__send(index);
	return 0;
}

/* Before the operation on one name. made: a dentry that has no inode yet. */
static __always_inline int na_change__begin_at(__u32 operation, const struct path *folder,
					       struct dentry *dentry, bool made)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot;
	__u32 index;

	if (na_task__is_agent(task))
		return 0;
	index = na_change__begin(task, operation);
	slot = na_change_slot__at(index);
	if (!slot)
		return 0;
	na_change__add_object(slot, index, NA_CHANGE_PATH, folder->mnt, dentry);
	if (made)
		slot->made = (__u64)dentry;
	else
		na_change__fill_inode(&slot->change, dentry->d_inode);
	return 0;
}

/* An operation whose end has all: the object and the result. Gives the slot's index. */
static __always_inline __u32 na_change__begin_done(__u32 operation, struct vfsmount *mnt,
						   struct dentry *dentry, long result)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot;
	__u32 index;

	if (na_task__is_agent(task))
		return NA_CHANGE_SLOTS;
	index = na_change__begin(task, operation);
	slot = na_change_slot__at(index);
	if (!slot)
		return NA_CHANGE_SLOTS;
	slot->change.error = result < 0 ? -result : 0;
	na_change__fill_call(slot, task, operation);
	na_change__add_object(slot, index, NA_CHANGE_PATH, mnt, dentry);
	na_change__fill_inode(
		&slot->change,
		NA_CAST(struct inode, NA_FIELD(NA_CAST(struct dentry, dentry), d_inode)));
	return index;
}

/*
 * The functions that set attributes know no mount. The kernel asks for the right to write to it
 * right before, in the same task: that is remembered, in a table in which tasks may overwrite each
 * other, so whether it fits is looked at when it is used.
 */
#define NA_CHANGE_MOUNTS 1024

struct na_change_mount {
	__u64 mnt;
	__u32 tid;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NA_CHANGE_MOUNTS);
	__type(key, __u32);
	__type(value, struct na_change_mount);
} na_change_mounts SEC(".maps");

static __always_inline int na_change__note_mount(struct vfsmount *mnt)
{
	struct task_struct *task = na_task__current();
	struct mount *mount =
		NA_CAST(struct mount, (void *)mnt - bpf_core_field_offset(struct mount, mnt));
	__u32 index = (__u32)task->pid % NA_CHANGE_MOUNTS;
	__u64 ns = (__u64)NA_FIELD(mount, mnt_ns);
	struct na_change_mount *noted;

	/* Mounts of the kernel's own, like that of an overlay's upper layer, are in no namespace.
	 */
	if (!ns || ns >= -(__u64)NA_ERRNO_MAX)
		return 0;
	noted = bpf_map_lookup_elem(&na_change_mounts, &index);
	if (noted) {
		noted->mnt = (__u64)mnt;
		noted->tid = task->pid;
	}
	return 0;
}

#endif /* NA_CHANGE_STEPS_BPF_H */
