/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory that becomes executable: what of it is worth an event. */
#ifndef NA_PRIVILEGE_MEMORY_BPF_H
#define NA_PRIVILEGE_MEMORY_BPF_H

#include "privilege.bpf.h"

#define NA_PROT_WRITE	 2
#define NA_PROT_EXEC	 4
#define NA_MAP_ANONYMOUS 0x20

/* Containers have a namespace of pids, or the root of an overlay, or both. */
static __always_inline bool na_task__is_contained(struct task_struct *task)
{
	return task->thread_pid->level > 0 ||
	       task->fs->root.dentry->d_inode->i_sb->s_magic == NA_OVERLAYFS_MAGIC;
}

/*
 * Why a file is not of the image that the container was made of, in enum na_open_flag; ~0 for a
 * file on another mount than the root. 0: it is of the image. A memfd has no links either.
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
		flags = ~0U;
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

static __always_inline void na_memory__tell(struct na_privilege_slot *slot,
					    struct task_struct *task, struct file *file, __u32 why)
{
	struct na_privilege *record = &slot->record;

	if (why == ~0U)
		why = 0;
	slot->key.first = record->arguments[2];
	if (file) {
		struct inode *inode = NA_FIELD(file, f_inode);

		slot->key.second = na_inode__identity(inode);
	}
	if (na_privilege__is_known(slot))
		return;
	if (file) {
		na_privilege__path(slot, task, file);
		if (na_path__is_memfd(&slot->path))
			why |= NA_OPEN_MEMFD;
		if (slot->path.walk.truncated)
			why |= NA_OPEN_PATH_TRUNCATED;
	}
	record->arguments[2] |= (__u64)why << 32;
	na_privilege__send(slot, task);
}

/* mmap: address, length, protection, flags, descriptor. */
static __always_inline void na_memory__mapped(const struct na_privilege_call *call)
{
	__u32 protection = na_privilege_call__argument(call, 2);
	__u32 flags = na_privilege_call__argument(call, 3);
	struct task_struct *task = call->task;
	struct na_privilege_slot *slot;
	struct file *file = NULL;
	__u32 why = 0;

	if (!(flags & NA_MAP_ANONYMOUS))
		file = na_task__open_file(task, (int)na_privilege_call__argument(call, 4));
	if (file)
		why = na_file__foreign(task, file);
	if (!(protection & NA_PROT_WRITE) && file && !why)
		return; /* a library of the image */
	slot = na_privilege__begin(task, NA_PRIVILEGE_MMAP_EXEC);
	if (!slot)
		return;
	slot->record.arguments[0] = call->result;
	slot->record.arguments[1] = na_privilege_call__argument(call, 1);
	slot->record.arguments[2] = protection;
	slot->record.arguments[3] = flags;
	if (file && !(protection & NA_PROT_WRITE))
		na_memory__share_key(slot, task);
	na_memory__tell(slot, task, file, why);
	slot->busy = 0;
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
static __always_inline void na_memory__protected(const struct na_privilege_call *call,
						 bool with_area)
{
	__u32 protection = na_privilege_call__argument(call, 2);
	__u64 address = na_privilege_call__argument(call, 0);
	struct task_struct *task = call->task;
	struct na_privilege_slot *slot;
	struct na_area area = {};
	struct file *file = NULL;
	__u32 why = 0;

	if (with_area)
		bpf_find_vma(task, address, na_area__look, &area, 0);
	if (area.file) {
		struct inode *inode;

		file = NA_CAST(struct file, (const void *)area.file);
		inode = NA_FIELD(file, f_inode);
		if (NA_FIELD(inode, i_nlink) == 0)
			why = NA_OPEN_DELETED;
	}
	if (!(protection & NA_PROT_WRITE) && (!area.found || (file && !why)))
		return;
	slot = na_privilege__begin(task, NA_PRIVILEGE_MPROTECT_EXEC);
	if (!slot)
		return;
	slot->record.arguments[0] = address;
	slot->record.arguments[1] = na_privilege_call__argument(call, 1);
	slot->record.arguments[2] = protection;
	na_memory__tell(slot, task, file, why);
	slot->busy = 0;
}

#endif /* NA_PRIVILEGE_MEMORY_BPF_H */
