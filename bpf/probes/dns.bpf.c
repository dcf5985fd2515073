/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS over UDP as clients see it: queries to port 53 and the answers from there, whole messages. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "socket.bpf.h"
#include "packet.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_DNS_PORT 53
#define NA_DNS_SLOTS                                                                               \
	4 /* packets that one CPU can have in work: these programs can be preempted                \
	   */

struct na_dns_slot {
	__u32 busy;
	__u32 padding;
	struct na_dns dns;
	char message[NA_DNS_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_DNS_SLOTS);
	__type(key, __u32);
	__type(value, struct na_dns_slot);
} na_dns_slots SEC(".maps");

/* A program stays on its CPU, but another task's packet can come in between: the slot is owned, not
 * assumed. */
static __always_inline struct na_dns_slot *na_dns_slot__take(void)
{
	__u32 i;

	for (i = 0; i < NA_DNS_SLOTS; i++) {
		__u32 index = i;
		struct na_dns_slot *slot = bpf_map_lookup_elem(&na_dns_slots, &index);

		if (slot && !__sync_lock_test_and_set(&slot->busy, 1))
			return slot;
	}
	return NULL;
}

static __always_inline void na_dns__send(struct __sk_buff *skb, struct bpf_sock *sk,
					 const struct na_datagram *datagram, bool outbound,
					 const struct na_socket_owner *owner,
					 struct na_dns_slot *slot)
{
	struct na_dns *dns = &slot->dns;
	__u32 length = datagram->payload_size;

	__builtin_memset(dns, 0, sizeof(*dns));
	na_header__fill_from_owner(&dns->header, owner, bpf_sk_cgroup_id(sk), NA_KIND_DNS);
	NA_DATAGRAM_FILL(dns, datagram, outbound);
	dns->direction = outbound ? NA_DIRECTION_OUTBOUND : NA_DIRECTION_INBOUND;
	dns->net_ns = na_bpf_sock__net_ns(sk);
	dns->message_size = datagram->payload_size;
	if (length > NA_DNS_MAX) {
		length = NA_DNS_MAX;
		dns->dns_flags = NA_DNS_TRUNCATED;
	}
	NA_HIDE(length);
	if (length == 0 || length > NA_DNS_MAX ||
	    bpf_skb_load_bytes(skb, datagram->payload_offset, slot->message, length)) {
		length = 0;
		if (dns->message_size)
			dns->dns_flags = NA_DNS_TRUNCATED;
	}
	dns->protocol = IPPROTO_UDP;
	dns->padding = 0;
	dns->message.length = length;
	dns->header.tail_size = length;
	na_shard__output(dns, sizeof(*dns) + length, &dns->header);
}

static __always_inline int na_dns__watch(struct __sk_buff *skb, bool outbound)
{
	struct na_datagram datagram = {};
	struct na_socket_owner *owner;
	struct na_dns_slot *slot;
	struct bpf_sock *sk;
	__be16 remote;

	if (!na_datagram__parse(&datagram, skb))
		return NA_PACKET_ALLOW;
	remote = outbound ? datagram.destination_port : datagram.source_port;
	if (remote != bpf_htons(NA_DNS_PORT) || !skb->sk)
		return NA_PACKET_ALLOW;
	sk = bpf_sk_fullsock(skb->sk);
	if (!sk)
		return NA_PACKET_ALLOW;
	owner = bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0);
	if (na_socket_owner__is_agent(owner))
		return NA_PACKET_ALLOW;
	slot = na_dns_slot__take();
	if (!slot) {
		na_loss__count(NA_KIND_DNS, bpf_sk_cgroup_id(sk));
		return NA_PACKET_ALLOW;
	}
	na_dns__send(skb, sk, &datagram, outbound, owner, slot);
	slot->busy = 0;
	return NA_PACKET_ALLOW;
}

/* Both since 4.10. In front of fragmentation on the way out, behind reassembly on the way in. */
SEC("cgroup_skb/egress")
int na_dns_egress(struct __sk_buff *skb)
{
	return na_dns__watch(skb, true);
}

SEC("cgroup_skb/ingress")
int na_dns_ingress(struct __sk_buff *skb)
{
	return na_dns__watch(skb, false);
}

/*
 * The hooks below only note who asks: connect since 4.17, sendmsg since 4.18. The port is looked at
 * first, so other traffic pays a comparison.
 */
static __always_inline int na_dns__note_owner(struct bpf_sock_addr *ctx)
{
	if (ctx->user_port == bpf_htons(NA_DNS_PORT) && ctx->protocol == IPPROTO_UDP)
		na_socket__note_owner(ctx);
	return NA_PACKET_ALLOW;
}

SEC("cgroup/connect4")
int na_dns_connect4(struct bpf_sock_addr *ctx)
{
	return na_dns__note_owner(ctx);
}

SEC("cgroup/connect6")
int na_dns_connect6(struct bpf_sock_addr *ctx)
{
	return na_dns__note_owner(ctx);
}

SEC("cgroup/sendmsg4")
int na_dns_sendmsg4(struct bpf_sock_addr *ctx)
{
	return na_dns__note_owner(ctx);
}

SEC("cgroup/sendmsg6")
int na_dns_sendmsg6(struct bpf_sock_addr *ctx)
{
	return na_dns__note_owner(ctx);
}
