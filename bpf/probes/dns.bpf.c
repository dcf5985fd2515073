/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS over UDP and TCP as clients see it: queries to port 53 and the answers from there, whole
 * messages. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "socket.bpf.h"
#include "packet.bpf.h"
#include "packet_dispatch.bpf.h"
#include "dns_state.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

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

static __always_inline void na_dns__begin(struct na_dns *dns, struct __sk_buff *skb,
					  struct bpf_sock *sk, const struct na_datagram *datagram,
					  bool outbound)
{
	struct na_socket_owner *owner = bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0);

	__builtin_memset(dns, 0, sizeof(*dns));
	na_header__fill_from_owner(&dns->header, owner, bpf_sk_cgroup_id(sk), NA_KIND_DNS);
	NA_DATAGRAM_FILL(dns, datagram, outbound);
	dns->direction = outbound ? NA_DIRECTION_OUTBOUND : NA_DIRECTION_INBOUND;
	dns->net_ns = na_bpf_sock__net_ns(sk, owner);
	dns->protocol = datagram->protocol;
}

static __always_inline void na_dns__send_datagram(struct __sk_buff *skb,
						  const struct na_datagram *datagram,
						  struct na_dns_slot *slot)
{
	struct na_dns *dns = &slot->dns;
	__u64 length = datagram->payload_size, last;

	dns->message_size = datagram->payload_size;
	if (length > NA_DNS_MAX) {
		length = NA_DNS_MAX;
		dns->dns_flags = NA_DNS_TRUNCATED;
	}
	last = length - 1;
	NA_HIDE(last);
	if (last >= NA_DNS_MAX ||
	    bpf_skb_load_bytes(skb, datagram->payload_offset, slot->message, last + 1)) {
		length = 0;
		if (dns->message_size)
			dns->dns_flags = NA_DNS_TRUNCATED;
	}
	dns->message.length = length;
	dns->header.tail_size = length;
	na_shard__output(dns, sizeof(*dns) + length, &dns->header);
}

/* Of a message with its prefix. */
static __always_inline __u32 na_dns_slot__wire_size(const struct na_dns_slot *slot)
{
	return NA_DNS_PREFIX + ((__u32)(__u8)slot->message[0] << 8 | (__u8)slot->message[1]);
}

/*
 * Adds what the message, or its prefix, still wants. True when it wants no more. Global, so that
 * the verifier walks it once and not in each of many steps.
 */
__noinline bool na_dns_slot__append(struct __sk_buff *skb, struct na_dns_slot *slot,
				    struct na_dns_cursor *cursor)
{
	/* 64 bits: 6.1 forgets the bounds of narrower ones. */
	__u64 have, want = NA_DNS_PREFIX, size, last;

	if (!slot || !cursor)
		return false;
	have = slot->have;
	if (have >= NA_DNS_PREFIX) {
		want = na_dns_slot__wire_size(slot);
		if (want > NA_DNS_WHOLE)
			want = NA_DNS_WHOLE;
	}
	if (have >= want)
		return true;
	size = want - have < cursor->left ? want - have : cursor->left;
	/* One less, so that one comparison tells 6.1 both bounds: from != 0 it learns nothing. */
	last = size - 1;
	NA_HIDE(last);
	NA_HIDE(have);
	if (last >= NA_DNS_WHOLE || have > NA_DNS_WHOLE ||
	    bpf_skb_load_bytes(skb, cursor->offset, slot->message + have, last + 1))
		return false;
	cursor->offset += size;
	cursor->left -= size;
	slot->have = have + size;
	return have >= NA_DNS_PREFIX && have + size == want;
}

static __always_inline void na_dns_side__skip(struct na_dns_side *side,
					      struct na_dns_cursor *cursor)
{
	__u32 size = side->skip < cursor->left ? side->skip : cursor->left;

	side->skip -= size;
	cursor->offset += size;
	cursor->left -= size;
}

/* One whole message, or as much of it as is copied. Gives the bytes that are left of it. Global as
 * well. */
__noinline __u32 na_dns__send_message(struct na_dns_slot *slot)
{
	struct na_dns *dns;
	__u64 have;

	if (!slot)
		return 0;
	dns = &slot->dns;
	have = slot->have;
	slot->have = 0;
	dns->message_size = na_dns_slot__wire_size(slot) - NA_DNS_PREFIX;
	NA_HIDE(have);
	if (have <= NA_DNS_PREFIX || have > NA_DNS_WHOLE)
		return 0;
	dns->message.offset = NA_DNS_PREFIX;
	dns->message.length = have - NA_DNS_PREFIX;
	dns->dns_flags = dns->message.length < dns->message_size ? NA_DNS_TRUNCATED : 0;
	dns->header.tail_size = have;
	na_shard__output(dns, sizeof(*dns) + have, &dns->header);
	return dns->message_size - dns->message.length;
}

static __always_inline void na_dns_side__lose(struct na_dns_side *side, struct bpf_sock *sk)
{
	side->state = NA_DNS_SIDE_LOST;
	na_loss__count(NA_KIND_DNS, bpf_sk_cgroup_id(sk));
}

/* The rest of a message whose beginning came before. False when nothing is left of the packet. */
static __always_inline bool na_dns_side__finish(struct na_dns_side *side, struct __sk_buff *skb,
						struct bpf_sock *sk, struct na_dns_key *key,
						struct na_dns_cursor *cursor)
{
	struct na_dns_slot *partial;

	if (!side->has_partial)
		return true;
	partial = bpf_map_lookup_elem(&na_dns_partials, key);
	/* An entry that was given to another connection meanwhile has another cookie. */
	if (!partial || partial->socket_cookie != key->socket_cookie) {
		na_dns_side__lose(side, sk);
		return false;
	}
	/* Once for the prefix, once for the message. */
	if (!na_dns_slot__append(skb, partial, cursor) &&
	    !na_dns_slot__append(skb, partial, cursor))
		return false;
	side->skip = na_dns__send_message(partial);
	na_dns_side__skip(side, cursor);
	bpf_map_delete_elem(&na_dns_partials, key);
	side->has_partial = 0;
	return true;
}

static __always_inline void na_dns_side__read(struct na_dns_side *side, struct __sk_buff *skb,
					      struct bpf_sock *sk, struct na_dns_key *key,
					      struct na_dns_slot *slot,
					      struct na_dns_cursor *cursor)
{
	int i;

	slot->have = 0;
	for (i = 0; i < NA_DNS_STEPS && cursor->left; i++) {
		if (na_dns_slot__append(skb, slot, cursor)) {
			side->skip = na_dns__send_message(slot);
			na_dns_side__skip(side, cursor);
		}
	}
	if (cursor->left) {
		na_dns_side__lose(side, sk);
	} else if (slot->have) {
		if (bpf_map_update_elem(&na_dns_partials, key, slot, BPF_ANY))
			na_dns_side__lose(side, sk);
		else
			side->has_partial = 1;
	}
}

/* Whether the segment brings bytes that are next. What came before is left out, so a retransmission
 * is read once. */
static __always_inline bool na_dns_side__follow(struct na_dns_side *side, struct bpf_sock *sk,
						const struct na_segment *segment,
						struct na_dns_cursor *cursor)
{
	__u32 size = segment->packet.payload_size;
	__s32 ahead = segment->sequence - side->next_sequence;

	cursor->offset = segment->packet.payload_offset;
	cursor->left = size;
	if (side->state == NA_DNS_SIDE_IN_STEP) {
		__u32 behind = -ahead;

		if (ahead > 0) {
			na_dns_side__lose(side, sk);
			return false;
		}
		if (behind >= size)
			return false;
		cursor->offset += behind;
		cursor->left -= behind;
	}
	side->state = NA_DNS_SIDE_IN_STEP;
	side->next_sequence = segment->sequence + size;
	na_dns_side__skip(side, cursor);
	return cursor->left > 0;
}

static __noinline int na_dns__watch_stream(struct __sk_buff *skb, bool outbound)
{
	struct na_segment segment = {};
	struct na_dns_cursor cursor;
	struct na_dns_stream *stream;
	struct na_dns_side *side;
	struct na_dns_slot *slot;
	struct na_dns_key key;
	struct bpf_sock *sk;

	if (!na_segment__parse(&segment, skb) || !skb->sk)
		return 0;
	sk = bpf_sk_fullsock(skb->sk);
	if (!sk || na_socket_owner__is_agent(bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0)))
		return 0;
	stream = bpf_sk_storage_get(&na_dns_streams, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!stream) {
		na_loss__count(NA_KIND_DNS, bpf_sk_cgroup_id(sk));
		return 0;
	}
	side = &stream->sides[outbound];
	if (side->state == NA_DNS_SIDE_LOST || !na_dns_side__follow(side, sk, &segment, &cursor))
		return 0;
	key.socket_cookie = bpf_get_socket_cookie(skb);
	key.outbound = outbound;
	if (!na_dns_side__finish(side, skb, sk, &key, &cursor) || !cursor.left)
		return 0;
	slot = na_dns_slot__take();
	if (!slot) {
		na_dns_side__lose(side, sk);
		return 0;
	}
	slot->socket_cookie = key.socket_cookie;
	na_dns__begin(&slot->dns, skb, sk, &segment.packet, outbound);
	na_dns_side__read(side, skb, sk, &key, slot, &cursor);
	slot->busy = 0;
	return 0;
}

/* Not inlined, as the one above: the stack of all functions in a row has to fit into 512 bytes. */
static __noinline int na_dns__watch_datagram(struct __sk_buff *skb, bool outbound)
{
	struct na_datagram datagram = {};
	struct na_dns_slot *slot;
	struct bpf_sock *sk;

	if (!na_datagram__parse(&datagram, skb) || datagram.protocol != IPPROTO_UDP || !skb->sk ||
	    (outbound ? datagram.destination_port : datagram.source_port) != bpf_htons(NA_DNS_PORT))
		return 0;
	sk = bpf_sk_fullsock(skb->sk);
	if (!sk || na_socket_owner__is_agent(bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0)))
		return 0;
	slot = na_dns_slot__take();
	if (!slot) {
		na_loss__count(NA_KIND_DNS, bpf_sk_cgroup_id(sk));
		return 0;
	}
	na_datagram__skip(&datagram, skb, sizeof(struct na_udp_header));
	na_dns__begin(&slot->dns, skb, sk, &datagram, outbound);
	na_dns__send_datagram(skb, &datagram, slot);
	slot->busy = 0;
	return 0;
}

static __always_inline int na_dns__watch(struct __sk_buff *skb, bool outbound)
{
	__u32 offset;
	struct na_tcp_header tcp;

	if (na_packet__tcp(skb, &tcp, &offset)) {
		if (na_dns__wants_segment(&tcp, outbound))
			na_dns__watch_stream(skb, outbound);
	} else if (na_packet__may_have_port(skb, bpf_htons(NA_DNS_PORT), outbound)) {
		na_dns__watch_datagram(skb, outbound);
	}
	if (na_packet_dispatched)
		na_packet__go_on_after(skb, outbound, NA_PACKET_DNS);
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
	if (ctx->user_port == bpf_htons(NA_DNS_PORT))
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
