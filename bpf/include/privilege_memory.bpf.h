/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory that becomes executable: what of it is worth an event. */
#ifndef NA_PRIVILEGE_MEMORY_BPF_H
#define NA_PRIVILEGE_MEMORY_BPF_H

#include "privilege.bpf.h"

#define NA_PROT_WRITE	 2
#define NA_PROT_EXEC	 4
#define NA_MAP_ANONYMOUS 0x20

#define NA_FILE_OTHER_MOUNT (~0U)

/* Containers have a namespace of pids, or the root of an overlay, or both. */
static __always_inline bool na_task__is_contained(struct task_struct *task)
{
	return task->thread_pid->level > 0 ||
	       task->fs->root.dentry->d_inode->i_sb->s_magic == NA_OVERLAYFS_MAGIC;
}

/*
 * Why a file is not of the image that the container was made of, in enum na_open_flag, or
 * NA_FILE_OTHER_MOUNT. 0: it is of the image. A memfd has no links either.
 */
static __always_inline __u32 na_file__foreign(struct task_struct *task, struct file *file)
{
	struct inode *inode = NA_FIELD(file, f_inode);
	struct super_block *sb = NA_FIELD(inode, i_sb);
	struct super_block *root = task->fs->root.dentry->d_inode->i_sb;
	__u32 flags = 0;

	if (NA_FIELD(inode, i_nlink) == 0)
		flags |= NA_OPEN_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		flags |= NA_OPEN_UPPER_LAYER;
	if (flags == 0 && root != sb && na_task__is_contained(task))
		flags = NA_FILE_OTHER_MOUNT;
	return flags;
}

static __always_inline __u64 na_inode__identity(struct inode *inode)
{
	struct super_block *sb = NA_FIELD(inode, i_sb);
	__u64 generation = NA_FIELD(inode, i_generation);
	__u64 device = NA_FIELD(sb, s_dev);

	return NA_FIELD(inode, i_ino) ^ generation << 32 ^ device << 40;
}

/* Code from a file that is only read: told once for each container, executable and file, since
 * each process of it maps the same. */
static __always_inline void na_memory__share_key(struct na_privilege_slot *slot,
						 struct task_struct *task)
{
	slot->key.owner = na_task__cgroup_id(task);
	slot->key.pid = 0;
}

static __always_inline void na_memory__set_file(struct na_privilege_slot *slot, struct file *file,
						__u32 foreign)
{
	struct inode *inode = NA_FIELD(file, f_inode);

	slot->key.first |= (__u64)foreign << 32;
	slot->key.second = na_inode__identity(inode);
	slot->file_flags = foreign == NA_FILE_OTHER_MOUNT ? 0 : foreign;
}

/* mmap: address, length, protection, flags, descriptor. Gives the record, if one is due, and its
 * file. */
static __always_inline struct na_privilege_slot *
na_memory__mapped(const struct na_privilege_call *call, struct file **file)
{
	__u32 protection = na_privilege_call__argument(call, 2);
	__u32 flags = na_privilege_call__argument(call, 3);
	struct task_struct *task = call->task;
	struct na_privilege_slot *slot;
	struct file *mapped = NULL;
	__u32 foreign = 0;

	if (!(flags & NA_MAP_ANONYMOUS))
		mapped = na_task__open_file(task, (int)na_privilege_call__argument(call, 4));
	if (mapped)
		foreign = na_file__foreign(task, mapped);
	if (!(protection & NA_PROT_WRITE) && mapped && !foreign)
		return NULL; /* a library of the image */
	slot = na_privilege__begin(task, NA_PRIVILEGE_MMAP_EXEC);
	if (!slot)
		return NULL;
	slot->record.arguments[0] = call->result;
	slot->record.arguments[1] = na_privilege_call__argument(call, 1);
	slot->record.arguments[2] = protection;
	slot->record.arguments[3] = flags;
	slot->key.first = protection;
	if (mapped) {
		if (!(protection & NA_PROT_WRITE))
			na_memory__share_key(slot, task);
		na_memory__set_file(slot, mapped, foreign);
	}
	*file = mapped;
	return slot;
}

struct na_area {
	__u64 file;
	__u64 found;
};

static long na_area__look(struct task_struct *task, struct vm_area_struct *area, void *context)
{
	struct na_area *out = context;

	out->file = (__u64)area->vm_file;
	out->found = 1;
	return 0;
}

/*
 * mprotect: address, length, protection. Besides writable code: anonymous memory that becomes code
 * was written before, and a file without a name is no library. Since 5.17 the area tells what it is
 * (with_area); before, only writable code is told.
 */
static __always_inline struct na_privilege_slot *
na_memory__protected(const struct na_privilege_call *call, bool with_area, struct file **file)
{
	__u32 protection = na_privilege_call__argument(call, 2);
	__u64 address = na_privilege_call__argument(call, 0);
	struct task_struct *task = call->task;
	struct na_privilege_slot *slot;
	struct na_area area = {};
	struct file *mapped = NULL;
	__u32 foreign = 0;

	if (with_area)
		bpf_find_vma(bpf_get_current_task_btf(), address, na_area__look, &area, 0);
	if (area.file) {
		struct inode *inode;

		mapped = NA_CAST(struct file, (const void *)area.file);
		inode = NA_FIELD(mapped, f_inode);
		if (NA_FIELD(inode, i_nlink) == 0)
			foreign = NA_OPEN_DELETED;
	}
	if (!(protection & NA_PROT_WRITE) && (!area.found || (mapped && !foreign)))
		return NULL;
	slot = na_privilege__begin(task, NA_PRIVILEGE_MPROTECT_EXEC);
	if (!slot)
		return NULL;
	slot->record.arguments[0] = address;
	slot->record.arguments[1] = na_privilege_call__argument(call, 1);
	slot->record.arguments[2] = protection;
	slot->key.first = protection;
	if (mapped)
		na_memory__set_file(slot, mapped, foreign);
	*file = mapped;
	return slot;
}

#endif /* NA_PRIVILEGE_MEMORY_BPF_H */
