/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What makes two opens the same, for the already-seen filter. */
#ifndef NA_SEEN_OPEN_BPF_H
#define NA_SEEN_OPEN_BPF_H

#define NA_SEEN_COMPONENTS 48  /* deeper files are told each time; verifier time sets it */
#define NA_SEEN_TEXT	   256 /* longer texts of failed opens too */

/* What is below the kind in NA_SEEN_KIND. */
#define NA_SEEN_MODE_SHIFT  16
#define NA_SEEN_ERROR_SHIFT 32
#define NA_SEEN_FLAG_SHIFT  48

/* The verifier lets half of an address become a number, and it is as good as all of it. */
static __always_inline __u32 na_dentry__number(struct dentry *dentry)
{
	__u32 number;

	asm volatile("%0 = %1" : "=w"(number) : "w"((__u32)(unsigned long)dentry));
	return number;
}

/* The executable and the name of a task. mm is NULL for a kernel thread: then words stay 0. */
static __always_inline void na_seen_key__fill_task(struct na_seen_key *key,
						   struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct file *exe = mm ? mm->exe_file : NULL;

	if (exe) {
		struct inode *inode = exe->f_inode;
		struct super_block *sb = inode->i_sb;

		key->words[NA_SEEN_EXE_INODE] = inode->i_ino;
		key->words[NA_SEEN_EXE_DEVICE] = sb->s_dev;
		key->words[NA_SEEN_EXE_INCARNATION] = na_inode__incarnation(inode, sb);
	}
	key->words[NA_SEEN_EXE_DEVICE] |= (__u64)task->real_cred->uid.val << 32;
	na_task__copy_comm((char *)&key->words[NA_SEEN_COMM], task);
}

/*
 * The way from the opened file up to the process's root, as the path walk goes, without copying a
 * name. A component is its dentry's address and the kernel's hash of its name, which is salted with
 * the address of the directory: another name, another directory or another place to mount on is
 * another way, and so is the same path through dentries that were made anew. 0 = too deep.
 */
static __always_inline __u64 na_dentry__trail(struct vfsmount *mnt, struct dentry *dentry,
					      struct fs_struct *fs, __u64 key)
{
	struct dentry *root = NA_FIELD(fs, root.dentry);
	struct vfsmount *root_mnt = NA_FIELD(fs, root.mnt);
	struct dentry *mnt_root = NA_FIELD(mnt, mnt_root);
	__u64 trail = key;
	int i;

	for (i = 0; i < NA_SEEN_COMPONENTS; i++) {
		struct dentry *parent;

		trail ^= (__u64)NA_FIELD(dentry, d_name.hash) << 32 | na_dentry__number(dentry);
		trail *= key;
		trail ^= trail >> 29;
		if (dentry == root && mnt == root_mnt)
			return trail | 1;
		if (dentry == mnt_root) {
			if (!na_walk__leave_mount(&mnt, &dentry))
				return trail | 1;
			mnt_root = NA_FIELD(mnt, mnt_root);
			continue;
		}
		parent = NA_FIELD(dentry, d_parent);
		if (parent == dentry)
			return trail | 1;
		dentry = parent;
	}
	return 0;
}

/*
 * The caller's text, as two words of a key: where it says something else than the path, rules see
 * both. length is at most NA_SEEN_TEXT; text has room for 8 bytes more.
 */
static __always_inline void na_seen_key__fill_text(struct na_seen_key *key, char *text,
						   __u64 length,
						   const struct na_filter_settings *settings)
{
	const __u64 *words = (const __u64 *)text;
	__u64 first = length, second = 0;
	__u64 count = (length + 7) / 8;
	__u32 i;

	*(__u64 *)&text[length] = 0;
	for (i = 0; i < NA_SEEN_TEXT / 8 && i < count; i++) {
		first = na_seen__mix(first, words[i], settings->secret[NA_SEEN_WORDS + 1 + i]);
		second = na_seen__mix(second, words[i], settings->secret[NA_SEEN_WORDS + 2 + i]);
	}
	key->words[NA_SEEN_OBJECT + 4] = first;
	key->words[NA_SEEN_OBJECT + 5] = second;
}

/* False: it cannot be filtered. mnt and dentry of the file: read through NA_CAST, or typed. */
static __always_inline bool na_seen_key__fill_file(struct na_seen_key *key,
						   const struct na_opened *opened,
						   struct task_struct *task, struct file *file,
						   const struct na_filter_settings *settings)
{
	struct inode *inode = NA_CAST(struct inode, NA_FIELD(file, f_inode));
	struct super_block *sb = NA_CAST(struct super_block, NA_FIELD(inode, i_sb));
	__u64 bits = opened->open_flags;
	__u64 trail;

	trail = na_dentry__trail(NA_CAST(struct vfsmount, NA_FIELD(file, f_path.mnt)),
				 NA_CAST(struct dentry, NA_FIELD(file, f_path.dentry)), task->fs,
				 settings->secret[NA_SECRET_SIZE - 1] | 1);
	if (NA_FIELD(inode, i_nlink) == 0)
		bits |= NA_OPEN_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		bits |= NA_OPEN_UPPER_LAYER;
	if (NA_FIELD(file, f_mode) & NA_FMODE_CREATED)
		bits |= NA_OPEN_CREATED;
	key->words[NA_SEEN_KIND] =
		(__u64)NA_FIELD(inode, i_mode) << NA_SEEN_MODE_SHIFT | bits << NA_SEEN_FLAG_SHIFT;
	key->words[NA_SEEN_OBJECT] = NA_FIELD(inode, i_ino);
	key->words[NA_SEEN_OBJECT + 1] = NA_FIELD(sb, s_dev);
	key->words[NA_SEEN_OBJECT + 2] = na_inode__incarnation(inode, sb);
	key->words[NA_SEEN_OBJECT + 3] = trail;
	return trail != 0;
}

/*
 * Of an open that failed there is the error and the text, which means another file in another
 * directory. Without an error the file was closed before it was looked at: that is told each time.
 */
static __always_inline bool na_seen_key__fill_failure(struct na_seen_key *key,
						      const struct na_opened *opened,
						      struct task_struct *task, const char *text)
{
	key->words[NA_SEEN_KIND] = (__u64)opened->error << NA_SEEN_ERROR_SHIFT |
				   (__u64)opened->open_flags << NA_SEEN_FLAG_SHIFT;
	if (text[0] != '/')
		key->words[NA_SEEN_OBJECT + 3] = na_dentry__number(task->fs->pwd.dentry);
	return opened->error != 0;
}

/* With a stack of its own, of which the filter's callers have little. */
static __noinline bool na_file__is_watched(__u64 inode, __u32 device)
{
	struct na_watched_file file = {.inode = inode, .device = device};

	return bpf_map_lookup_elem(&na_watched_files, &file);
}

/*
 * True: the same program opened the same file by the same path, text and flags before, and that was
 * told. To be asked before the path is walked. file: NULL for an open that failed. text: what
 * opened->caller says, of length bytes, with room for 8 more.
 */
static __always_inline bool na_seen__open(struct na_seen *seen, const struct na_opened *opened,
					  struct task_struct *task, struct file *file, char *text,
					  __u64 length)
{
	struct na_filter_settings *settings = na_seen__begin(seen, NA_KIND_OPEN);
	struct na_seen_key key = {};

	if (!settings || length > NA_SEEN_TEXT)
		return false;
	if (file ? !na_seen_key__fill_file(&key, opened, task, file, settings)
		 : !na_seen_key__fill_failure(&key, opened, task, text))
		return false;
	if (file && opened->flags & (NA_O_ACCESS | NA_O_TRUNCATE) &&
	    na_file__is_watched(key.words[NA_SEEN_OBJECT], key.words[NA_SEEN_OBJECT + 1]))
		return false;
	key.words[NA_SEEN_OBJECT + 1] |= (__u64)opened->flags << 32;
	na_seen_key__fill_text(&key, text, length, settings);
	na_seen_key__fill_task(&key, task);
	return na_seen__is_known(seen, &key, settings, na_task__cgroup_id(task), NA_KIND_OPEN,
				 false);
}

#endif /* NA_SEEN_OPEN_BPF_H */
