/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths of kernel objects, as the process sees them: up to its file system root, across mounts.
 * bpf_d_path() is refused in tracepoints, so the dentries are walked here, under RCU, like d_path()
 * does but without its sequence locks: a rename during the walk may mix the old and the new path.
 */
#ifndef NA_PATH_BPF_H
#define NA_PATH_BPF_H

#define NA_PATH_COMPONENTS 96  /* of one walk, mount points included; verifier time sets it */
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

/*
 * Puts the path of dentry in front of what begins at bytes[start], where bytes has NA_PATH_MAX and
 * slack for one name more. mnt and dentry: from NA_CAST, or read through typed pointers.
 */
static __always_inline void na_path__prepend(char *bytes, struct na_walk *walk, __u64 start,
					     struct vfsmount *mnt, struct dentry *dentry,
					     struct fs_struct *fs)
{
	struct dentry *root = NA_FIELD(fs, root.dentry);
	struct vfsmount *root_mnt = NA_FIELD(fs, root.mnt);
	struct dentry *mnt_root = NA_FIELD(mnt, mnt_root);
	bool truncated = true;
	bool detached = false;
	int i;

	for (i = 0; i < NA_PATH_COMPONENTS; i++) {
		struct dentry *parent;
		__u64 length;

		if (dentry == root && mnt == root_mnt) {
			truncated = false;
			break;
		}
		if (dentry == mnt_root) {
			if (!na_walk__leave_mount(&mnt, &dentry)) {
				truncated = false;
				break;
			}
			mnt_root = NA_FIELD(mnt, mnt_root);
			continue;
		}
		parent = NA_FIELD(dentry, d_parent);
		length = NA_FIELD(dentry, d_name.len);
		if (length > NA_NAME_MAX || start <= length)
			break;
		start -= length;
		NA_HIDE(start);
		start &= NA_PATH_MAX - 1;
		bpf_probe_read_kernel(&bytes[start], length, NA_FIELD(dentry, d_name.name));
		if (parent == dentry) {
			detached = true;
			truncated = false;
			break;
		}
		start -= 1;
		NA_HIDE(start);
		start &= NA_PATH_MAX - 1;
		bytes[start] = '/';
		dentry = parent;
	}
	if (start == NA_PATH_MAX && !truncated) {
		start = NA_PATH_MAX - 1;
		bytes[start] = '/';
	}
	/* Pipes and sockets have an empty name, and the mask made 0 of NA_PATH_MAX: from there on
	 * stands what other paths left behind. */
	if (detached && start == 0) {
		start = NA_PATH_MAX - 8;
		__builtin_memcpy(&bytes[NA_PATH_MAX - 8], "unnamed:", 8);
	}
	walk->start = start;
	walk->truncated = truncated;
	walk->detached = detached;
}

static __always_inline void na_path__walk(struct na_path_buffer *buffer, struct vfsmount *mnt,
					  struct dentry *dentry, struct fs_struct *fs)
{
	na_path__prepend(buffer->bytes, &buffer->walk, NA_PATH_MAX, mnt, dentry, fs);
}

#endif /* NA_PATH_BPF_H */
