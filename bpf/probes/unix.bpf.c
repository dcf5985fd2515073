/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections to UNIX sockets, where the sockets of container runtimes and other daemons stand. All
 * of them are told, path names and abstract ones: which are sensitive is for rules to say.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "socket_call.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_UNIX_NAME_MAX 108 /* sizeof(sun_path) */
#define NA_PIDTYPE_TGID	 1   /* of linux/pid.h */
#define NA_NODE_SIZE	 16  /* struct hlist_node: two pointers */

/* The fixed struct goes right before the path, at the next lower multiple of 8; as in file.bpf.c.
 */
struct na_unix_scratch {
	struct na_unix_connect room;
	struct na_path_buffer path;
	char slack[NA_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_unix_scratch);
} na_unix_scratch SEC(".maps");

/* A name as connect(2) got it. */
struct na_unix_name {
	const void *address;
	__u32 length;
	bool is_user;
	__u8 padding[3];
};

/* The process that called listen(2), if it still runs. The connected socket on the other side is
 * made by the one who connects, so it tells nothing. */
static __always_inline void na_unix__fill_peer(struct na_unix_connect *record, struct sock *sk)
{
	struct pid *pid = NA_FIELD(sk, sk_peer_pid);
	struct hlist_node *node;
	struct task_struct *task, *leader;
	struct css_set *set;
	struct cgroup *cgroup;
	struct kernfs_node *kernfs;

	record->peer_pid = 0;
	record->peer_start_time_ns = 0;
	record->peer_cgroup_id = 0;
	if (!pid)
		return;
	pid = NA_CAST(struct pid, pid);
	record->peer_pid = NA_FIELD(pid, numbers[0].nr);
	node = NA_FIELD(pid, tasks[NA_PIDTYPE_TGID].first);
	if (!node)
		return;
	task = NA_CAST(struct task_struct,
		       (void *)node - bpf_core_field_offset(struct task_struct, pid_links) -
			       NA_PIDTYPE_TGID * NA_NODE_SIZE);
	leader = NA_CAST(struct task_struct, NA_FIELD(task, group_leader));
	record->peer_start_time_ns = NA_FIELD(leader, start_boottime);
	set = NA_CAST(struct css_set, NA_FIELD(task, cgroups));
	cgroup = NA_CAST(struct cgroup, NA_FIELD(set, dfl_cgrp));
	kernfs = NA_CAST(struct kernfs_node, NA_FIELD(cgroup, kn));
	record->peer_cgroup_id = NA_FIELD(kernfs, id);
}

static __always_inline void na_unix__send(struct na_unix_connect *record, struct task_struct *task,
					  __u32 tail)
{
	na_header__fill(&record->header, task, NA_KIND_UNIX_CONNECT);
	record->header.tail_size = tail;
	na_shard__output(record, sizeof(*record) + tail, &record->header);
}

/* The socket has a file: its path is that of the kernel object, wherever links led to it. */
static __always_inline void na_unix__report_path(struct na_unix_scratch *scratch, struct sock *sk,
						 struct unix_sock *peer, struct task_struct *task)
{
	const struct na_walk *walk = &scratch->path.walk;
	struct dentry *dentry = NA_CAST(struct dentry, NA_FIELD(peer, path.dentry));
	struct inode *inode = NA_CAST(struct inode, NA_FIELD(dentry, d_inode));
	struct super_block *sb;
	struct na_unix_connect *record;
	__u64 start, gap;
	__u64 *first;

	na_path__walk(&scratch->path, NA_CAST(struct vfsmount, NA_FIELD(peer, path.mnt)), dentry,
		      task->fs);
	if (walk->start >= NA_PATH_MAX)
		return;
	/* Clear what is left of an older path in the gap, so that records hold no chance bytes. */
	start = walk->start & (NA_PATH_MAX - 8);
	NA_HIDE(start);
	start &= NA_PATH_MAX - 8;
	gap = walk->start & 7;
	first = (__u64 *)&scratch->path.bytes[start];
	*first = *first >> (gap * 8) << (gap * 8);

	record = (struct na_unix_connect *)((char *)first - sizeof(*record));
	record->inode = NA_FIELD(inode, i_ino);
	sb = NA_CAST(struct super_block, NA_FIELD(inode, i_sb));
	record->device = NA_FIELD(sb, s_dev);
	record->error = 0;
	record->path.offset = gap;
	record->path.length = NA_PATH_MAX - walk->start;
	na_unix__fill_peer(record, sk);
	na_unix__send(record, task, NA_PATH_MAX - start);
}

/* The name as it was given: an abstract one, or that of a connection which failed. */
static __always_inline void na_unix__report_name(struct na_unix_scratch *scratch, struct sock *sk,
						 const struct na_unix_name *name,
						 struct task_struct *task, __u32 error)
{
	struct na_unix_connect *record = &scratch->room;
	char *bytes = scratch->path.bytes;
	const void *from = name->address + sizeof(__u16);
	__u32 length = name->length;
	long failed;

	record->inode = 0;
	record->device = 0;
	record->error = error;
	record->path.offset = 0;
	record->path.length = 0;
	if (length <= sizeof(__u16))
		length = 0;
	else
		length -= sizeof(__u16);
	if (length > NA_UNIX_NAME_MAX)
		length = NA_UNIX_NAME_MAX;
	NA_HIDE(length);
	if (length > 0 && length <= NA_UNIX_NAME_MAX) {
		failed = name->is_user ? bpf_probe_read_user(bytes, length, from)
				       : bpf_probe_read_kernel(bytes, length, from);
		if (failed)
			length = 0;
	}
	/* A path ends at its NUL, which may or may not be there. The helper finds it: a loop would
	 * leave the verifier with a way for each length. */
	if (length > 0 && bytes[0] == 0) {
		bytes[0] = '@';
	} else if (length > 0 && length <= NA_UNIX_NAME_MAX) {
		bytes[length] = 0;
		failed = bpf_probe_read_kernel_str(bytes, NA_UNIX_NAME_MAX + 1, bytes);
		length = failed > 0 ? failed - 1 : 0;
	}
	NA_HIDE(length);
	if (length > NA_UNIX_NAME_MAX)
		return;
	record->path.length = length;
	na_unix__fill_peer(record, sk);
	na_unix__send(record, task, length);
}

static __always_inline void na_unix__report_connected(struct na_unix_scratch *scratch,
						      struct sock *sk, struct task_struct *task)
{
	struct unix_sock *self = NA_CAST(struct unix_sock, sk);
	struct unix_sock *peer = NA_CAST(struct unix_sock, NA_FIELD(self, peer));
	struct unix_address *address;
	struct na_unix_name name = {};

	/* Gone again already: then there is no name either. */
	if (!peer)
		return;
	if (NA_FIELD(peer, path.dentry)) {
		na_unix__report_path(scratch, sk, peer, task);
		return;
	}
	address = NA_CAST(struct unix_address, NA_FIELD(peer, addr));
	if (!address)
		return;
	name.address = (void *)address + bpf_core_field_offset(struct unix_address, name);
	name.length = NA_FIELD(address, len);
	na_unix__report_name(scratch, sk, &name, task, 0);
}

static __always_inline int na_unix__connected(struct sock *sk, const struct na_unix_name *name,
					      __u32 error)
{
	struct task_struct *task = na_task__current();
	struct na_unix_scratch *scratch;
	__u32 zero = 0;

	if (na_task__is_agent(task))
		return 0;
	scratch = bpf_map_lookup_elem(&na_unix_scratch, &zero);
	if (!scratch)
		return 0;
	if (error)
		na_unix__report_name(scratch, sk, name, task, error);
	else
		na_unix__report_connected(scratch, sk, task);
	return 0;
}

/* fexit since 5.5. Stream and sequenced sockets, also through io_uring. */
SEC("?fexit/unix_stream_connect")
int BPF_PROG(na_unix_connect, struct socket *socket, const void *address, int length, int flags,
	     int result)
{
	struct na_unix_name name = {.address = address, .length = length};

	return na_unix__connected(socket->sk, &name, -result);
}

/*
 * Since 4.17, where the kernel has no fexit. What it does not see: connections through io_uring.
 * The name of a connection that failed is the caller's word.
 */
SEC("?tp_btf/sys_exit")
int BPF_PROG(na_unix_exit, struct pt_regs *regs, long result)
{
	__u32 number = na_syscall__number(regs);
	struct na_unix_name name = {.is_user = true};
	struct na_socket_call call;
	struct task_struct *task;
	struct sock *sk;
	__u16 type;

	if (!na_syscall__may_be(number, NA_CALL_connect, NA_CALL_connect) &&
	    !na_syscall__may_be(number, NA_CALL_socketcall, NA_CALL_socketcall))
		return 0;
	task = na_task__current();
	na_socket_call__decode(&call, regs, task);
	if (call.call != NA_CALL_connect)
		return 0;
	sk = na_descriptor__sock(task, call.arguments[0]);
	if (!sk || NA_FIELD(sk, __sk_common.skc_family) != AF_UNIX)
		return 0;
	type = NA_FIELD(sk, sk_type);
	if (type != NA_SOCK_STREAM && type != NA_SOCK_SEQPACKET)
		return 0;
	name.address = (const void *)call.arguments[1];
	name.length = call.arguments[2];
	return na_unix__connected(sk, &name, result < 0 ? -result : 0);
}
