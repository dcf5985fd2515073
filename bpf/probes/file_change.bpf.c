/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Changes of files, folders and mounts.
 *
 * fentry: before the operation the kernel's own objects are seen (security_path_*, since 2.6.29 and
 * with CONFIG_SECURITY_PATH), after it the result (do_*at, since 5.15 in this shape); where one
 * function has both, only its end is hooked. What fails before it gets to the objects is told with
 * the caller's strings. Calls through io_uring come by the same functions.
 *
 * tracepoint: at the end of the system call, with the caller's strings but for descriptors.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "inode.bpf.h"
#include "caller.bpf.h"
#include "descriptor.bpf.h"
#include "uring.bpf.h"
#include "change_call.bpf.h"
#include "change.bpf.h"
#include "change_names.bpf.h"
#include "change_steps.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_ATTR_MTIME 0x20 /* ATTR_MTIME of linux/fs.h: ftruncate and open set it */
#define NA_ATTR_OPEN                                                                               \
	0x8000 /* ATTR_OPEN of linux/fs.h: open with O_TRUNC, which has its own event */

#if defined(__TARGET_ARCH_x86)
#define NA_SYSTEM_CALL "__x64_sys_"
#else
#define NA_SYSTEM_CALL "__arm64_sys_"
#endif

SEC("fentry/security_path_unlink")
int BPF_PROG(na_unlink, const struct path *folder, struct dentry *dentry)
{
	return na_change__begin_at(NA_FILE_UNLINK, folder, dentry, false);
}

SEC("fexit/do_unlinkat")
int BPF_PROG(na_unlink_done, int directory, struct filename *name, int result)
{
	return na_change__end(NA_FILE_UNLINK, result);
}

SEC("fentry/security_path_rmdir")
int BPF_PROG(na_rmdir, const struct path *folder, struct dentry *dentry)
{
	return na_change__begin_at(NA_FILE_RMDIR, folder, dentry, false);
}

SEC("fexit/do_rmdir")
int BPF_PROG(na_rmdir_done, int directory, struct filename *name, int result)
{
	return na_change__end(NA_FILE_RMDIR, result);
}

SEC("fentry/security_path_mkdir")
int BPF_PROG(na_mkdir, const struct path *folder, struct dentry *dentry)
{
	return na_change__begin_at(NA_FILE_MKDIR, folder, dentry, true);
}

SEC("fexit/do_mkdirat")
int BPF_PROG(na_mkdir_done, int directory, struct filename *name, unsigned short mode, int result)
{
	return na_change__end(NA_FILE_MKDIR, result);
}

/* open(O_CREAT) and bind of a UNIX socket pass here as well, and have no do_mknodat behind them. */
SEC("fentry/security_path_mknod")
int BPF_PROG(na_mknod, const struct path *folder, struct dentry *dentry)
{
	struct task_struct *task = na_task__current();
	struct pt_regs *regs = na_task__registers(task);
	enum na_call which;

	if (!regs || !na_change_call__is(regs))
		return 0;
	which = na_syscall__call(regs, task);
	if (which != NA_CALL_mknod && which != NA_CALL_mknodat)
		return 0;
	return na_change__begin_at(NA_FILE_CREATE, folder, dentry, true);
}

SEC("fexit/do_mknodat")
int BPF_PROG(na_mknod_done, int directory, struct filename *name, unsigned short mode,
	     unsigned int device, int result)
{
	return na_change__end(NA_FILE_CREATE, result);
}

SEC("fentry/security_path_symlink")
int BPF_PROG(na_symlink, const struct path *folder, struct dentry *dentry, const char *target)
{
	struct task_struct *task = na_task__current();

	na_change__begin_at(NA_FILE_SYMLINK, folder, dentry, true);
	na_change__add_text(na_change_slot__find(task, NA_FILE_SYMLINK), NA_CHANGE_OTHER, target);
	return 0;
}

SEC("fexit/do_symlinkat")
int BPF_PROG(na_symlink_done, struct filename *target, int directory, struct filename *name,
	     int result)
{
	return na_change__end(NA_FILE_SYMLINK, result);
}

/* Both names lie below one mount, else the kernel has refused by now. */
SEC("fentry/security_path_link")
int BPF_PROG(na_link, struct dentry *old, const struct path *folder, struct dentry *dentry)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot;
	__u32 index;

	na_change__begin_at(NA_FILE_LINK, folder, dentry, false);
	index = na_change_slot__find(task, NA_FILE_LINK);
	slot = na_change_slot__at(index);
	if (!slot)
		return 0;
	na_change__add_object(slot, index, NA_CHANGE_OTHER, folder->mnt, old);
	na_change__fill_inode(&slot->change, old->d_inode);
	return 0;
}

SEC("fexit/do_linkat")
int BPF_PROG(na_link_done, int old_directory, struct filename *old, int directory,
	     struct filename *name, int flags, int result)
{
	return na_change__end(NA_FILE_LINK, result);
}

SEC("fentry/security_path_rename")
int BPF_PROG(na_rename, const struct path *old_folder, struct dentry *old,
	     const struct path *folder, struct dentry *dentry)
{
	struct task_struct *task = na_task__current();
	struct na_change_slot *slot;
	__u32 index;

	na_change__begin_at(NA_FILE_RENAME, folder, dentry, false);
	index = na_change_slot__find(task, NA_FILE_RENAME);
	slot = na_change_slot__at(index);
	if (!slot)
		return 0;
	na_change__add_object(slot, index, NA_CHANGE_OTHER, old_folder->mnt, old);
	/* The file that gets the name, not the one that loses it. */
	slot->change.open_flags &= NA_OPEN_PATH_TRUNCATED;
	na_change__fill_inode(&slot->change, old->d_inode);
	return 0;
}

SEC("fexit/do_renameat2")
int BPF_PROG(na_rename_done, int old_directory, struct filename *old, int directory,
	     struct filename *name, unsigned int flags, int result)
{
	return na_change__end(NA_FILE_RENAME, result);
}

/* Since 5.9 for all ways to change a mode, fchmod too. */
SEC("fexit/chmod_common")
int BPF_PROG(na_chmod_done, const struct path *path, unsigned short mode, int result)
{
	return na_change__send(
		na_change__begin_done(NA_FILE_CHMOD, path->mnt, path->dentry, result));
}

SEC("fexit/chown_common")
int BPF_PROG(na_chown_done, const struct path *path, __u32 user, __u32 group, int result)
{
	__u32 index = na_change__begin_done(NA_FILE_CHOWN, path->mnt, path->dentry, result);
	struct na_change_slot *slot = na_change_slot__at(index);

	if (!slot)
		return 0;
	slot->change.uid = user;
	slot->change.gid = group;
	return na_change__send(index);
}

static __always_inline int na_change__truncated(struct vfsmount *mnt, struct dentry *dentry,
						__u64 size, long result)
{
	__u32 index = na_change__begin_done(NA_FILE_TRUNCATE, mnt, dentry, result);
	struct na_change_slot *slot = na_change_slot__at(index);

	if (!slot)
		return 0;
	slot->change.size = size;
	return na_change__send(index);
}

SEC("fexit/vfs_truncate")
int BPF_PROG(na_truncate, const struct path *path, __u64 size, long result)
{
	return na_change__truncated(path->mnt, path->dentry, size, result);
}

/* ftruncate: what vfs_truncate and open call it for has no file, or says so. Since 5.12 with the
 * first argument. */
SEC("fexit/do_truncate")
int BPF_PROG(na_ftruncate, void *owner, struct dentry *dentry, __u64 size, unsigned int attributes,
	     struct file *file, int result)
{
	if (!file || (attributes & (NA_ATTR_MTIME | NA_ATTR_OPEN)) != NA_ATTR_MTIME)
		return 0;
	return na_change__truncated(file->f_path.mnt, file->f_path.dentry, size, result);
}

SEC("fentry/mnt_want_write")
int BPF_PROG(na_mount_write, struct vfsmount *mnt)
{
	return na_change__note_mount(mnt);
}

SEC("fentry/mnt_want_write_file")
int BPF_PROG(na_mount_file, struct file *file)
{
	return na_change__note_mount(file->f_path.mnt);
}

static __always_inline int na_change__attribute(__u32 operation, struct dentry *dentry,
						const char *name, long result)
{
	struct task_struct *task = na_task__current();
	__u32 index = (__u32)task->pid % NA_CHANGE_MOUNTS;
	struct na_change_mount *noted;
	struct vfsmount *mnt;

	noted = bpf_map_lookup_elem(&na_change_mounts, &index);
	if (!noted || noted->tid != (__u32)task->pid)
		return 0;
	/* Else it is the upper layer's part of a change that an overlay's file sees as well. */
	mnt = NA_CAST(struct vfsmount, (void *)noted->mnt);
	if (NA_FIELD(mnt, mnt_sb) != dentry->d_sb)
		return 0;
	index = na_change__begin_done(operation, mnt, dentry, result);
	na_change__add_text(index, NA_CHANGE_NAME, name);
	return na_change__send(index);
}

/* Since 5.12 with the first argument. POSIX ACLs do not pass here since 6.2. */
SEC("fexit/vfs_setxattr")
int BPF_PROG(na_set_xattr, void *owner, struct dentry *dentry, const char *name, const void *value,
	     __u64 size, int flags, int result)
{
	return na_change__attribute(NA_FILE_SET_XATTR, dentry, name, result);
}

SEC("fexit/vfs_removexattr")
int BPF_PROG(na_remove_xattr, void *owner, struct dentry *dentry, const char *name, int result)
{
	return na_change__attribute(NA_FILE_REMOVE_XATTR, dentry, name, result);
}

/* Since 5.9. */
SEC("fexit/path_mount")
int BPF_PROG(na_mount, const char *source, struct path *path, const char *type, __u64 flags,
	     void *data, int result)
{
	__u32 index = na_change__begin_done(NA_FILE_MOUNT, path->mnt, path->dentry, result);

	na_change__add_text(index, NA_CHANGE_OTHER, source);
	na_change__add_text(index, NA_CHANGE_NAME, type);
	return na_change__send(index);
}

/* Since 5.9. The mount is gone when it ends. */
SEC("fentry/path_umount")
int BPF_PROG(na_umount, struct path *path, int flags)
{
	return na_change__begin_at(NA_FILE_UMOUNT, path, path->dentry, false);
}

SEC("fexit/path_umount")
int BPF_PROG(na_umount_done, struct path *path, int flags, int result)
{
	return na_change__end(NA_FILE_UMOUNT, result);
}

/* Tells a call by its registers. */
static __always_inline int na_change__call(struct pt_regs *regs, struct task_struct *task,
					   long result)
{
	struct na_change_slot *slot;
	__u32 index;

	if (na_task__is_agent(task))
		return 0;
	index = na_change__begin(task, 0);
	slot = na_change_slot__at(index);
	if (!slot)
		return 0;
	na_change_call__decode(&slot->call, regs, task, result);
	slot->change.operation = slot->call.operation;
	if (slot->call.operation)
		na_change__report_call(slot, index, task, result);
	else
		na_change_slot__free(slot);
	return 0;
}

/* The calls of the newer mount interface, one function each. */
#define NA_CHANGE_SYSTEM_CALL(program, call)                                                       \
	SEC("fexit/" NA_SYSTEM_CALL #call)                                                         \
	int BPF_PROG(program, struct pt_regs *regs, long result)                                   \
	{                                                                                          \
		return na_change__call(regs, na_task__current(), result);                          \
	}

NA_CHANGE_SYSTEM_CALL(na_move_mount, move_mount)
NA_CHANGE_SYSTEM_CALL(na_fsmount, fsmount)
NA_CHANGE_SYSTEM_CALL(na_open_tree, open_tree)
NA_CHANGE_SYSTEM_CALL(na_mount_attr, mount_setattr)

/* Since 5.12 (atomic operations). Every system call of the machine passes here. */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_file_change, struct pt_regs *regs, long result)
{
	if (!na_change_call__is(regs))
		return 0;
	return na_change__call(regs, na_task__current(), result);
}
