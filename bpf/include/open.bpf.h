/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* struct na_open, which all hooks that see a file being opened fill and send alike. */
#ifndef NA_OPEN_BPF_H
#define NA_OPEN_BPF_H

#define NA_FMODE_CREATED 0x100000  /* FMODE_CREATED of linux/fs.h */
#define NA_O_TMPFILE	 020000000 /* __O_TMPFILE of asm-generic */
#define NA_O_ACCESS	 03	   /* O_ACCMODE of asm-generic */
#define NA_O_TRUNCATE	 01000	   /* O_TRUNC of asm-generic */

/* What a hook knows about an open besides the file. */
struct na_opened {
	const char *caller;  /* the string that names the file; NULL = none */
	bool caller_is_copy; /* it lies in the kernel, where nobody rewrites it */
	__u8 padding[3];
	__u32 flags; /* O_* */
	__u32 error; /* errno, or 0 */
	__u32 open_flags;
};

#include "seen_open.bpf.h"

/*
 * The path grows from behind to the front, the fixed struct goes right before it, at the next lower
 * multiple of 8, and the caller's string right behind it. The verifier bounds start and length of
 * the record apart, so the sum of both bounds must lie in the map's value.
 */
struct na_open_scratch {
	struct na_open room;
	char path[NA_PATH_MAX];
	char caller[NA_PATH_MAX + NA_NAME_MAX + 1];
	char slack[NA_PATH_MAX];
	struct na_seen seen; /* here for the reason that na_walk is */
	struct na_walk walk;
	__u64 mnt; /* of the file whose path is walked */
	__u64 dentry;
	__u32 busy;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_open_scratch);
} na_open_scratch SEC(".maps");

static __always_inline void na_open__fill_inode(struct na_open *open, struct inode *inode)
{
	struct super_block *sb = NA_FIELD(inode, i_sb);

	open->inode = NA_FIELD(inode, i_ino);
	open->device = NA_FIELD(sb, s_dev);
	open->mode = NA_FIELD(inode, i_mode);
	open->generation = NA_FIELD(inode, i_generation);
	if (NA_FIELD(inode, i_nlink) == 0)
		open->open_flags |= NA_OPEN_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		open->open_flags |= NA_OPEN_UPPER_LAYER;
}

/* end: behind the tail, with room for a count. */
static __always_inline void na_open__send(struct na_open *open, struct task_struct *task,
					  __u64 tail, void *end, const struct na_seen *seen)
{
	na_header__fill(&open->header, task, NA_KIND_OPEN);
	open->header.tail_size = tail;
	tail += na_seen__append_repeats(seen, &open->header, end);
	na_shard__output_seen(open, sizeof(*open) + tail, &open->header, seen);
}

/* Gives the length without the NUL; NA_PATH_MAX - 1 when the string is longer. */
static __always_inline __u64 na_opened__read_caller(const struct na_opened *opened, char *to)
{
	long length = 0;

	if (opened->caller && opened->caller_is_copy)
		length = bpf_probe_read_kernel_str(to, NA_PATH_MAX, opened->caller);
	else if (opened->caller)
		length = bpf_probe_read_user_str(to, NA_PATH_MAX, opened->caller);
	if (length <= 0)
		return 0; /* EFAULT, for the system call too */
	return (length - 1) & (NA_PATH_MAX - 1);
}

/*
 * Global functions: the verifier looks at each once, and not once for each way that leads here.
 * They take numbers only, so the addresses of what they need lie in the scratch place.
 */
__noinline int na_open__walk(void)
{
	struct task_struct *task = na_task__current();
	struct na_open_scratch *scratch;
	__u32 zero = 0;

	scratch = bpf_map_lookup_elem(&na_open_scratch, &zero);
	if (!scratch)
		return 0;
	na_path__prepend(scratch->path, &scratch->walk, NA_PATH_MAX,
			 NA_CAST(struct vfsmount, (void *)scratch->mnt),
			 NA_CAST(struct dentry, (void *)scratch->dentry), task->fs);
	return 0;
}

__noinline int na_open__agrees(__u32 length)
{
	struct na_open_scratch *scratch;
	struct na_clean *clean;
	__u32 zero = 0;

	scratch = bpf_map_lookup_elem(&na_open_scratch, &zero);
	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!scratch || !clean || scratch->walk.start >= NA_PATH_MAX)
		return 1;
	NA_FORGET(clean->length) = length;
	return na_caller__agrees(clean, scratch->path, NA_PATH_MAX - scratch->walk.start,
				 scratch->caller);
}

static __always_inline void na_open__report_file(struct na_open_scratch *scratch,
						 const struct na_opened *opened,
						 struct task_struct *task, struct file *file)
{
	const struct na_walk *walk = &scratch->walk;
	struct na_open *open;
	__u64 start, gap, caller;
	__u64 *first;

	caller = na_opened__read_caller(opened, scratch->caller);
	if (na_seen__open(&scratch->seen, opened, task, file, scratch->caller, caller))
		return;
	scratch->room.caller.length = caller;
	scratch->mnt = (__u64)NA_FIELD(file, f_path.mnt);
	scratch->dentry = (__u64)NA_FIELD(file, f_path.dentry);
	na_open__walk();
	if (walk->start >= NA_PATH_MAX)
		return;
	/* Clear what is left of an older path in the gap, so that records hold no chance bytes. */
	start = walk->start & (NA_PATH_MAX - 8);
	NA_HIDE(start);
	start &= NA_PATH_MAX - 8;
	gap = walk->start & 7;
	first = (__u64 *)&scratch->path[start];
	*first = *first >> (gap * 8) << (gap * 8);

	open = (struct na_open *)((char *)first - sizeof(*open));
	open->flags = opened->flags;
	open->error = 0;
	open->open_flags = opened->open_flags;
	if (walk->truncated)
		open->open_flags |= NA_OPEN_PATH_TRUNCATED;
	if (na_walk__is_memfd(walk, scratch->path))
		open->open_flags |= NA_OPEN_MEMFD;
	if (NA_FIELD(file, f_mode) & NA_FMODE_CREATED || opened->flags & NA_O_TMPFILE)
		open->open_flags |= NA_OPEN_CREATED;
	open->path.offset = gap;
	open->path.length = NA_PATH_MAX - walk->start;
	na_open__fill_inode(open, NA_FIELD(file, f_inode));

	caller = NA_FORGET(scratch->room.caller.length);
	if (na_open__agrees(caller))
		caller = 0;
	else
		open->open_flags |= NA_OPEN_DISAGREES;
	open->caller.length = caller;
	open->caller.offset = NA_PATH_MAX - start;
	caller = *(volatile __u16 *)&open->caller.length & (NA_PATH_MAX - 1);
	na_open__send(open, task, NA_PATH_MAX - start + caller, &scratch->caller[caller],
		      &scratch->seen);
}

/* There is no kernel object: the open failed, or another thread closed the descriptor already. */
static __always_inline void na_open__report_call(struct na_open_scratch *scratch,
						 const struct na_opened *opened,
						 struct task_struct *task)
{
	struct na_open *open = &scratch->room;
	__u64 length = na_opened__read_caller(opened, scratch->path);

	if (na_seen__open(&scratch->seen, opened, task, NULL, scratch->path, length))
		return;

	open->inode = 0;
	open->device = 0;
	open->flags = opened->flags;
	open->error = opened->error;
	open->mode = 0;
	open->open_flags = opened->open_flags | NA_OPEN_CALLER_PATH;
	/* A longer one fails with ENAMETOOLONG. */
	if (length == NA_PATH_MAX - 1)
		open->open_flags |= NA_OPEN_PATH_TRUNCATED;
	open->generation = 0;
	open->caller = (struct na_string){};
	open->path.offset = 0;
	open->path.length = length;
	na_open__send(open, task, length, &scratch->path[length], &scratch->seen);
}

/* file: NULL when there is none. preemptible: another task's program may come in between, as it may
 * where programs are called by trampolines: then the place is owned, not assumed. */
static __always_inline void na_open__report(const struct na_opened *opened,
					    struct task_struct *task, struct file *file,
					    bool preemptible)
{
	struct na_open_scratch *scratch;
	__u32 zero = 0;

	scratch = bpf_map_lookup_elem(&na_open_scratch, &zero);
	if (!scratch)
		return;
	if (preemptible && __sync_lock_test_and_set(&scratch->busy, 1)) {
		na_loss__count(NA_KIND_OPEN, na_task__cgroup_id(task));
		return;
	}
	if (file)
		na_open__report_file(scratch, opened, task, file);
	else
		na_open__report_call(scratch, opened, task);
	if (preemptible)
		*(volatile __u32 *)&scratch->busy = 0;
}

#endif /* NA_OPEN_BPF_H */
