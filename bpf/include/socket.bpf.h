/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who a socket belongs to. Packets and half of the TCP transitions are handled in softirq, where
 * the current task is anybody: the owner is noted in process context and kept with the socket.
 */
#ifndef NA_SOCKET_BPF_H
#define NA_SOCKET_BPF_H

#include "incarnation.bpf.h"

struct na_socket_owner {
	__u64 start_time_ns;
	__u64 cgroup_id;
	__u64 since_ns; /* TCP: the SYN, then the connection's beginning */
	__u32 pid;	/* 0: the socket is older than the agent */
	__u32 tid;
	__u32 uid;
	__u32 gid;
	__u32 direction;
	__u32 exe_device; /* of the program, with the next two: for the already-seen filter */
	__u64 exe_inode;
	__u64 exe_incarnation;
	__u32 net_ns; /* of the task; read where the socket's own is out of reach */
	__u32 padding;
	char comm[NA_COMM_SIZE];
};

/*
 * The loader lets the objects share one. They need not: each notes the owners that it asks for, so
 * that none depends on another one being loaded. CLONE: an accepted socket starts with a copy of
 * what the listening one has. Since 5.11 in tracing programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct na_socket_owner);
} na_socket_owners SEC(".maps");

/* A kernel thread has none: all of it is 0. */
static __always_inline void na_socket_owner__fill_exe(struct na_socket_owner *owner,
						      struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct file *exe = mm ? mm->exe_file : NULL;

	owner->exe_inode = 0;
	owner->exe_device = 0;
	owner->exe_incarnation = 0;
	if (exe) {
		struct inode *inode = exe->f_inode;
		struct super_block *sb = inode->i_sb;

		owner->exe_inode = inode->i_ino;
		owner->exe_device = sb->s_dev;
		owner->exe_incarnation = na_inode__incarnation(inode, sb);
	}
}

static __always_inline void na_socket_owner__fill(struct na_socket_owner *owner,
						  struct task_struct *task)
{
	const struct cred *cred = task->real_cred;

	na_socket_owner__fill_exe(owner, task);
	owner->start_time_ns = task->group_leader->start_boottime;
	owner->cgroup_id = na_task__cgroup_id(task);
	owner->tid = task->pid;
	owner->uid = cred->uid.val;
	owner->gid = cred->gid.val;
	owner->net_ns = task->nsproxy->net_ns->ns.inum;
	na_task__copy_comm(owner->comm, task);
	owner->pid = task->tgid;
}

/* sock_cgroup_id: the cgroup the socket was made in, for sockets without a known owner. */
static __always_inline void na_header__fill_from_owner(struct na_header *header,
						       const struct na_socket_owner *owner,
						       __u64 sock_cgroup_id, __u16 kind)
{
	header->time_ns = bpf_ktime_get_boot_ns();
	header->cgroup_id = sock_cgroup_id;
	header->kind = kind;
	header->flags = NA_HEADER_SOFTIRQ;
	if (!owner || !owner->pid)
		return;
	header->cgroup_id = owner->cgroup_id;
	header->start_time_ns = owner->start_time_ns;
	header->pid = owner->pid;
	header->tid = owner->tid;
	header->uid = owner->uid;
	header->gid = owner->gid;
	__builtin_memcpy(header->comm, owner->comm, NA_COMM_SIZE);
}

/*
 * Mostly the same process goes on: another thread of it is no reason to write, another program in
 * it is.
 */
static __always_inline bool na_socket_owner__is(const struct na_socket_owner *owner,
						struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct file *exe = mm ? mm->exe_file : NULL;

	if (owner->pid != (__u32)task->tgid ||
	    owner->start_time_ns != task->group_leader->start_boottime)
		return false;
	return !exe || (exe->f_inode->i_ino == owner->exe_inode &&
			exe->f_inode->i_sb->s_dev == owner->exe_device);
}

/*
 * In the context of the caller of socket, bind, connect or send: the last one wins, so that a
 * socket which was handed over is attributed to the process that works with it. sk is what the
 * program type has: a socket, or the context itself.
 */
static __always_inline void na_socket__note_user(void *sk)
{
	struct task_struct *task = na_task__current();
	struct na_socket_owner *owner =
		bpf_sk_storage_get(&na_socket_owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (owner && !na_socket_owner__is(owner, task))
		na_socket_owner__fill(owner, task);
}

static __always_inline void na_socket__note_owner(struct bpf_sock_addr *ctx)
{
	if (ctx->sk)
		na_socket__note_user(ctx->sk);
}

static __always_inline bool na_socket_owner__is_agent(const struct na_socket_owner *owner)
{
	return owner && owner->pid && na_agent__is(owner->pid, owner->start_time_ns);
}

/* Before 6.2 the socket's type is out of reach here; then that of its owner stands in. */
static __always_inline __u32 na_bpf_sock__net_ns(struct bpf_sock *sk,
						 const struct na_socket_owner *owner)
{
	if (!NA_KERNEL_6_2)
		return owner ? owner->net_ns : 0;
	return NA_CAST(struct sock, sk)->__sk_common.skc_net.net->ns.inum;
}

#endif /* NA_SOCKET_BPF_H */
