/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The heads of HTTP/1.x requests and responses, and TLS ClientHellos, on any port and in both
 * directions: what begins a TCP payload is compared with the few ways in which they begin. A head
 * that comes in several segments is put together here, so a record is always one message. Bodies
 * are not copied.
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
#include "payload_state.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

static __always_inline struct na_message *na_message__take(void)
{
	__u32 i;

	for (i = 0; i < NA_MESSAGE_SLOTS; i++) {
		__u32 index = i;
		struct na_message *slot = bpf_map_lookup_elem(&na_message_slots, &index);

		if (slot && !__sync_lock_test_and_set(&slot->busy, 1))
			return slot;
	}
	return NULL;
}

/* Adds the packet's payload, as much as there is room for. False when nothing came. */
static __always_inline bool na_message__append(struct na_message *message, struct __sk_buff *skb,
					       const struct na_datagram *packet)
{
	__u64 have = message->length; /* 64 bits: 6.1 forgets the bounds of narrower ones */
	__u64 size = packet->payload_size, last;

	if (have >= NA_PAYLOAD_MAX)
		return false;
	if (size > NA_PAYLOAD_MAX - have) {
		size = NA_PAYLOAD_MAX - have;
		message->payload.payload_flags = NA_PAYLOAD_TRUNCATED;
	}
	last = size - 1; /* see na_dns_slot__append */
	NA_HIDE(last);
	NA_HIDE(have);
	if (last >= NA_PAYLOAD_MAX || have >= NA_PAYLOAD_MAX ||
	    bpf_skb_load_bytes(skb, packet->payload_offset, message->bytes + have, last + 1))
		return false;
	message->length += size;
	message->payload.payload_size += packet->payload_size;
	return true;
}

static __always_inline void na_message__begin(struct na_message *message, struct __sk_buff *skb,
					      struct bpf_sock *sk, const struct na_datagram *packet,
					      bool outbound)
{
	struct na_socket_owner *owner = bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0);
	struct na_payload *payload = &message->payload;

	__builtin_memset(payload, 0, sizeof(*payload));
	na_header__fill_from_owner(&payload->header, owner, bpf_sk_cgroup_id(sk), NA_KIND_PAYLOAD);
	NA_DATAGRAM_FILL(payload, packet, outbound);
	payload->direction = outbound ? NA_DIRECTION_OUTBOUND : NA_DIRECTION_INBOUND;
	payload->net_ns = na_bpf_sock__net_ns(sk, owner);
	payload->socket_cookie = message->socket_cookie = bpf_get_socket_cookie(skb);
	message->length = 0;
}

/* Cuts off what is no head. False when the head goes on in another packet; length is 0 when it was
 * none. is_last: no more of it will come. */
static __always_inline bool na_message__finish(struct na_message *message, bool is_last)
{
	struct na_payload *payload = &message->payload;
	__u32 length = message->length, end;

	if (length < 8)
		return false;
	payload->protocol = na_payload__classify(*(__u64 *)message->bytes);
	if (!payload->protocol) {
		message->length = 0;
		return true;
	}
	if (payload->protocol == NA_PAYLOAD_TLS_CLIENT_HELLO)
		end = na_tls__hello_end((const struct na_http_bytes *)message->bytes, length);
	else
		end = na_http__heads_end((const struct na_http_bytes *)message->bytes, length,
					 payload->protocol);
	if (!end) {
		if (is_last)
			payload->payload_flags = NA_PAYLOAD_TRUNCATED;
		return payload->payload_flags & NA_PAYLOAD_TRUNCATED;
	}
	message->length = end;
	payload->payload_flags = 0;
	return true;
}

static __always_inline void na_message__send(struct na_message *message)
{
	__u32 length = message->length;

	if (length == 0)
		return;
	NA_HIDE(length);
	if (length > NA_PAYLOAD_MAX)
		return;
	message->payload.payload.length = length;
	message->payload.header.tail_size = length;
	na_shard__output(&message->payload, sizeof(message->payload) + length,
			 &message->payload.header);
}

static __always_inline void na_segment__note_waiting(const struct na_segment *segment, int change)
{
	na_waiting__add(segment->packet.source_port, segment->packet.destination_port, change);
}

/* A head that is not whole waits in the map; it is copied there, which few heads need. */
static __always_inline void na_message__keep(struct na_message *message,
					     struct na_stream_side *side,
					     const struct na_segment *segment, __u64 outbound)
{
	struct na_partial_key key = {
		.socket_cookie = message->socket_cookie,
		.outbound = outbound,
	};

	if (bpf_map_update_elem(&na_partials, &key, message, BPF_ANY)) {
		na_loss__count(NA_KIND_PAYLOAD, message->payload.header.cgroup_id);
		return;
	}
	side->next_sequence = segment->sequence + segment->packet.payload_size;
	side->segments = 1;
	na_segment__note_waiting(segment, 1);
}

static __always_inline void na_stream__done(struct na_stream_side *side,
					    const struct na_segment *segment)
{
	side->segments = 0;
	na_segment__note_waiting(segment, -1);
}

/*
 * A segment of a connection with an unfinished head: the next one, or one out of order, behind
 * which the rest of the head passed by; then what is there goes as it is. One place for both, since
 * looking for the end of a head is what the verifier spends most of its time on.
 */
static __always_inline void na_stream__resume(struct __sk_buff *skb, struct na_stream_side *side,
					      const struct na_segment *segment, __u64 outbound,
					      bool is_next)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	struct na_partial_key key = {.socket_cookie = cookie, .outbound = outbound};
	struct na_message *message = bpf_map_lookup_elem(&na_partials, &key);
	bool is_last = !is_next;

	if (is_next) {
		side->next_sequence += segment->packet.payload_size;
		side->segments += 1;
	}
	/* An entry that was given to another connection meanwhile has another cookie. */
	if (!message || message->socket_cookie != cookie) {
		na_loss__count(NA_KIND_PAYLOAD, bpf_skb_cgroup_id(skb));
		na_stream__done(side, segment);
		return;
	}
	if (is_next)
		is_last = !na_message__append(message, skb, &segment->packet) ||
			  side->segments >= NA_SEGMENT_LIMIT;
	if (na_message__finish(message, is_last))
		na_message__send(message);
	else if (is_next)
		return;
	bpf_map_delete_elem(&na_partials, &key);
	na_stream__done(side, segment);
}

/* side is NULL for a listening socket, which stands in for a connection that its first payload
 * completes: there a head has to be whole. */
static __always_inline void na_stream__begin(struct __sk_buff *skb, struct bpf_sock *sk,
					     struct na_stream_side *side,
					     const struct na_segment *segment, bool outbound)
{
	struct na_message *message;

	if (side) {
		if (side->began && side->head_sequence == segment->sequence)
			return;
		side->head_sequence = segment->sequence;
		side->began = 1;
	}
	message = na_message__take();
	if (!message) {
		na_loss__count(NA_KIND_PAYLOAD, bpf_sk_cgroup_id(sk));
		return;
	}
	na_message__begin(message, skb, sk, &segment->packet, outbound);
	if (na_message__append(message, skb, &segment->packet)) {
		if (na_message__finish(message, !side))
			na_message__send(message);
		else if (side)
			na_message__keep(message, side, segment, outbound);
	}
	message->busy = 0;
}

/* Whether the packet is done with: it belongs to an unfinished head, or to the past. */
static __always_inline bool na_stream__advance(struct __sk_buff *skb, struct na_stream_side *side,
					       const struct na_segment *segment, bool outbound)
{
	__s32 ahead = segment->sequence - side->next_sequence;

	if (!side->segments)
		return false;
	if (ahead >= 0)
		na_stream__resume(skb, side, segment, outbound, ahead == 0);
	return ahead <= 0;
}

/*
 * protocol: of the head that this packet begins, or 0. Global, so that the verifier walks it once
 * and not for each of the ways in which a head begins.
 */
__noinline int na_payload__read(struct __sk_buff *skb, __u32 protocol, __u32 outbound)
{
	struct na_segment segment = {};
	struct na_stream_side *side = NULL;
	struct na_stream *stream;
	struct bpf_sock *sk;

	if (!na_segment__parse(&segment, skb) || !skb->sk)
		return 0;
	sk = bpf_sk_fullsock(skb->sk);
	if (!sk)
		return 0;
	if (sk->state != BPF_TCP_LISTEN) {
		stream = bpf_sk_storage_get(&na_streams, sk, NULL,
					    protocol ? BPF_SK_STORAGE_GET_F_CREATE : 0);
		if (!stream) {
			if (protocol)
				na_loss__count(NA_KIND_PAYLOAD, bpf_sk_cgroup_id(sk));
			return 0;
		}
		side = &stream->sides[outbound & 1];
		if (na_stream__advance(skb, side, &segment, outbound))
			return 0;
	}
	if (protocol &&
	    !na_socket_owner__is_agent(bpf_sk_storage_get(&na_socket_owners, sk, NULL, 0)))
		na_stream__begin(skb, sk, side, &segment, outbound);
	return 0;
}

static __always_inline int na_payload__watch(struct __sk_buff *skb, bool outbound)
{
	__u32 offset, protocol;
	struct na_tcp_header tcp;

	if (na_packet__tcp(skb, &tcp, &offset) && na_payload__wants(skb, &tcp, offset, &protocol))
		na_payload__read(skb, protocol, outbound);
	return NA_PACKET_ALLOW;
}

/* Both since 4.10. On the way out in front of segmentation, on the way in behind what the card or
 * the kernel put together. */
SEC("cgroup_skb/egress")
int na_load_egress(struct __sk_buff *skb)
{
	return na_payload__watch(skb, true);
}

SEC("cgroup_skb/ingress")
int na_load_ingress(struct __sk_buff *skb)
{
	return na_payload__watch(skb, false);
}

/* What came of a head whose connection is over. Who leaves out the last line hides nothing. */
static __always_inline void na_stream__end(struct na_stream_side *side, struct tcp_sock *tp,
					   __u64 cookie, __u64 outbound)
{
	struct na_partial_key key = {.socket_cookie = cookie, .outbound = outbound};
	__be16 local = tp->inet_conn.icsk_inet.inet_sport;
	__be16 remote = tp->inet_conn.icsk_inet.sk.__sk_common.skc_dport;
	struct na_socket_owner *owner;
	struct na_message *message;

	side->segments = 0;
	na_waiting__add(outbound ? local : remote, outbound ? remote : local, -1);
	message = bpf_map_lookup_elem(&na_partials, &key);
	if (!message || message->socket_cookie != cookie) {
		owner = bpf_sk_storage_get(&na_socket_owners, (void *)tp, NULL, 0);
		na_loss__count(NA_KIND_PAYLOAD, owner ? owner->cgroup_id : 0);
		return;
	}
	/* Without a protocol it was too short to be called a head. */
	if (message->payload.protocol) {
		message->payload.payload_flags = NA_PAYLOAD_TRUNCATED;
		na_message__send(message);
	}
	bpf_map_delete_elem(&na_partials, &key);
}

static __always_inline void na_stream__close(const struct sock *sk)
{
	struct na_stream *stream = bpf_sk_storage_get(&na_streams, (void *)sk, NULL, 0);
	struct tcp_sock *tp;
	__u64 cookie;

	if (!stream || !(stream->sides[0].segments | stream->sides[1].segments))
		return;
	tp = bpf_skc_to_tcp_sock((void *)sk);
	if (!tp)
		return;
	cookie = bpf_get_socket_cookie((void *)sk);
	if (stream->sides[1].segments)
		na_stream__end(&stream->sides[1], tp, cookie, 1);
	if (stream->sides[0].segments)
		na_stream__end(&stream->sides[0], tp, cookie, 0);
}

/* Notes who connects or listens, so that this object does not depend on another one. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(na_load_state, const struct sock *sk, int old_state, int new_state)
{
	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (new_state == BPF_TCP_SYN_SENT || new_state == BPF_TCP_LISTEN)
		na_socket__note_user((void *)sk);
	else if (new_state == BPF_TCP_CLOSE)
		na_stream__close(sk);
	return 0;
}
