/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Flows of everything but TCP: UDP, ICMP, SCTP, raw sockets of any protocol. A flow begins with its
 * first packet, whichever side sent it, and an answer belongs to the flow it answers. connect(2)
 * alone sends nothing and so makes none: resolvers connect sockets to all addresses of a name only
 * to compare their routes.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "socket.bpf.h"
#include "packet.bpf.h"
#include "packet_dispatch.bpf.h"
#include "seen_peer.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_FLOW_LIMIT	  65536
#define NA_FLOW_REPEAT_NS 60000000000ULL /* a flow that goes on is told again after this */

struct na_flow_key {
	__u64 socket_cookie;
	__be32 remote_address[4];
	__u16 remote_port;
	__u16 family;
	__u32 protocol;
};

struct na_flow_state {
	__u64 told_ns;
	__u32 direction;
	__u32 padding;
};

/* LRU: forgetting a flow only costs telling it once more. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_FLOW_LIMIT);
	__type(key, struct na_flow_key);
	__type(value, struct na_flow_state);
} na_flows SEC(".maps");

/* The direction to tell, or 0 when the flow is known. */
static __always_inline __u32 na_flow__to_tell(const struct na_datagram *datagram, __u64 cookie,
					      bool outbound)
{
	struct na_flow_key key = {
		.socket_cookie = cookie,
		.family = datagram->family,
		.protocol = datagram->protocol,
		.remote_port = outbound ? datagram->destination_port : datagram->source_port,
	};
	struct na_flow_state state = {
		.told_ns = bpf_ktime_get_boot_ns(),
		.direction = outbound ? NA_DIRECTION_OUTBOUND : NA_DIRECTION_INBOUND,
	};
	struct na_flow_state *known;

	__builtin_memcpy(key.remote_address, outbound ? datagram->destination : datagram->source,
			 sizeof(key.remote_address));
	known = bpf_map_lookup_elem(&na_flows, &key);
	if (!known) {
		bpf_map_update_elem(&na_flows, &key, &state, BPF_ANY);
		return state.direction;
	}
	if (state.told_ns - known->told_ns < NA_FLOW_REPEAT_NS)
		return 0;
	known->told_ns = state.told_ns;
	return known->direction;
}

/*
 * The socket whose flow this is. TCP's own sockets have events of their own, but a raw socket can
 * speak TCP too. The kernel has sockets of its own for ICMP answers, neighbour discovery and
 * resets; they have no owner, which is how they are told from a program's.
 */
static __always_inline struct bpf_sock *na_flow__socket(struct __sk_buff *skb, __u32 protocol,
							struct na_socket_owner **owner)
{
	struct bpf_sock *sk;

	if (protocol == IPPROTO_TCP && !na_packet__may_be_raw(skb))
		return NULL;
	sk = skb->sk;
	if (!sk)
		return NULL;
	sk = bpf_sk_fullsock(sk);
	if (!sk || (protocol == IPPROTO_TCP && sk->type == NA_SOCK_STREAM))
		return NULL;
	*owner = bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0);
	if (na_socket_owner__is_agent(*owner))
		return NULL;
	if (!*owner && sk->type == NA_SOCK_RAW)
		return NULL;
	return sk;
}

struct na_flow_message {
	struct na_flow flow;
	__u64 repeats; /* where the filter puts them */
};

/*
 * The second question: na_flows knows whether this socket's flow was told, the filter whether one
 * like it was. Programs that make a socket for each request pass the first one each time.
 */
static __always_inline void na_flow__send(const struct na_datagram *datagram, struct bpf_sock *sk,
					  const struct na_socket_owner *owner, __u64 cookie,
					  __u32 direction, bool outbound)
{
	struct na_flow_message message = {};
	struct na_flow *record = &message.flow;
	__u64 size = sizeof(*record);
	struct na_seen seen;

	na_header__fill_from_owner(&record->header, owner, bpf_sk_cgroup_id(sk), NA_KIND_FLOW);
	NA_DATAGRAM_FILL(record, datagram, outbound);
	record->socket_cookie = cookie;
	record->direction = direction;
	record->net_ns = na_bpf_sock__net_ns(sk, owner);
	record->protocol = datagram->protocol;
	if (na_seen__peer(&seen, owner, (__u64 *)record->local_address,
			  NA_SEEN_PEER_KIND(record, record->protocol), NA_SEEN_PEER_PORT(record)))
		return;
	size += na_seen__append_repeats(&seen, &record->header, &message.repeats);
	na_shard__output_seen(record, size, &record->header, &seen);
}

static __always_inline void na_flow__watch(struct __sk_buff *skb, bool outbound)
{
	struct na_datagram datagram = {};
	struct na_socket_owner *owner;
	struct bpf_sock *sk = na_flow__socket(skb, na_packet__protocol(skb), &owner);
	__u32 direction;
	__u64 cookie;

	if (!sk || !na_datagram__parse(&datagram, skb))
		return;
	cookie = bpf_get_socket_cookie(skb);
	direction = na_flow__to_tell(&datagram, cookie, outbound);
	if (direction)
		na_flow__send(&datagram, sk, owner, cookie, direction, outbound);
}

static __always_inline int na_udp__watch(struct __sk_buff *skb, bool outbound)
{
	na_flow__watch(skb, outbound);
	if (na_packet_dispatched)
		na_packet__go_on_after(skb, outbound, NA_PACKET_UDP);
	return NA_PACKET_ALLOW;
}

/* Both since 4.10. */
SEC("cgroup_skb/egress")
int na_udp_egress(struct __sk_buff *skb)
{
	return na_udp__watch(skb, true);
}

SEC("cgroup_skb/ingress")
int na_udp_ingress(struct __sk_buff *skb)
{
	return na_udp__watch(skb, false);
}

/* The hooks below only note who uses the socket. A receiver only binds it. */
static __always_inline int na_udp__note_owner(struct bpf_sock_addr *ctx)
{
	if (ctx->protocol != IPPROTO_TCP)
		na_socket__note_owner(ctx);
	return NA_PACKET_ALLOW;
}

/*
 * Since 4.10, with the storage since 5.9. Raw sockets and those of ping pass none of the other
 * hooks: they are ready to send when they are made.
 */
SEC("cgroup/sock_create")
int na_udp_create(struct bpf_sock *ctx)
{
	if (ctx->type == NA_SOCK_RAW ||
	    (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_UDP))
		na_socket__note_user(ctx);
	return NA_PACKET_ALLOW;
}

/* bind since 4.17 */
SEC("cgroup/bind4")
int na_udp_bind4(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}

SEC("cgroup/bind6")
int na_udp_bind6(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}

/* connect since 4.17 */
SEC("cgroup/connect4")
int na_udp_connect4(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}

SEC("cgroup/connect6")
int na_udp_connect6(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}

/* sendmsg since 4.18: only where the caller gives an address */
SEC("cgroup/sendmsg4")
int na_udp_sendmsg4(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}

SEC("cgroup/sendmsg6")
int na_udp_sendmsg6(struct bpf_sock_addr *ctx)
{
	return na_udp__note_owner(ctx);
}
