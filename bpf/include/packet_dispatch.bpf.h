/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that see every packet of the machine. Each further one that is attached costs each
 * packet again, and most packets concern none of them. So only na_head_egress and na_head_ingress
 * are attached: they know from a few bytes who may want a packet, and go on there by a tail call.
 * Whoever is gone on with goes on with those behind it.
 *
 * That somebody may want a packet says no more than that: each program looks for itself, as it does
 * where it is attached by itself. The kernel wants the programs of a map to be of one direction.
 */
#ifndef NA_PACKET_DISPATCH_BPF_H
#define NA_PACKET_DISPATCH_BPF_H

#include "http.bpf.h"
#include "waiting.bpf.h"

#define NA_DNS_PORT 53

/* Where the programs stand, in the order in which a packet passes them. The same in
 * SharedHooks.cs. */
enum na_packet_place {
	NA_PACKET_NOBODY,
	NA_PACKET_UDP,
	NA_PACKET_DNS,
	NA_PACKET_PAYLOAD,
	NA_PACKET_PLACES,
};

/* Filled by user space. A place may be empty. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, NA_PACKET_PLACES);
	__type(key, __u32);
	__type(value, __u32);
} na_egress_progs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, NA_PACKET_PLACES);
	__type(key, __u32);
	__type(value, __u32);
} na_ingress_progs SEC(".maps");

/* Set before load by who puts the program into these maps: one that is attached by itself goes on
 * with nobody. */
const volatile bool na_packet_dispatched = false;

/* Ends the program where there is one to go on with. Hidden: see exit_dispatch.bpf.h. */
static __always_inline void na_packet__go_on(struct __sk_buff *skb, bool outbound,
					     enum na_packet_place to)
{
	__u32 place = to;

	NA_HIDE(place);
	if (outbound)
		bpf_tail_call(skb, &na_egress_progs, place);
	else
		bpf_tail_call(skb, &na_ingress_progs, place);
}

/*
 * offset: of the payload, which has size bytes, at least one. Gives the protocol of the head that
 * begins here, or 0. A function of its own, so that a kernel that does not mix functions with tail
 * calls refuses the programs that are attached, and not one of those behind them.
 */
__noinline __u32 na_payload__first_bytes(struct __sk_buff *skb, __u32 offset, __u64 size)
{
	__u64 first = 0, last;

	if (size >= sizeof(first)) {
		if (bpf_skb_load_bytes(skb, offset, &first, sizeof(first)))
			return 0;
		return na_payload__classify(first);
	}
	last = size - 1; /* see na_dns_slot__append */
	NA_HIDE(last);
	if (last >= 7 || bpf_skb_load_bytes(skb, offset, &first, last + 1))
		return 0;
	return na_payload__classify_few(first, size);
}

/* Whether a packet begins a head, of protocol, or may go on with one that waits for its rest.
 * offset is that of tcp's payload. */
static __always_inline bool na_payload__wants(struct __sk_buff *skb,
					      const struct na_tcp_header *tcp, __u32 offset,
					      __u32 *protocol)
{
	offset += (tcp->words >> 4) * 4;
	if (skb->len <= offset)
		return false;
	*protocol = na_payload__first_bytes(skb, offset, skb->len - offset);
	return *protocol || na_waiting__is(tcp->source, tcp->destination);
}

static __always_inline bool na_dns__wants_segment(const struct na_tcp_header *tcp, bool outbound)
{
	return (outbound ? tcp->destination : tcp->source) == bpf_htons(NA_DNS_PORT);
}

/* For who stands at place, or NA_PACKET_NOBODY for who is attached: goes on with who comes
 * behind. */
static __always_inline void na_packet__go_on_after(struct __sk_buff *skb, bool outbound,
						   enum na_packet_place place)
{
	__u32 offset, protocol;
	struct na_tcp_header tcp;

	if (!na_packet__tcp(skb, &tcp, &offset)) {
		if (place < NA_PACKET_UDP)
			na_packet__go_on(skb, outbound, NA_PACKET_UDP);
		if (place < NA_PACKET_DNS &&
		    na_packet__may_have_port(skb, bpf_htons(NA_DNS_PORT), outbound))
			na_packet__go_on(skb, outbound, NA_PACKET_DNS);
		return;
	}
	if (place < NA_PACKET_UDP && na_packet__may_be_raw(skb))
		na_packet__go_on(skb, outbound, NA_PACKET_UDP);
	if (place < NA_PACKET_DNS && na_dns__wants_segment(&tcp, outbound))
		na_packet__go_on(skb, outbound, NA_PACKET_DNS);
	if (na_payload__wants(skb, &tcp, offset, &protocol))
		na_packet__go_on(skb, outbound, NA_PACKET_PAYLOAD);
}

#endif /* NA_PACKET_DISPATCH_BPF_H */
