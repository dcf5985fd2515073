/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths of kernel objects, as the process sees them: up to its file system root, across mounts.
 * bpf_d_path() is refused in tracepoints, so the dentries are walked here, under RCU, like d_path()
 * does but without its sequence locks: a rename during the walk may mix the old and the new path.
 */
#ifndef NA_PATH_BPF_H
#define NA_PATH_BPF_H

#define NA_PATH_COMPONENTS 96  /* of one walk; verifier time sets it */
#define NA_NAME_MAX	   255 /* NAME_MAX */

struct na_walk {
	__u32 start;	/* first byte; the path ends at NA_PATH_MAX */
	bool truncated; /* cut at the root side */
	bool detached;	/* the object hangs in no directory: "memfd:NAME", "unnamed:" for pipes */
	__u16 padding;
};

/*
 * A path grows from bytes[NA_PATH_MAX - 1] to the front. The slack lets the verifier see
 * NA_NAME_MAX fit. The result lies here, in a map, and not on the stack: the verifier forgets what
 * it knew of it, and so follows what comes after a walk once, not once for each of the ways out of
 * the loop.
 */
struct na_path_buffer {
	char bytes[NA_PATH_MAX];
	char slack[NA_NAME_MAX + 1];
	struct na_walk walk;
};

enum na_step_result {
	NA_STEP_NAME,	  /* left a dentry, whose name is there */
	NA_STEP_END,	  /* at the root of the process, or at the top of all mounts */
	NA_STEP_DETACHED, /* at a dentry that hangs in no directory; its name is there */
	NA_STEP_LOST,	  /* too many mounts upon each other */
};

/* What a step of a walk knows, by slot. */
struct na_step {
	struct vfsmount *mnt;
	struct dentry *dentry;
	struct dentry *root;
	struct vfsmount *root_mnt;
	const void *name;
	__u32 length;
	__u32 result;
	__u32 busy;
	__u32 padding;
};

/* A program may be preempted by another one in the middle of a walk. */
#define NA_STEP_SLOTS  4
#define NA_STEP_MOUNTS 32 /* upon each other at one place */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_STEP_SLOTS);
	__type(key, __u32);
	__type(value, struct na_step);
} na_steps SEC(".maps");

/* False at the top of the tree of mounts. */
static __always_inline bool na_walk__leave_mount(struct vfsmount **mnt, struct dentry **dentry)
{
	void *address = (void *)*mnt - bpf_core_field_offset(struct mount, mnt);
	struct mount *mount = NA_CAST(struct mount, address);
	void *parent = NA_FIELD(mount, mnt_parent);

	if (parent == address)
		return false;
	*dentry = NA_CAST(struct dentry, NA_FIELD(mount, mnt_mountpoint));
	*mnt = NA_CAST(struct vfsmount, parent + bpf_core_field_offset(struct mount, mnt));
	return true;
}

/* Goes up by so many names, as ".." does. */
static __always_inline void na_path__go_up(__u32 names, struct vfsmount **mnt,
					   struct dentry **dentry, struct fs_struct *fs)
{
	struct dentry *root = NA_FIELD(fs, root.dentry);
	struct vfsmount *root_mnt = NA_FIELD(fs, root.mnt);
	int i;

	for (i = 0; i < NA_PATH_COMPONENTS && names; i++) {
		if (*dentry == root && *mnt == root_mnt)
			return;
		if (*dentry == NA_FIELD(*mnt, mnt_root)) {
			if (!na_walk__leave_mount(mnt, dentry))
				return;
			continue;
		}
		*dentry = NA_FIELD(*dentry, d_parent);
		names--;
	}
}

/* One name up. A global function: the verifier walks it once, and not once for each step of each
 * walk. False when it is the last. */
__noinline int na_step__up(__u32 slot)
{
	struct na_step *step = bpf_map_lookup_elem(&na_steps, &slot);
	struct dentry *dentry, *parent;
	struct vfsmount *mnt;
	int i;

	if (!step)
		return 0;
	mnt = NA_CAST(struct vfsmount, step->mnt);
	dentry = NA_CAST(struct dentry, step->dentry);
	for (i = 0; i < NA_STEP_MOUNTS; i++) {
		step->result = NA_STEP_END;
		if (dentry == step->root && mnt == step->root_mnt)
			return 0;
		if (dentry != NA_FIELD(mnt, mnt_root)) {
			parent = NA_FIELD(dentry, d_parent);
			step->name = NA_FIELD(dentry, d_name.name);
			step->length = NA_FIELD(dentry, d_name.len);
			step->mnt = mnt;
			step->dentry = parent;
			step->result = parent == dentry ? NA_STEP_DETACHED : NA_STEP_NAME;
			return parent != dentry;
		}
		if (!na_walk__leave_mount(&mnt, &dentry))
			return 0;
	}
	step->result = NA_STEP_LOST;
	return 0;
}

static __always_inline struct na_step *na_step__take(__u32 *slot)
{
	struct na_step *step;
	__u32 i;

	for (i = 0; i < NA_STEP_SLOTS; i++) {
		*slot = i;
		step = bpf_map_lookup_elem(&na_steps, slot);
		if (step && !__sync_lock_test_and_set(&step->busy, 1))
			return step;
	}
	return NULL;
}

/* The steps of a walk that owns a slot. */
static __always_inline void na_path__climb(char *bytes, struct na_walk *walk, struct na_step *step,
					   __u32 slot)
{
	__u32 result, i;
	__u64 length, start;

	for (i = 0; i < NA_PATH_COMPONENTS && na_step__up(slot); i++) {
		length = NA_FORGET(step->length);
		start = NA_FORGET(walk->start);
		if (length > NA_NAME_MAX || start <= length)
			break;
		start -= length + 1;
		NA_HIDE(start);
		start &= NA_PATH_MAX - 1;
		bytes[start] = '/';
		bpf_probe_read_kernel(&bytes[start + 1], length, step->name);
		walk->start = start;
	}
	result = NA_FORGET(step->result);
	length = NA_FORGET(step->length);
	start = NA_FORGET(walk->start);
	if (result == NA_STEP_DETACHED && length <= NA_NAME_MAX && start > length) {
		if (start - length == NA_PATH_MAX) {
			/* Pipes and sockets have an empty name. */
			start = NA_PATH_MAX - 8;
			__builtin_memcpy(&bytes[NA_PATH_MAX - 8], "unnamed:", 8);
		} else {
			start -= length;
			NA_HIDE(start);
			start &= NA_PATH_MAX - 1;
			bpf_probe_read_kernel(&bytes[start], length, step->name);
		}
		walk->start = start;
		walk->truncated = false;
		walk->detached = true;
	} else if (result == NA_STEP_END) {
		walk->truncated = false;
	}
}

/*
 * Puts the path of dentry in front of what begins at bytes[start], where bytes has NA_PATH_MAX and
 * slack for one name more. mnt and dentry: from NA_CAST, or read through typed pointers.
 */
static __always_inline void na_path__prepend(char *bytes, struct na_walk *walk, __u64 start,
					     struct vfsmount *mnt, struct dentry *dentry,
					     struct fs_struct *fs)
{
	struct na_step *step;
	__u32 slot;

	walk->start = start;
	walk->truncated = true;
	walk->detached = false;
	step = na_step__take(&slot);
	if (step) {
		step->mnt = mnt;
		step->dentry = dentry;
		step->root = NA_FIELD(fs, root.dentry);
		step->root_mnt = NA_FIELD(fs, root.mnt);
		na_path__climb(bytes, walk, step, slot);
		NA_FORGET(step->busy) = 0;
	}
	/* The root, or a walk that came to nothing. Callers mask the start: without a byte of its
	 * own it would be the front of the buffer, and all that earlier paths left there. */
	if (NA_FORGET(walk->start) == NA_PATH_MAX) {
		walk->start = NA_PATH_MAX - 1;
		bytes[NA_PATH_MAX - 1] = '/';
	}
}

static __always_inline void na_path__walk(struct na_path_buffer *buffer, struct vfsmount *mnt,
					  struct dentry *dentry, struct fs_struct *fs)
{
	na_path__prepend(buffer->bytes, &buffer->walk, NA_PATH_MAX, mnt, dentry, fs);
}

#endif /* NA_PATH_BPF_H */
