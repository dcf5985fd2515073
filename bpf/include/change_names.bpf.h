/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records of changes of which only the system call is known. Files behind descriptors are kernel
 * objects; names are the caller's strings, cleaned up and put behind the path of the folder that
 * they start from, which is a kernel object again. No link is followed.
 */
#ifndef NA_CHANGE_NAMES_BPF_H
#define NA_CHANGE_NAMES_BPF_H

/* The folder that relative names start from: false when its descriptor is closed by now. */
static __always_inline bool na_task__folder(struct task_struct *task, __s32 directory,
					    struct vfsmount **mnt, struct dentry **dentry)
{
	struct fs_struct *fs = task->fs;
	struct file *file;

	if (directory == NA_AT_FDCWD) {
		*mnt = NA_CAST(struct vfsmount, fs->pwd.mnt);
		*dentry = NA_CAST(struct dentry, fs->pwd.dentry);
		return true;
	}
	file = directory < 0 ? NULL : na_task__file(task, directory);
	if (!file)
		return false;
	file = NA_CAST(struct file, file);
	*mnt = NA_CAST(struct vfsmount, NA_FIELD(file, f_path.mnt));
	*dentry = NA_CAST(struct dentry, NA_FIELD(file, f_path.dentry));
	return true;
}

/* Puts the path of the folder in front of what stands in the clean string. Gives the start of both,
 * NA_PATH_MAX = it cannot be told. */
__noinline int na_clean__join(__u32 index, __s32 directory)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot = na_change_slot__at(index);
	struct dentry *dentry = NULL;
	struct vfsmount *mnt = NULL;
	struct na_clean *clean;
	__u32 zero = 0;
	__u64 start;

	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!slot || !clean)
		return NA_PATH_MAX;
	start = NA_FORGET(clean->start);
	if (clean->string[0] == '/') {
		if (start < NA_PATH_MAX)
			return start;
		clean->bytes[NA_PATH_MAX - 1] = '/';
		return NA_PATH_MAX - 1;
	}
	if (start > NA_PATH_MAX || !na_task__folder(task, directory, &mnt, &dentry))
		return NA_PATH_MAX;
	na_path__go_up(NA_FORGET(clean->skip), &mnt, &dentry, task->fs);
	na_path__prepend(clean->bytes, &slot->path.walk, start, mnt, dentry, task->fs);
	return NA_FORGET(slot->path.walk.start);
}

/* Adds a string of the caller, of the slot's call. */
__noinline int na_change__add_caller(__u32 index, __u32 which)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot = na_change_slot__at(index);
	struct na_clean *clean;
	struct na_string *to;
	__u64 from, start;
	__s32 directory;
	__u32 zero = 0;
	long length;

	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!slot || !clean)
		return 0;
	from = which == NA_CHANGE_PATH ? slot->call.path : slot->call.other;
	directory = which == NA_CHANGE_PATH ? slot->call.directory : slot->call.other_directory;
	to = na_change__string(slot, which);
	if (!from)
		return 0;
	length = bpf_probe_read_user_str(slot->path.bytes, NA_PATH_MAX, (void *)from);
	if (length <= 1) {
		/* AT_EMPTY_PATH and the like: the descriptor itself. */
		struct file *file = directory < 0 ? NULL : na_task__file(task, directory);

		if (length == 1 && file)
			na_change__add_file(slot, index, which, NA_CAST(struct file, file));
		return 0;
	}
	length -= 1;
	if (which == NA_CHANGE_PATH || !slot->call.other_is_text)
		slot->change.open_flags |= NA_OPEN_CALLER_PATH;
	if (length == NA_PATH_MAX - 1)
		slot->change.open_flags |= NA_OPEN_PATH_TRUNCATED;
	slot->call.size = length; /* kept where the verifier forgets it; size is in the record */
	clean->length = length;
	start = NA_PATH_MAX;
	if ((which == NA_CHANGE_PATH || !slot->call.other_is_text) &&
	    !__sync_lock_test_and_set(&clean->busy, 1)) {
		clean->length = length;
		if (na_clean__string(clean, slot->path.bytes))
			start = (__u32)na_clean__join(index, directory);
		if (start < NA_PATH_MAX)
			na_change__append(slot, to, &clean->bytes[start], NA_PATH_MAX - start);
		*(volatile __u32 *)&clean->busy = 0;
	}
	if (start >= NA_PATH_MAX)
		na_change__append(slot, to, slot->path.bytes, NA_FORGET(slot->call.size));
	return 0;
}

/* Tells and frees the slot, whose call is decoded. */
static __always_inline void na_change__report_call(struct na_change_slot *slot, __u32 index,
						   struct task_struct *task, long result)
{
	struct na_file_change *change = &slot->change;
	struct file *file = NULL;
	long length;

	change->error = result < 0 ? -result : 0;
	change->call_flags = slot->call.flags;
	change->size = slot->call.size;
	change->uid = slot->call.uid;
	change->gid = slot->call.gid;
	change->mode = slot->call.mode; /* until there is an object that has one */
	if (slot->call.fd >= 0)
		file = na_task__file(task, slot->call.fd);
	if (file)
		na_change__add_file(slot, index, NA_CHANGE_PATH, NA_CAST(struct file, file));
	na_change__add_caller(index, NA_CHANGE_PATH);
	na_change__add_caller(index, NA_CHANGE_OTHER);
	if (slot->call.name) {
		length = bpf_probe_read_user_str(slot->path.bytes, NA_NAME_MAX + 1,
						 (void *)slot->call.name);
		if (length > 1)
			na_change__append(slot, &change->name, slot->path.bytes, length - 1);
	}
	na_change__send(index);
}

#endif /* NA_CHANGE_NAMES_BPF_H */
