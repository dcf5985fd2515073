/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that change files, folders and mounts: what they change and how. */
#ifndef NA_CHANGE_CALL_BPF_H
#define NA_CHANGE_CALL_BPF_H

#include "syscall.bpf.h"

#define NA_AT_FDCWD	    (-100) /* AT_FDCWD of linux/fcntl.h */
#define NA_NO_DESCRIPTOR    (-1)
#define NA_AT_REMOVEDIR	    0x200 /* AT_REMOVEDIR of linux/fcntl.h */
#define NA_OPEN_TREE_CLONE  1	  /* OPEN_TREE_CLONE of linux/mount.h */
#define NA_XATTR_ARGS_FLAGS 12	  /* offset of flags in struct xattr_args of linux/xattr.h */

struct na_change_call {
	__u64 path;  /* strings in user space; 0 where the call has none */
	__u64 other; /* the second path */
	__u64 name;
	__u64 size;
	__u64 flags;
	__s32 fd; /* the file itself, of calls that take one */
	__s32 directory;
	__s32 other_directory;
	__u32 operation; /* enum na_file_operation, 0 = the call changes nothing */
	__u32 uid;
	__u32 gid;
	__u32 mode;	    /* chmod: what is asked for */
	bool other_is_text; /* other is no path to be looked for: what a link says, a device; then
			       other_directory is none either */
	__u8 padding[3];
};

static __always_inline void na_change_call__names(struct na_change_call *call, __u32 operation,
						  __s32 directory, __u64 path)
{
	call->operation = operation;
	call->directory = directory;
	call->path = path;
}

static __always_inline void na_change_call__two(struct na_change_call *call, __u32 operation,
						__s32 other_directory, __u64 other, __s32 directory,
						__u64 path)
{
	na_change_call__names(call, operation, directory, path);
	call->other_directory = other_directory;
	call->other = other;
}

static __always_inline void na_change_call__fd(struct na_change_call *call, __u32 operation,
					       __s32 fd)
{
	call->operation = operation;
	call->fd = fd;
}

/* What has two names. a: the arguments. */
static __always_inline bool na_change_call__decode_names(struct na_change_call *call,
							 enum na_call which, const __u64 *a)
{
	switch (which) {
	case NA_CALL_rename:
		na_change_call__two(call, NA_FILE_RENAME, NA_AT_FDCWD, a[0], NA_AT_FDCWD, a[1]);
		return true;
	case NA_CALL_renameat2:
		call->flags = a[4];
		na_change_call__two(call, NA_FILE_RENAME, a[0], a[1], a[2], a[3]);
		return true;
	case NA_CALL_renameat:
		na_change_call__two(call, NA_FILE_RENAME, a[0], a[1], a[2], a[3]);
		return true;
	case NA_CALL_link:
		na_change_call__two(call, NA_FILE_LINK, NA_AT_FDCWD, a[0], NA_AT_FDCWD, a[1]);
		return true;
	case NA_CALL_linkat:
		call->flags = a[4];
		na_change_call__two(call, NA_FILE_LINK, a[0], a[1], a[2], a[3]);
		return true;
	case NA_CALL_symlink:
		call->other_is_text = true;
		na_change_call__two(call, NA_FILE_SYMLINK, NA_AT_FDCWD, a[0], NA_AT_FDCWD, a[1]);
		return true;
	case NA_CALL_symlinkat:
		call->other_is_text = true;
		na_change_call__two(call, NA_FILE_SYMLINK, NA_AT_FDCWD, a[0], a[1], a[2]);
		return true;
	default:
		return false;
	}
}

/* What makes or takes away one name. */
static __always_inline bool na_change_call__decode_name(struct na_change_call *call,
							enum na_call which, const __u64 *a)
{
	switch (which) {
	case NA_CALL_unlink:
		na_change_call__names(call, NA_FILE_UNLINK, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_unlinkat:
		call->flags = a[2];
		na_change_call__names(call, a[2] & NA_AT_REMOVEDIR ? NA_FILE_RMDIR : NA_FILE_UNLINK,
				      a[0], a[1]);
		return true;
	case NA_CALL_rmdir:
		na_change_call__names(call, NA_FILE_RMDIR, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_mkdir:
		na_change_call__names(call, NA_FILE_MKDIR, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_mkdirat:
		na_change_call__names(call, NA_FILE_MKDIR, a[0], a[1]);
		return true;
	case NA_CALL_mknod:
		na_change_call__names(call, NA_FILE_CREATE, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_mknodat:
		na_change_call__names(call, NA_FILE_CREATE, a[0], a[1]);
		return true;
	default:
		return false;
	}
}

static __always_inline bool na_change_call__decode_attributes(struct na_change_call *call,
							      enum na_call which, const __u64 *a)
{
	switch (which) {
	case NA_CALL_chmod:
		call->mode = a[1];
		na_change_call__names(call, NA_FILE_CHMOD, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_fchmodat2:
		call->flags = a[3];
		call->mode = a[2];
		na_change_call__names(call, NA_FILE_CHMOD, a[0], a[1]);
		return true;
	case NA_CALL_fchmodat:
		call->mode = a[2];
		na_change_call__names(call, NA_FILE_CHMOD, a[0], a[1]);
		return true;
	case NA_CALL_fchmod:
		na_change_call__fd(call, NA_FILE_CHMOD, a[0]);
		return true;
	case NA_CALL_chown:
	case NA_CALL_lchown:
		call->uid = a[1];
		call->gid = a[2];
		na_change_call__names(call, NA_FILE_CHOWN, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_fchownat:
		call->uid = a[2];
		call->gid = a[3];
		call->flags = a[4];
		na_change_call__names(call, NA_FILE_CHOWN, a[0], a[1]);
		return true;
	case NA_CALL_fchown:
		call->uid = a[1];
		call->gid = a[2];
		na_change_call__fd(call, NA_FILE_CHOWN, a[0]);
		return true;
	case NA_CALL_truncate:
		call->size = a[1];
		na_change_call__names(call, NA_FILE_TRUNCATE, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_ftruncate:
		call->size = a[1];
		na_change_call__fd(call, NA_FILE_TRUNCATE, a[0]);
		return true;
	default:
		return false;
	}
}

static __always_inline bool na_change_call__decode_xattr(struct na_change_call *call,
							 enum na_call which, const __u64 *a)
{
	__u32 flags = 0;

	call->name = a[1];
	switch (which) {
	case NA_CALL_setxattr:
	case NA_CALL_lsetxattr:
		call->flags = a[4];
		na_change_call__names(call, NA_FILE_SET_XATTR, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_fsetxattr:
		call->flags = a[4];
		na_change_call__fd(call, NA_FILE_SET_XATTR, a[0]);
		return true;
	case NA_CALL_removexattr:
	case NA_CALL_lremovexattr:
		na_change_call__names(call, NA_FILE_REMOVE_XATTR, NA_AT_FDCWD, a[0]);
		return true;
	case NA_CALL_fremovexattr:
		na_change_call__fd(call, NA_FILE_REMOVE_XATTR, a[0]);
		return true;
	case NA_CALL_setxattrat:
		bpf_probe_read_user(&flags, sizeof(flags), (void *)(a[4] + NA_XATTR_ARGS_FLAGS));
		call->flags = flags;
		call->name = a[3];
		na_change_call__names(call, NA_FILE_SET_XATTR, a[0], a[1]);
		return true;
	case NA_CALL_removexattrat:
		call->name = a[3];
		na_change_call__names(call, NA_FILE_REMOVE_XATTR, a[0], a[1]);
		return true;
	default:
		call->name = 0;
		return false;
	}
}

/* result: of the call, a descriptor where it makes one. */
static __always_inline void na_change_call__decode_mount(struct na_change_call *call,
							 enum na_call which, const __u64 *a,
							 long result)
{
	switch (which) {
	case NA_CALL_mount:
		call->name = a[2];
		call->flags = a[3];
		call->other_is_text = true;
		na_change_call__two(call, NA_FILE_MOUNT, NA_AT_FDCWD, a[0], NA_AT_FDCWD, a[1]);
		break;
	case NA_CALL_umount2:
		call->flags = a[1];
		na_change_call__names(call, NA_FILE_UMOUNT, NA_AT_FDCWD, a[0]);
		break;
	case NA_CALL_umount:
		na_change_call__names(call, NA_FILE_UMOUNT, NA_AT_FDCWD, a[0]);
		break;
	case NA_CALL_fsmount:
		call->flags = a[1];
		na_change_call__fd(call, NA_FILE_MOUNT, result < 0 ? NA_NO_DESCRIPTOR : result);
		break;
	case NA_CALL_move_mount:
		call->flags = a[4];
		na_change_call__two(call, NA_FILE_MOUNT, a[0], a[1], a[2], a[3]);
		break;
	case NA_CALL_open_tree:
	case NA_CALL_open_tree_attr:
		call->flags = a[2];
		/* Else it only opens. */
		if (a[2] & NA_OPEN_TREE_CLONE)
			na_change_call__names(call, NA_FILE_MOUNT, a[0], a[1]);
		break;
	case NA_CALL_mount_setattr:
		call->flags = a[2];
		na_change_call__names(call, NA_FILE_MOUNT, a[0], a[1]);
		break;
	default:
		break;
	}
}

/* Without looking at the task: also true for calls that have such a number in the other convention
 * only. */
static __always_inline bool na_change_call__is(struct pt_regs *regs)
{
	return na_syscall__may_be(na_syscall__number(regs), NA_CALL_rename, NA_CALL_mount_setattr);
}

/* operation stays 0 where the call is none of these. */
static __always_inline void na_change_call__decode(struct na_change_call *call,
						   struct pt_regs *regs, struct task_struct *task,
						   long result)
{
	bool compat = na_syscall__is_compat(task);
	enum na_call which = na_syscall__of(na_syscall__number(regs), compat);
	__u64 a[5];

	a[0] = na_syscall__argument(regs, compat, 0);
	a[1] = na_syscall__argument(regs, compat, 1);
	a[2] = na_syscall__argument(regs, compat, 2);
	a[3] = na_syscall__argument(regs, compat, 3);
	a[4] = na_syscall__argument(regs, compat, 4);
	__builtin_memset(call, 0, sizeof(*call));
	call->fd = NA_NO_DESCRIPTOR;
	call->uid = ~0U;
	call->gid = ~0U;
	if (na_change_call__decode_names(call, which, a) ||
	    na_change_call__decode_name(call, which, a) ||
	    na_change_call__decode_attributes(call, which, a) ||
	    na_change_call__decode_xattr(call, which, a))
		return;
	na_change_call__decode_mount(call, which, a, result);
}

#endif /* NA_CHANGE_CALL_BPF_H */
