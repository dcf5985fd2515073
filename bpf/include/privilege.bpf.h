/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Building, de-duplicating and sending struct na_privilege. */
#ifndef NA_PRIVILEGE_BPF_H
#define NA_PRIVILEGE_BPF_H

#include "path.bpf.h"
#include "inode.bpf.h"
#include "descriptor.bpf.h"
#include "pid.bpf.h"

#define NA_PRIVILEGE_SLOTS  4 /* records that one CPU can have in work */
#define NA_PRIVILEGE_SEEN   8192
#define NA_PRIVILEGE_AGAIN  600000000000ULL /* ns after which what goes on is told again */
#define NA_DETAIL_HASHED    64		    /* bytes of a name that tell it from others */
#define NA_MEMFD_PREFIX	    6		    /* "memfd:" */
#define NA_INT_MAX	    0x7fffffff
#define NA_MODULE_NAME_SIZE 56 /* MODULE_NAME_LEN */

/*
 * What is told once. Programs repeat themselves: a JIT maps code all day, a debugger pokes word by
 * word. The executable is part of it, so that an exec begins anew.
 */
struct na_privilege_key {
	__u64 owner; /* start of the process; of code from files the cgroup, with pid 0 */
	__u64 exe;
	__u64 first;
	__u64 second;
	__u32 pid;
	__u32 operation;
};

/* Value: boot ns of the last time that it was told. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_PRIVILEGE_SEEN);
	__type(key, struct na_privilege_key);
	__type(value, __u64);
} na_privilege_seen SEC(".maps");

struct na_privilege_slot {
	__u32 busy;
	__u32 file_flags; /* enum na_open_flag of the detail's file; arguments[2] tells them */
	struct na_privilege record;
	char detail[NA_PATH_MAX];
	struct na_path_buffer path;
	char slack[NA_PATH_MAX]; /* the verifier bounds start and length of a path apart */
	struct na_privilege_key key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_PRIVILEGE_SLOTS);
	__type(key, __u32);
	__type(value, struct na_privilege_slot);
} na_privilege_slots SEC(".maps");

/* A program stays on its CPU, but fexit programs are preempted, and signals come in interrupts. */
static __always_inline struct na_privilege_slot *na_privilege_slot__take(void)
{
	__u32 i;

	for (i = 0; i < NA_PRIVILEGE_SLOTS; i++) {
		__u32 index = i;
		struct na_privilege_slot *slot = bpf_map_lookup_elem(&na_privilege_slots, &index);

		if (slot && !__sync_lock_test_and_set(&slot->busy, 1))
			return slot;
	}
	return NULL;
}

static __always_inline __u64 na_task__exe_inode(struct task_struct *task)
{
	return BPF_CORE_READ(task, mm, exe_file, f_inode, i_ino);
}

/* NULL, and counted, when this CPU has too many in work. */
static __always_inline struct na_privilege_slot *na_privilege__begin(struct task_struct *task,
								     __u32 operation)
{
	struct na_privilege_slot *slot = na_privilege_slot__take();

	if (!slot) {
		na_loss__count(NA_KIND_PRIVILEGE, na_task__cgroup_id(task));
		return NULL;
	}
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	__builtin_memset(slot->detail, 0, NA_DETAIL_HASHED);
	slot->file_flags = 0;
	slot->record.operation = operation;
	slot->key.owner = task->group_leader->start_boottime;
	slot->key.exe = na_task__exe_inode(task);
	slot->key.first = 0;
	slot->key.second = 0;
	slot->key.pid = task->tgid;
	slot->key.operation = operation;
	return slot;
}

/* Not for what stands alone each time. */
static __always_inline bool na_privilege__is_known(struct na_privilege_slot *slot)
{
	__u64 now = bpf_ktime_get_boot_ns();
	__u64 *told;

	slot->key.first ^= (__u64)slot->record.error << 48;
	told = bpf_map_lookup_elem(&na_privilege_seen, &slot->key);
	if (told && now - *told < NA_PRIVILEGE_AGAIN)
		return true;
	if (told) {
		slot->record.header.flags |= NA_HEADER_REPEATED;
		*told = now;
	} else {
		bpf_map_update_elem(&na_privilege_seen, &slot->key, &now, BPF_ANY);
	}
	return false;
}

/* Sends the record with record.detail.length bytes of detail. */
static __always_inline void na_privilege__send(struct na_privilege_slot *slot,
					       struct task_struct *task)
{
	struct na_privilege *record = &slot->record;
	__u16 flags = record->header.flags;
	__u64 length = *(volatile __u16 *)&record->detail.length;

	if (length > NA_PATH_MAX)
		length = 0;
	na_header__fill(&record->header, task, NA_KIND_PRIVILEGE);
	record->header.flags = flags;
	record->header.tail_size = length;
	na_ring__output(&na_ring_process, record, sizeof(*record) + length, &record->header);
}

/* FNV-1a by words over the first bytes of the detail, which were zero before a name was put there.
 */
static __always_inline __u64 na_privilege__hash_detail(const struct na_privilege_slot *slot)
{
	const __u64 *words = (const __u64 *)slot->detail;
	__u64 hash = 0xcbf29ce484222325;
	__u32 i;

	for (i = 0; i < NA_DETAIL_HASHED / 8; i++)
		hash = (hash ^ words[i]) * 0x100000001b3;
	return hash;
}

/* length: what a bpf_probe_read_*_str() gave. */
static __always_inline void na_privilege__set_detail(struct na_privilege_slot *slot, long length)
{
	slot->record.detail.length = length > 0 && length <= NA_PATH_MAX ? length - 1 : 0;
}

static __always_inline void na_privilege__name_from_kernel(struct na_privilege_slot *slot,
							   const void *name)
{
	na_privilege__set_detail(slot, bpf_probe_read_kernel_str(slot->detail, NA_NAME_MAX, name));
}

/* The caller's string, after the call: another thread may have changed it meanwhile. */
static __always_inline void na_privilege__name_from_user(struct na_privilege_slot *slot, __u64 name)
{
	na_privilege__set_detail(
		slot, bpf_probe_read_user_str(slot->detail, NA_NAME_MAX, (const void *)name));
}

static __always_inline void na_privilege__path(struct na_privilege_slot *slot,
					       struct task_struct *task, struct file *file)
{
	const struct na_walk *walk = &slot->path.walk;
	__u64 start, length;

	na_path__walk(&slot->path, NA_CAST(struct vfsmount, NA_FIELD(file, f_path.mnt)),
		      NA_CAST(struct dentry, NA_FIELD(file, f_path.dentry)), task->fs);
	start = walk->start;
	NA_HIDE(start);
	if (start >= NA_PATH_MAX)
		return;
	length = NA_PATH_MAX - start;
	bpf_probe_read_kernel(slot->detail, length, &slot->path.bytes[start]);
	slot->record.detail.length = length;
}

/* Each of these changes the machine: told each time. */
static __always_inline bool na_privilege__stands_alone(const struct na_privilege_slot *slot)
{
	__u32 operation = *(volatile __u32 *)&slot->record.operation;

	return operation == NA_PRIVILEGE_MODULE_LOAD || operation == NA_PRIVILEGE_MODULE_UNLOAD ||
	       operation == NA_PRIVILEGE_KEXEC || operation == NA_PRIVILEGE_REBOOT;
}

/* Adds what the file is called and is, to the protection that stands in the lower half. */
static __always_inline void na_privilege__add_file(struct na_privilege_slot *slot,
						   struct task_struct *task, struct file *file)
{
	__u64 flags;

	na_privilege__path(slot, task, file);
	flags = *(volatile __u32 *)&slot->file_flags;
	if (slot->record.operation != NA_PRIVILEGE_MMAP_EXEC &&
	    slot->record.operation != NA_PRIVILEGE_MPROTECT_EXEC)
		return;
	if (na_path__is_memfd(&slot->path))
		flags |= NA_OPEN_MEMFD;
	if (slot->path.walk.truncated)
		flags |= NA_OPEN_PATH_TRUNCATED;
	slot->record.arguments[2] |= flags << 32;
}

/* One end for all records, so that the verifier walks it once. file: whose path is the detail, or
 * NULL. */
static __always_inline void na_privilege__finish(struct na_privilege_slot *slot,
						 struct task_struct *task, struct file *file)
{
	if (na_privilege__stands_alone(slot) || !na_privilege__is_known(slot)) {
		if (file)
			na_privilege__add_file(slot, task, file);
		na_privilege__send(slot, task);
	}
	slot->busy = 0;
}

static __always_inline void na_privilege__target(struct na_privilege *record,
						 struct task_struct *target)
{
	if (!target)
		return;
	record->target_pid = BPF_CORE_READ(target, tgid);
	record->target_start_time_ns = BPF_CORE_READ(target, group_leader, start_boottime);
	record->target_cgroup_id = BPF_CORE_READ(target, cgroups, dfl_cgrp, kn, id);
}

/* The open file behind a descriptor of this process: what the kernel object says needs no trust in
 * the caller's memory. Another thread may have replaced it since the call. */
static __always_inline struct file *na_task__open_file(struct task_struct *task, __s64 fd)
{
	struct file *file = fd < 0 || fd > NA_INT_MAX ? NULL : na_task__file(task, fd);

	return file ? NA_CAST(struct file, file) : NULL;
}

#endif /* NA_PRIVILEGE_BPF_H */
