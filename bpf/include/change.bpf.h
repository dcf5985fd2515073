/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * struct na_file_change, filled in steps. An operation can be seen by two programs, before and
 * after it, on different CPUs and with other operations in between: so the record is built in a
 * slot that the task owns until it is sent.
 *
 * The steps are global functions: the verifier looks at each once, however many hooks take it. Such
 * functions take numbers only, so a slot goes by its index, and addresses lie in the slot.
 */
#ifndef NA_CHANGE_BPF_H
#define NA_CHANGE_BPF_H

#define NA_CHANGE_SLOTS	 128 /* operations at a time on the machine; more are counted as lost */
#define NA_CHANGE_PROBES 8   /* slots that a task looks at, from one that its tid chooses */
#define NA_CHANGE_TAIL	 (2 * NA_PATH_MAX + NA_NAME_MAX + 1)

struct na_change_slot {
	__u32 busy;
	__u32 tid;  /* who owns it while busy */
	__u64 made; /* address of the dentry that the operation makes; 0 = none */
	__u64 end;  /* bytes of the tail in use */
	__u64 mnt;  /* what the next step adds */
	__u64 dentry;
	__u64 text;
	struct na_change_call call;
	struct na_file_change change;
	char tail[NA_CHANGE_TAIL];
	char slack[NA_PATH_MAX]; /* the verifier bounds end and length apart */
	struct na_path_buffer path;
	char slack_of_path[NA_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NA_CHANGE_SLOTS);
	__type(key, __u32);
	__type(value, struct na_change_slot);
} na_change_slots SEC(".maps");

static __always_inline struct na_change_slot *na_change_slot__at(__u32 index)
{
	return bpf_map_lookup_elem(&na_change_slots, &index);
}

/* Gives the index, or NA_CHANGE_SLOTS: no slot is free. */
static __always_inline __u32 na_change_slot__take(struct task_struct *task)
{
	__u32 tid = task->pid;
	__u32 i;

	for (i = 0; i < NA_CHANGE_PROBES; i++) {
		__u32 index = (tid + i) % NA_CHANGE_SLOTS;
		struct na_change_slot *slot = na_change_slot__at(index);

		if (!slot)
			continue;
		/* Its own: an operation that began and whose end was not seen. */
		if (slot->busy && slot->tid == tid)
			return index;
		if (!__sync_lock_test_and_set(&slot->busy, 1)) {
			slot->tid = tid;
			return index;
		}
	}
	na_loss__count(NA_KIND_FILE_CHANGE, na_task__cgroup_id(task));
	return NA_CHANGE_SLOTS;
}

/* The slot that the beginning of this operation took; NA_CHANGE_SLOTS when there was none. */
static __always_inline __u32 na_change_slot__find(struct task_struct *task, __u32 operation)
{
	__u32 tid = task->pid;
	__u32 i;

	for (i = 0; i < NA_CHANGE_PROBES; i++) {
		__u32 index = (tid + i) % NA_CHANGE_SLOTS;
		struct na_change_slot *slot = na_change_slot__at(index);

		if (slot && slot->busy && slot->tid == tid && slot->change.operation == operation)
			return index;
	}
	return NA_CHANGE_SLOTS;
}

static __always_inline void na_change_slot__free(struct na_change_slot *slot)
{
	slot->tid = 0;
	slot->change.operation = 0;
	*(volatile __u32 *)&slot->busy = 0;
}

/* A slot with an empty record of this operation. */
static __always_inline __u32 na_change__begin(struct task_struct *task, __u32 operation)
{
	__u32 index = na_change_slot__take(task);
	struct na_change_slot *slot = na_change_slot__at(index);

	if (!slot)
		return NA_CHANGE_SLOTS;
	__builtin_memset(&slot->change, 0, sizeof(slot->change));
	__builtin_memset(&slot->call, 0, sizeof(slot->call));
	slot->change.operation = operation;
	slot->change.uid = ~0U;
	slot->change.gid = ~0U;
	slot->made = 0;
	slot->end = 0;
	return index;
}

static __always_inline void na_change__fill_inode(struct na_file_change *change,
						  struct inode *inode)
{
	struct super_block *sb;

	if (!inode)
		return;
	sb = NA_CAST(struct super_block, NA_FIELD(inode, i_sb));
	change->inode = NA_FIELD(inode, i_ino);
	change->device = NA_FIELD(sb, s_dev);
	change->mode = NA_FIELD(inode, i_mode);
	change->generation = NA_FIELD(inode, i_generation);
	if (NA_FIELD(inode, i_nlink) == 0)
		change->open_flags |= NA_OPEN_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		change->open_flags |= NA_OPEN_UPPER_LAYER;
}

/* Appends what stands at from to the tail. string: path, other_path or name of the record. */
static __always_inline void na_change__append(struct na_change_slot *slot, struct na_string *string,
					      const char *from, __u64 length)
{
	__u64 end = NA_FORGET(slot->end);

	NA_HIDE(length);
	if (end > NA_CHANGE_TAIL || length > NA_PATH_MAX || end + length > NA_CHANGE_TAIL)
		return;
	bpf_probe_read_kernel(&slot->tail[end], length, from);
	string->offset = end;
	string->length = length;
	slot->end = end + length;
}

/* Numbers for a global function: which string of the record it fills. */
#define NA_CHANGE_PATH	0
#define NA_CHANGE_OTHER 1
#define NA_CHANGE_NAME	2 /* of na_change__add_text only */

static __always_inline struct na_string *na_change__string(struct na_change_slot *slot, __u32 which)
{
	return which == NA_CHANGE_PATH ? &slot->change.path : &slot->change.other_path;
}

/* Adds the path of slot->dentry below slot->mnt. */
__noinline int na_change__add_walked(__u32 index, __u32 which)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot = na_change_slot__at(index);
	struct na_walk *walk;
	__u64 start;

	if (!slot)
		return 0;
	walk = &slot->path.walk;
	na_path__walk(&slot->path, NA_CAST(struct vfsmount, (void *)slot->mnt),
		      NA_CAST(struct dentry, (void *)slot->dentry), task->fs);
	if (walk->truncated)
		slot->change.open_flags |= NA_OPEN_PATH_TRUNCATED;
	if (which == NA_CHANGE_PATH && na_path__is_memfd(&slot->path))
		slot->change.open_flags |= NA_OPEN_MEMFD;
	start = NA_FORGET(walk->start);
	if (start >= NA_PATH_MAX)
		return 0;
	na_change__append(slot, na_change__string(slot, which), &slot->path.bytes[start],
			  NA_PATH_MAX - start);
	return 0;
}

static __always_inline void na_change__add_object(struct na_change_slot *slot, __u32 index,
						  __u32 which, const struct vfsmount *mnt,
						  const struct dentry *dentry)
{
	slot->mnt = (__u64)mnt;
	slot->dentry = (__u64)dentry;
	na_change__add_walked(index, which);
}

static __always_inline void na_change__add_file(struct na_change_slot *slot, __u32 index,
						__u32 which, struct file *file)
{
	na_change__add_object(slot, index, which, NA_FIELD(file, f_path.mnt),
			      NA_FIELD(file, f_path.dentry));
	if (which == NA_CHANGE_PATH)
		na_change__fill_inode(&slot->change,
				      NA_CAST(struct inode, NA_FIELD(file, f_inode)));
}

__noinline int na_change__add_read(__u32 index, __u32 which)
{
	struct na_change_slot *slot = na_change_slot__at(index);
	long length;

	if (!slot || !slot->text)
		return 0;
	length = bpf_probe_read_kernel_str(slot->path.bytes, NA_PATH_MAX, (void *)slot->text);
	if (length > 1)
		na_change__append(slot,
				  which > NA_CHANGE_OTHER ? &slot->change.name
							  : na_change__string(slot, which),
				  slot->path.bytes, length - 1);
	return 0;
}

/* Adds a string of the kernel as it is: the target of a link, a device, a name. */
static __always_inline void na_change__add_text(__u32 index, __u32 which, const char *text)
{
	struct na_change_slot *slot = na_change_slot__at(index);

	if (!slot)
		return;
	slot->text = (__u64)text;
	na_change__add_read(index, which);
}

__noinline int na_change__send(__u32 index)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot = na_change_slot__at(index);
	__u64 tail;

	if (!slot)
		return 0;
	tail = NA_FORGET(slot->end);
	if (tail > NA_CHANGE_TAIL)
		tail = 0;
	na_header__fill(&slot->change.header, task, NA_KIND_FILE_CHANGE);
	slot->change.header.tail_size = tail;
	na_shard__output(&slot->change, sizeof(slot->change) + tail, &slot->change.header);
	na_change_slot__free(slot);
	return 0;
}

#endif /* NA_CHANGE_BPF_H */
