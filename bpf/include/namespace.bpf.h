/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Namespaces and roots: what a process has, and what a call changed. */
#ifndef NA_NAMESPACE_BPF_H
#define NA_NAMESPACE_BPF_H

#include "descriptor.bpf.h"

/* CLONE_NEW* of linux/sched.h */
#define NA_CLONE_NEWTIME   0x00000080
#define NA_CLONE_NEWNS	   0x00020000
#define NA_CLONE_NEWCGROUP 0x02000000
#define NA_CLONE_NEWUTS	   0x04000000
#define NA_CLONE_NEWIPC	   0x08000000
#define NA_CLONE_NEWUSER   0x10000000
#define NA_CLONE_NEWPID	   0x20000000
#define NA_CLONE_NEWNET	   0x40000000
#define NA_CLONE_NEW                                                                               \
	(NA_CLONE_NEWTIME | NA_CLONE_NEWNS | NA_CLONE_NEWCGROUP | NA_CLONE_NEWUTS |                \
	 NA_CLONE_NEWIPC | NA_CLONE_NEWUSER | NA_CLONE_NEWPID | NA_CLONE_NEWNET)

#define NA_ROOT_MOUNTS 8 /* mounts on top of each other, of which a root is the last */

struct na_namespace_scratch {
	struct na_namespace change;
	char tail[2 * NA_PATH_MAX + NA_NAME_MAX + 1];
	struct na_path_buffer path;
	char slack[NA_PATH_MAX]; /* the verifier bounds start and length of a path apart */
};

/* The namespaces of task; the pid namespace is the one of its children, which is what calls change.
 */
static __always_inline void na_namespace__fill(struct na_namespace *change,
					       struct task_struct *task)
{
	struct nsproxy *namespaces = task->nsproxy;

	change->mount_ns = namespaces->mnt_ns->ns.inum;
	change->pid_ns = namespaces->pid_ns_for_children->ns.inum;
	change->net_ns = namespaces->net_ns->ns.inum;
	change->user_ns = task->real_cred->user_ns->ns.inum;
	change->uts_ns = namespaces->uts_ns->ns.inum;
	change->ipc_ns = namespaces->ipc_ns->ns.inum;
	change->cgroup_ns = namespaces->cgroup_ns->ns.inum;
}

/* Which namespaces of the child are new: clone's flags, without asking its caller. */
static __always_inline __u32 na_namespace__differences(struct task_struct *parent,
						       struct task_struct *child)
{
	struct nsproxy *old = parent->nsproxy;
	struct nsproxy *now = child->nsproxy;
	__u32 flags = 0;

	if (old != now) {
		if (old->mnt_ns != now->mnt_ns)
			flags |= NA_CLONE_NEWNS;
		if (old->uts_ns != now->uts_ns)
			flags |= NA_CLONE_NEWUTS;
		if (old->ipc_ns != now->ipc_ns)
			flags |= NA_CLONE_NEWIPC;
		if (old->pid_ns_for_children != now->pid_ns_for_children)
			flags |= NA_CLONE_NEWPID;
		if (old->net_ns != now->net_ns)
			flags |= NA_CLONE_NEWNET;
		if (old->cgroup_ns != now->cgroup_ns)
			flags |= NA_CLONE_NEWCGROUP;
		if (old->time_ns_for_children != now->time_ns_for_children)
			flags |= NA_CLONE_NEWTIME;
	}
	if (parent->real_cred->user_ns != child->real_cred->user_ns)
		flags |= NA_CLONE_NEWUSER;
	return flags;
}

static __always_inline void na_namespace__fork(struct task_struct *parent,
					       struct task_struct *child)
{
	__u32 flags = na_namespace__differences(parent, child);
	struct na_namespace change = {};

	if (!flags)
		return;
	na_header__fill(&change.header, parent, NA_KIND_NAMESPACE);
	change.operation = NA_NAMESPACE_CLONE;
	change.flags = flags;
	change.child_pid = child->pid;
	na_namespace__fill(&change, child);
	na_ring__output(&na_ring_process, &change, sizeof(change), &change.header);
}

/* What setns(2) enters when its caller does not say so: the type of the file's namespace. */
static __always_inline __u32 na_namespace__type_of(struct task_struct *task, __u32 fd)
{
	struct file *file = na_task__file(task, fd);
	struct ns_common *ns = NULL;
	struct inode *inode;
	__u32 type = 0;

	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	/* A file of another file system holds other things there: only the known types count. */
	bpf_core_read(&ns, sizeof(ns), &inode->i_private);
	if (bpf_core_field_exists(ns->ns_type))
		bpf_core_read(&type, sizeof(type), &ns->ns_type);
	else
		type = BPF_CORE_READ((struct ns_common___v6_17 *)ns, ops, type);
	return type & ~NA_CLONE_NEW ? 0 : type;
}

/* The name of a root in the directory that holds it, behind that directory's path. Gives the
 * length of both. */
static __always_inline __u64 na_root__name(struct na_namespace_scratch *scratch,
					   struct vfsmount *mnt, struct dentry *dentry,
					   struct fs_struct *fs)
{
	__u64 length = NA_FIELD(dentry, d_name.len);
	const unsigned char *name = NA_FIELD(dentry, d_name.name);
	__u64 start, at;

	na_path__walk(&scratch->path, mnt, NA_CAST(struct dentry, NA_FIELD(dentry, d_parent)), fs);
	start = scratch->path.walk.start;
	NA_HIDE(start);
	NA_HIDE(length);
	if (start >= NA_PATH_MAX || length > NA_NAME_MAX)
		return 0;
	at = NA_PATH_MAX - start;
	bpf_probe_read_kernel(scratch->tail, at, &scratch->path.bytes[start]);
	if (at > 1) {
		at &= 2 * NA_PATH_MAX - 1;
		scratch->tail[at] = '/';
		at += 1;
	}
	at &= 2 * NA_PATH_MAX - 1;
	bpf_probe_read_kernel(&scratch->tail[at], length, name);
	return at + length;
}

/* The path of the process's root, which na_path__walk cannot tell: it ends there. */
static __always_inline __u64 na_root__path(struct na_namespace_scratch *scratch,
					   struct fs_struct *fs)
{
	struct vfsmount *mnt = NA_CAST(struct vfsmount, NA_FIELD(fs, root.mnt));
	struct dentry *dentry = NA_CAST(struct dentry, NA_FIELD(fs, root.dentry));
	int i;

	for (i = 0; i < NA_ROOT_MOUNTS; i++) {
		if (dentry != NA_FIELD(mnt, mnt_root))
			return na_root__name(scratch, mnt, dentry, fs);
		if (!na_walk__leave_mount(&mnt, &dentry))
			break;
	}
	scratch->tail[0] = '/';
	return 1;
}

#endif /* NA_NAMESPACE_BPF_H */
