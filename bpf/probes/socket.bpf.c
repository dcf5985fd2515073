/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What programs do with sockets before anything is sent: bind, listen, the making of raw and packet
 * sockets and of those of rare families. And connections that the kernel refused without a packet:
 * they change no state, so tcp.bpf.c does not see them.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "address.bpf.h"
#include "socket_call.bpf.h"
#include "exit_dispatch.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_AF_NETLINK	  16
#define NA_AF_PACKET	  17
#define NA_SOCK_TYPE_MASK 15 /* SOCK_TYPE_MASK of linux/net.h: the rest are flags */
#define NA_EINPROGRESS	  115
#define NA_CONNECT_LIMIT  4096 /* threads that are inside of connect(2) */
#define NA_CGROUP_ALLOW	  1

/* A connect that has not sent a SYN. */
struct na_connect {
	__u64 since_ns;
	__u64 socket_cookie;
	__u32 remote_address[4];
	__u16 remote_port;
	__u16 family;
	__u32 padding;
};

/* By thread. LRU: an entry of a connection that a send began (TCP fast open) is not taken back. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_CONNECT_LIMIT);
	__type(key, __u64);
	__type(value, struct na_connect);
} na_connects SEC(".maps");

static __always_inline bool na_family__is_ip(__u32 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* Raw and packet sockets, and families of which ordinary programs have no need. */
static __always_inline bool na_socket__is_rare(__u32 family, __u32 type)
{
	if (na_family__is_ip(family))
		return type == NA_SOCK_RAW;
	return family != AF_UNIX && family != NA_AF_NETLINK;
}

static __always_inline void na_socket__send(struct na_socket *record, struct task_struct *task)
{
	na_header__fill(&record->header, task, NA_KIND_SOCKET);
	na_shard__output(record, sizeof(*record), &record->header);
}

static __always_inline void na_socket__created(__u32 family, __u32 type, __u32 protocol,
					       __u32 error)
{
	struct task_struct *task = na_task__current();
	struct na_socket record = {};

	type &= NA_SOCK_TYPE_MASK;
	if (!na_socket__is_rare(family, type) || na_task__is_agent(task))
		return;
	record.operation = NA_SOCKET_CREATE;
	record.error = error;
	record.family = family;
	record.socket_type = type;
	record.protocol = family == NA_AF_PACKET ? bpf_ntohs(protocol) : protocol;
	record.net_ns = task->nsproxy->net_ns->ns.inum;
	na_socket__send(&record, task);
}

static __always_inline void na_socket__fill(struct na_socket *record, struct sock *sk)
{
	record->family = NA_FIELD(sk, __sk_common.skc_family);
	record->socket_type = NA_FIELD(sk, sk_type);
	record->protocol = NA_FIELD(sk, sk_protocol);
	record->local_port = NA_FIELD(sk, __sk_common.skc_num);
	record->socket_cookie = NA_FIELD(sk, __sk_common.skc_cookie.counter);
	record->net_ns = na_sock__net_ns(sk);
	if (record->family == AF_INET) {
		*(__be32 *)record->local_address = NA_FIELD(sk, __sk_common.skc_rcv_saddr);
	} else {
		struct in6_addr address = NA_FIELD(sk, __sk_common.skc_v6_rcv_saddr);
		bool mapped = na_address__is_mapped(address.in6_u.u6_addr32);

		record->family = mapped ? AF_INET : AF_INET6;
		na_address__copy(record->local_address, address.in6_u.u6_addr32, mapped);
	}
}

/* What was asked for, when the socket did not get it. */
static __always_inline void na_socket__fill_asked(struct na_socket *record,
						  const struct na_sockaddr *asked)
{
	record->local_port = bpf_ntohs(asked->port);
	if (record->family == AF_INET)
		*(__be32 *)record->local_address = asked->address4;
	else
		na_address__copy(record->local_address, asked->address6, false);
}

static __always_inline void na_socket__bound(struct sock *sk, const struct na_sockaddr *asked,
					     __u32 error)
{
	struct task_struct *task = na_task__current();
	struct na_socket record = {};

	if (!na_family__is_ip(NA_FIELD(sk, __sk_common.skc_family)) || na_task__is_agent(task))
		return;
	record.operation = NA_SOCKET_BIND;
	record.error = error;
	na_socket__fill(&record, sk);
	if (error)
		na_socket__fill_asked(&record, asked);
	na_socket__send(&record, task);
}

static __always_inline void na_socket__listens(struct sock *sk, __u32 backlog, __u32 error)
{
	struct task_struct *task = na_task__current();
	struct na_socket record = {};

	if (!na_family__is_ip(NA_FIELD(sk, __sk_common.skc_family)) || na_task__is_agent(task))
		return;
	record.operation = NA_SOCKET_LISTEN;
	record.error = error;
	/* What the kernel made of it: net.core.somaxconn is its limit. */
	record.backlog = error ? backlog : NA_FIELD(sk, sk_max_ack_backlog);
	na_socket__fill(&record, sk);
	na_socket__send(&record, task);
}

/* In connect(2), in front of routing and of the choice of a port. Since 4.17. */
static __always_inline int na_connect__begin(struct bpf_sock_addr *ctx, __u16 family)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct na_connect attempt = {
		.since_ns = bpf_ktime_get_boot_ns(),
		.family = family,
		.remote_port = bpf_ntohs(ctx->user_port),
	};

	if (ctx->protocol != IPPROTO_TCP)
		return NA_CGROUP_ALLOW;
	attempt.socket_cookie = bpf_get_socket_cookie(ctx);
	if (family == AF_INET) {
		attempt.remote_address[0] = ctx->user_ip4;
	} else {
		attempt.remote_address[0] = ctx->user_ip6[0];
		attempt.remote_address[1] = ctx->user_ip6[1];
		attempt.remote_address[2] = ctx->user_ip6[2];
		attempt.remote_address[3] = ctx->user_ip6[3];
	}
	bpf_map_update_elem(&na_connects, &thread, &attempt, BPF_ANY);
	return NA_CGROUP_ALLOW;
}

SEC("cgroup/connect4")
int na_sock_conn4(struct bpf_sock_addr *ctx)
{
	return na_connect__begin(ctx, AF_INET);
}

SEC("cgroup/connect6")
int na_sock_conn6(struct bpf_sock_addr *ctx)
{
	return na_connect__begin(ctx, AF_INET6);
}

/* From here on the outcome is tcp.bpf.c's, in the context of the caller of connect(2). */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(na_sock_state, const struct sock *sk, int old_state, int new_state)
{
	__u64 thread = bpf_get_current_pid_tgid();

	if (new_state == BPF_TCP_SYN_SENT)
		bpf_map_delete_elem(&na_connects, &thread);
	return 0;
}

static __always_inline void na_connect__end(__u32 error)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct na_connect *attempt = bpf_map_lookup_elem(&na_connects, &thread);
	struct task_struct *task = na_task__current();
	struct na_tcp record = {};
	bool mapped;

	if (!attempt)
		return;
	if (error && error != NA_EINPROGRESS && !na_task__is_agent(task)) {
		na_header__fill(&record.header, task, NA_KIND_TCP_CONNECT);
		mapped = attempt->family == AF_INET6 &&
			 na_address__is_mapped(attempt->remote_address);
		record.family = mapped ? AF_INET : attempt->family;
		na_address__copy(record.remote_address, attempt->remote_address, mapped);
		record.remote_port = attempt->remote_port;
		record.direction = NA_DIRECTION_OUTBOUND;
		record.error = error;
		record.socket_cookie = attempt->socket_cookie;
		record.duration_ns = record.header.time_ns - attempt->since_ns;
		record.net_ns = task->nsproxy->net_ns->ns.inum;
		na_shard__output(&record, sizeof(record), &record.header);
	}
	bpf_map_delete_elem(&na_connects, &thread);
}

static __always_inline void na_sockaddr__read(struct na_sockaddr *address, const void *from)
{
	/* Shorter ones are EINVAL; what is behind an IPv4 one is not used. */
	if (bpf_probe_read_kernel(address, sizeof(*address), from))
		bpf_probe_read_kernel(address, 8, from);
}

static __always_inline int na_socket__bind_ended(struct socket *socket, const void *address,
						 int result)
{
	struct na_sockaddr asked = {};

	if (result)
		na_sockaddr__read(&asked, address);
	na_socket__bound(socket->sk, &asked, -result);
	return 0;
}

/* fexit since 5.5. These functions are what system calls, socketcall and io_uring come to. */
SEC("?fexit/inet_bind")
int BPF_PROG(na_sock_bind4, struct socket *socket, const void *address, int length, int result)
{
	return na_socket__bind_ended(socket, address, result);
}

SEC("?fexit/inet6_bind")
int BPF_PROG(na_sock_bind6, struct socket *socket, const void *address, int length, int result)
{
	return na_socket__bind_ended(socket, address, result);
}

SEC("?fexit/inet_listen")
int BPF_PROG(na_sock_listen, struct socket *socket, int backlog, int result)
{
	na_socket__listens(socket->sk, backlog, -result);
	return 0;
}

SEC("?fexit/__sock_create")
int BPF_PROG(na_sock_create, struct net *net, int family, int type, int protocol,
	     struct socket **made, int kernel, int result)
{
	if (!kernel)
		na_socket__created(family, type, protocol, -result);
	return 0;
}

/* Fast open comes here too. */
SEC("?fexit/__inet_stream_connect")
int BPF_PROG(na_sock_stream, struct socket *socket, const void *address, int length, int flags,
	     int is_send, int result)
{
	na_connect__end(-result);
	return 0;
}

static __always_inline void na_socket__bind_returned(const struct na_socket_call *call,
						     struct task_struct *task, __u32 error)
{
	struct sock *sk = na_descriptor__sock(task, call->arguments[0]);
	struct na_sockaddr asked = {};
	const void *address = (const void *)call->arguments[1];

	if (!sk)
		return;
	if (error && bpf_probe_read_user(&asked, sizeof(asked), address))
		bpf_probe_read_user(&asked, 8, address);
	na_socket__bound(sk, &asked, error);
}

/* Other sockets connect too, and an attempt that was no connect(2) may have been left behind. */
static __always_inline void na_socket__connect_returned(const struct na_socket_call *call,
							struct task_struct *task, __u32 error)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct na_connect *attempt = bpf_map_lookup_elem(&na_connects, &thread);
	struct sock *sk;

	if (!attempt)
		return;
	sk = na_descriptor__sock(task, call->arguments[0]);
	if (sk && (__u64)NA_FIELD(sk, __sk_common.skc_cookie.counter) == attempt->socket_cookie)
		na_connect__end(error);
}

static __always_inline void na_socket__call_ended(struct pt_regs *regs, long result)
{
	__u32 number = na_syscall__number(regs);
	__u32 error = result < 0 ? -result : 0;
	struct na_socket_call call;
	struct task_struct *task;
	struct sock *sk;

	if (!na_syscall__may_be(number, NA_CALL_socket, NA_CALL_connect) &&
	    !na_syscall__may_be(number, NA_CALL_socketcall, NA_CALL_socketcall))
		return;
	task = na_task__current();
	na_socket_call__decode(&call, regs, task);
	switch (call.call) {
	case NA_CALL_socket:
		na_socket__created(call.arguments[0], call.arguments[1], call.arguments[2], error);
		break;
	case NA_CALL_bind:
		na_socket__bind_returned(&call, task, error);
		break;
	case NA_CALL_listen:
		sk = na_descriptor__sock(task, call.arguments[0]);
		if (sk)
			na_socket__listens(sk, call.arguments[1], error);
		break;
	case NA_CALL_connect:
		na_socket__connect_returned(&call, task, error);
		break;
	default:
		break;
	}
}

/*
 * Since 4.17, where the kernel has no fexit. What it does not see: the same through io_uring. The
 * address of a bind that failed is the caller's word.
 */
SEC("?tp_btf/sys_exit")
int BPF_PROG(na_sock_exit, struct pt_regs *regs, long result)
{
	na_socket__call_ended(regs, result);
	if (na_exit_dispatched)
		na_exit__go_on(ctx, na_exit_second, na_syscall__call(regs, na_task__current()));
	return 0;
}
