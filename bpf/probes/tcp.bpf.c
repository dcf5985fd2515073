/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP connections: the outcome of connecting, accepting, the end with its byte counts. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "socket.bpf.h"
#include "address.bpf.h"
#include "seen_peer.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_EADDRNOTAVAIL 99
#define NA_ECANCELED	 125

/* Of net/tcp_states.h; also in linux/bpf.h, as BPF_TCP_*, asserted equal by the kernel. */
#define NA_TCP_MASK(state) (1U << (state))
#define NA_TCP_HANDSHAKE   (NA_TCP_MASK(BPF_TCP_SYN_SENT) | NA_TCP_MASK(BPF_TCP_SYN_RECV))
#define NA_TCP_NEVER_CONNECTED                                                                     \
	(NA_TCP_HANDSHAKE | NA_TCP_MASK(BPF_TCP_CLOSE) | NA_TCP_MASK(BPF_TCP_LISTEN) |             \
	 NA_TCP_MASK(BPF_TCP_NEW_SYN_RECV))
#define NA_TCP_FIN_SENT                                                                            \
	(NA_TCP_MASK(BPF_TCP_FIN_WAIT1) | NA_TCP_MASK(BPF_TCP_FIN_WAIT2) |                         \
	 NA_TCP_MASK(BPF_TCP_CLOSING) | NA_TCP_MASK(BPF_TCP_LAST_ACK) |                            \
	 NA_TCP_MASK(BPF_TCP_TIME_WAIT))

static __always_inline void na_tcp__fill_addresses(struct na_tcp *record, const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;
	bool mapped;

	if (common->skc_family == AF_INET) {
		record->family = AF_INET;
		*(__be32 *)record->local_address = common->skc_rcv_saddr;
		*(__be32 *)record->remote_address = common->skc_daddr;
		return;
	}
	mapped = na_address__is_mapped(common->skc_v6_daddr.in6_u.u6_addr32);
	record->family = mapped ? AF_INET : AF_INET6;
	na_address__copy(record->local_address, common->skc_v6_rcv_saddr.in6_u.u6_addr32, mapped);
	na_address__copy(record->remote_address, common->skc_v6_daddr.in6_u.u6_addr32, mapped);
}

/* The kernel's counts include the SYN, for the side that sent one first, and the FINs. */
static __always_inline void na_tcp__fill_bytes(struct na_tcp *record, const struct tcp_sock *tp,
					       int old_state)
{
	__u64 acked = tp->bytes_acked;
	__u64 received = tp->bytes_received;
	__u64 not_payload = record->direction == NA_DIRECTION_OUTBOUND;

	if (NA_TCP_MASK(old_state) & NA_TCP_FIN_SENT && tp->snd_una == tp->write_seq)
		not_payload += 1;
	record->bytes_sent = acked > not_payload ? acked - not_payload : 0;
	if (received && tp->inet_conn.icsk_inet.sk.__sk_common.skc_flags >> NA_SOCK_DONE & 1)
		received -= 1;
	record->bytes_received = received;
	record->packets_sent = tp->segs_out;
	record->packets_received = tp->segs_in;
}

static __always_inline __u64 na_sock__cgroup_id(const struct sock *sk)
{
	if (!bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return 0;
	return na_cgroup__id(NA_CAST(const struct sock, sk)->sk_cgrp_data.cgroup);
}

struct na_tcp_message {
	struct na_tcp tcp;
	__u64 repeats; /* where the filter puts them */
};

/*
 * True: a connection like this one was told, whichever port this side had. Never of one that
 * failed, nor of an end: what was tried in vain, and how much went through, is told each time.
 */
static __always_inline bool na_tcp__is_known(struct na_seen *seen, const struct na_tcp *record,
					     const struct na_socket_owner *owner)
{
	seen->set = NA_SEEN_NONE;
	seen->repeats = 0;
	return record->header.kind != NA_KIND_TCP_CLOSE && !record->error &&
	       na_seen__peer(seen, owner, (const __u64 *)record->local_address,
			     NA_SEEN_PEER_KIND(record, IPPROTO_TCP), NA_SEEN_PEER_PORT(record));
}

static __always_inline void na_tcp__send(const struct sock *sk, const struct na_socket_owner *owner,
					 __u16 kind, bool is_end, int old_state)
{
	const struct tcp_sock *tp = bpf_skc_to_tcp_sock((void *)sk);
	struct na_tcp_message message = {};
	struct na_tcp *record = &message.tcp;
	__u64 size = sizeof(*record);
	struct na_seen seen;

	if (!tp || na_socket_owner__is_agent(owner))
		return;
	na_header__fill_from_owner(&record->header, owner, na_sock__cgroup_id(sk), kind);
	na_tcp__fill_addresses(record, sk);
	/* Not skc_num: closing has given the port back already. */
	record->local_port = bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport);
	record->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
	record->net_ns = NA_CAST(const struct sock, sk)->__sk_common.skc_net.net->ns.inum;
	record->socket_cookie = bpf_get_socket_cookie((void *)sk);
	if (owner) {
		record->direction = owner->direction;
		if (kind != NA_KIND_TCP_ACCEPT && owner->since_ns)
			record->duration_ns = record->header.time_ns - owner->since_ns;
	}
	if (kind == NA_KIND_TCP_CLOSE)
		na_tcp__fill_bytes(record, tp, old_state);
	/*
	 * Closing without an error while connecting means that this side gave up: without a SYN, it
	 * found no free port; else the peer neither accepted nor refused, and it was close(2).
	 */
	if (kind == NA_KIND_TCP_CONNECT && is_end) {
		record->error = sk->sk_err;
		if (!record->error)
			record->error = tp->segs_out ? NA_ECANCELED : NA_EADDRNOTAVAIL;
	}
	if (na_tcp__is_known(&seen, record, owner))
		return;
	size += na_seen__append_repeats(&seen, &record->header, &message.repeats);
	na_shard__output_seen(record, size, &record->header, &seen);
}

/* connect(2) and listen(2) make these transitions, in the context of their caller. */
static __always_inline void na_tcp__note_owner(const struct sock *sk, __u32 direction)
{
	struct na_socket_owner *owner = bpf_sk_storage_get(&na_socket_owners, (void *)sk, NULL,
							   BPF_SK_STORAGE_GET_F_CREATE);

	if (!owner) {
		na_loss__count(direction == NA_DIRECTION_OUTBOUND ? NA_KIND_TCP_CONNECT
								  : NA_KIND_TCP_ACCEPT,
			       na_sock__cgroup_id(sk));
		return;
	}
	na_socket_owner__fill(owner, na_task__current());
	owner->direction = direction;
	owner->since_ns = bpf_ktime_get_boot_ns();
}

/* The kind to tell, or 0. *owner is made where there was none. */
static __always_inline __u16 na_tcp__established(const struct sock *sk, int old_state,
						 struct na_socket_owner **owner)
{
	if (*owner && (*owner)->direction == NA_DIRECTION_OUTBOUND)
		return NA_KIND_TCP_CONNECT;
	if (!*owner) {
		/* A listener, or an attempt, from before the agent: pid stays 0. */
		*owner = bpf_sk_storage_get(&na_socket_owners, (void *)sk, NULL,
					    BPF_SK_STORAGE_GET_F_CREATE);
		if (!*owner) {
			na_loss__count(NA_KIND_TCP_ACCEPT, na_sock__cgroup_id(sk));
			return 0;
		}
	}
	if (old_state == BPF_TCP_SYN_SENT) {
		(*owner)->direction = NA_DIRECTION_OUTBOUND;
		return NA_KIND_TCP_CONNECT;
	}
	(*owner)->direction = NA_DIRECTION_INBOUND;
	return NA_KIND_TCP_ACCEPT;
}

/* The kind to tell, or 0: a connection ended, or one that was tried failed. */
static __always_inline __u16 na_tcp__closed(int old_state, const struct na_socket_owner *owner)
{
	if (!(NA_TCP_MASK(old_state) & NA_TCP_NEVER_CONNECTED))
		return NA_KIND_TCP_CLOSE;
	/* SYN_RECV on the connecting side: both sides sent a SYN. */
	if (old_state == BPF_TCP_SYN_SENT ||
	    (old_state == BPF_TCP_SYN_RECV && owner && owner->direction == NA_DIRECTION_OUTBOUND))
		return NA_KIND_TCP_CONNECT;
	return 0;
}

/*
 * Since 4.16. All TCP sockets pass here and nothing else in the kernel does, so its cost is per
 * connection. One place sends, since the stack has no room for two.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(na_tcp_state, const struct sock *sk, int old_state, int new_state)
{
	struct na_socket_owner *owner;
	__u16 kind;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (new_state == BPF_TCP_SYN_SENT) {
		na_tcp__note_owner(sk, NA_DIRECTION_OUTBOUND);
		return 0;
	}
	if (new_state == BPF_TCP_LISTEN) {
		na_tcp__note_owner(sk, NA_DIRECTION_INBOUND);
		return 0;
	}
	if (new_state != BPF_TCP_ESTABLISHED && new_state != BPF_TCP_CLOSE)
		return 0;
	owner = bpf_sk_storage_get(&na_socket_owners, (void *)sk, NULL, 0);
	kind = new_state == BPF_TCP_CLOSE ? na_tcp__closed(old_state, owner)
					  : na_tcp__established(sk, old_state, &owner);
	if (!kind)
		return 0;
	na_tcp__send(sk, owner, kind, new_state == BPF_TCP_CLOSE, old_state);
	if (new_state == BPF_TCP_ESTABLISHED && owner)
		owner->since_ns = bpf_ktime_get_boot_ns();
	return 0;
}
