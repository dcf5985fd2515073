/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What cgroup_skb programs see: packets that begin with the IP header, and the socket they belong
 * to. */
#ifndef NA_PACKET_BPF_H
#define NA_PACKET_BPF_H

#define NA_ETH_P_IP   0x0800
#define NA_ETH_P_IPV6 0x86dd
#define NA_FRAGMENT   0x1fff /* IP_OFFSET: the fragment's place; only the first one has ports */
#define NA_FRAGMENT6  0xfff8 /* IP6_OFFSET */

/* Of linux/in6.h, which cannot be included beside kernel.h. */
#define NA_IP6_HOP_BY_HOP  0
#define NA_IP6_ROUTING	   43
#define NA_IP6_FRAGMENT	   44
#define NA_IP6_DESTINATION 60

#define NA_PROTOCOL_UNKNOWN 256 /* no IP packet, or one that has to be read the slow way */

#define NA_EXTENSION_LIMIT                                                                         \
	6 /* IPv6 extension headers that are followed: RFC 8200 has that many kinds */

#define NA_PACKET_ALLOW                                                                            \
	1 /* these programs watch: they never drop a packet, whatever happens here */

/* RFC 791. linux/ip.h and linux/ipv6.h are not used: they bring types that kernel.h has in
 * relocated form. */
struct na_ip4_header {
	__u8 version_and_words; /* version, then the header's length in words */
	__u8 service;
	__be16 size;
	__be16 id;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__u16 checksum;
	__be32 source;
	__be32 destination;
};

/* RFC 8200 */
struct na_ip6_header {
	__be32 version_and_flow;
	__be16 payload_size;
	__u8 next_header;
	__u8 hop_limit;
	__be32 source[4];
	__be32 destination[4];
};

/* RFC 8200 4: what the extension headers have in common, and the place in a fragment's. */
struct na_ip6_extension {
	__u8 next_header;
	__u8 words;
	__be16 fragment;
};

/* RFC 768 */
struct na_udp_header {
	__be16 source;
	__be16 destination;
	__be16 size;
	__u16 checksum;
};

/* RFC 9293 */
struct na_tcp_header {
	__be16 source;
	__be16 destination;
	__be32 sequence;
	__be32 acknowledged;
	__u8 words; /* the header's length in words, in the upper half */
	__u8 flags;
	__be16 window;
	__u16 checksum;
	__be16 urgent;
};

/* In network byte order, as in the packet. */
struct na_datagram {
	__be32 source[4]; /* IPv4: the first word */
	__be32 destination[4];
	__be16 source_port; /* 0 where the protocol has none */
	__be16 destination_port;
	__u16 family;
	__u16 payload_offset; /* from the IP header */
	__u32 payload_size;
	__u32 protocol; /* behind all extension headers */
};

/* A packet of TCP that holds payload. */
struct na_segment {
	struct na_datagram packet;
	__u32 sequence;
	__u32 padding;
};

/*
 * What follows the IP header, the cheap way, since it is asked for every packet of the machine. An
 * IPv6 extension header is given as it stands.
 */
static __always_inline __u32 na_packet__protocol(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;

	if (skb->protocol == bpf_htons(NA_ETH_P_IP)) {
		struct na_ip4_header *ip = data;

		return (void *)(ip + 1) > end ? NA_PROTOCOL_UNKNOWN : ip->protocol;
	}
	if (skb->protocol == bpf_htons(NA_ETH_P_IPV6)) {
		struct na_ip6_header *ip = data;

		return (void *)(ip + 1) > end ? NA_PROTOCOL_UNKNOWN : ip->next_header;
	}
	return NA_PROTOCOL_UNKNOWN;
}

/* Whether only the extension headers can tell what a packet is. */
static __always_inline bool na_packet__is_extended(__u32 protocol)
{
	return protocol == NA_IP6_HOP_BY_HOP || protocol == NA_IP6_ROUTING ||
	       protocol == NA_IP6_FRAGMENT || protocol == NA_IP6_DESTINATION ||
	       protocol == IPPROTO_AH;
}

static __always_inline bool na_datagram__parse_ip4(struct na_datagram *datagram,
						   struct __sk_buff *skb, bool *first)
{
	struct na_ip4_header ip;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || (ip.version_and_words & 15) < 5)
		return false;
	datagram->family = AF_INET;
	datagram->protocol = ip.protocol;
	datagram->source[0] = ip.source;
	datagram->destination[0] = ip.destination;
	datagram->payload_offset = (ip.version_and_words & 15) * 4;
	*first = !(ip.fragment & bpf_htons(NA_FRAGMENT));
	return true;
}

/* Follows the extension headers; more of them than a sane sender makes leave the protocol of the
 * next one. */
static __always_inline bool na_datagram__parse_ip6(struct na_datagram *datagram,
						   struct __sk_buff *skb, bool *first)
{
	struct na_ip6_header ip;
	struct na_ip6_extension extension;
	__u32 offset = sizeof(ip);
	int i;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
		return false;
	datagram->family = AF_INET6;
	datagram->protocol = ip.next_header;
	__builtin_memcpy(datagram->source, ip.source, sizeof(datagram->source));
	__builtin_memcpy(datagram->destination, ip.destination, sizeof(datagram->destination));
	*first = true;
	for (i = 0; i < NA_EXTENSION_LIMIT && na_packet__is_extended(datagram->protocol); i++) {
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			return false;
		if (datagram->protocol == NA_IP6_FRAGMENT) {
			*first = !(extension.fragment & bpf_htons(NA_FRAGMENT6));
			offset += 8;
		} else if (datagram->protocol == IPPROTO_AH) {
			offset += (extension.words + 2) * 4;
		} else {
			offset += (extension.words + 1) * 8;
		}
		datagram->protocol = extension.next_header;
	}
	datagram->payload_offset = offset;
	return true;
}

/* All of these begin with the two ports. */
static __always_inline bool na_protocol__has_ports(__u32 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_UDPLITE || protocol == IPPROTO_DCCP;
}

/*
 * datagram is zeroed by the caller. False when it is no IP packet. payload_offset is then behind
 * the IP headers; a later fragment has no ports.
 */
static __always_inline bool na_datagram__parse(struct na_datagram *datagram, struct __sk_buff *skb)
{
	__be16 ports[2];
	bool found, first = false;

	if (skb->protocol == bpf_htons(NA_ETH_P_IP))
		found = na_datagram__parse_ip4(datagram, skb, &first);
	else if (skb->protocol == bpf_htons(NA_ETH_P_IPV6))
		found = na_datagram__parse_ip6(datagram, skb, &first);
	else
		return false;
	if (!found)
		return false;
	if (first && na_protocol__has_ports(datagram->protocol) &&
	    !bpf_skb_load_bytes(skb, datagram->payload_offset, ports, sizeof(ports))) {
		datagram->source_port = ports[0];
		datagram->destination_port = ports[1];
	}
	return true;
}

/* Moves payload_offset behind a transport header; payload_size is what is there, not what a header
 * claims. */
static __always_inline void na_datagram__skip(struct na_datagram *datagram, struct __sk_buff *skb,
					      __u32 header_size)
{
	datagram->payload_offset += header_size;
	if (skb->len > datagram->payload_offset)
		datagram->payload_size = skb->len - datagram->payload_offset;
}

/*
 * The TCP header, for all packets of the machine: false when it is none. The kernel has pulled it
 * into the linear part by then, on the way in and out. offset is behind the IP header; extension
 * headers in front of TCP are not followed. A copy, of which the compiler makes what is used: for
 * some kernels (6.12 with its updates) a tail call that comes back ends pointers into the packet.
 */
static __always_inline bool na_packet__tcp(struct __sk_buff *skb, struct na_tcp_header *tcp,
					   __u32 *offset)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct na_tcp_header *header;

	if (skb->protocol == bpf_htons(NA_ETH_P_IP)) {
		struct na_ip4_header *ip = data;

		if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_TCP)
			return false;
		*offset = (ip->version_and_words & 15) * 4;
	} else if (skb->protocol == bpf_htons(NA_ETH_P_IPV6)) {
		struct na_ip6_header *ip = data;

		if ((void *)(ip + 1) > end || ip->next_header != IPPROTO_TCP)
			return false;
		*offset = sizeof(*ip);
	} else {
		return false;
	}
	header = data + *offset;
	if ((void *)(header + 1) > end)
		return false;
	*tcp = *header;
	return true;
}

/*
 * Whether a packet of TCP may be a raw socket's: those have their protocol where others have their
 * port. Asked for most packets of the machine, so without a call.
 */
static __always_inline bool na_packet__may_be_raw(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	return sk && (sk->src_port == IPPROTO_TCP || sk->src_port == IPPROTO_RAW);
}

/*
 * Whether a packet that is not TCP can be a datagram from or to a port. Of a later fragment
 * anything may be said: who asks looks again.
 */
static __always_inline bool na_packet__may_have_port(struct __sk_buff *skb, __be16 port,
						     bool is_destination)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	__u32 protocol = na_packet__protocol(skb), offset = sizeof(struct na_ip6_header);
	struct na_udp_header *udp;

	if (protocol != IPPROTO_UDP)
		return protocol == NA_PROTOCOL_UNKNOWN || na_packet__is_extended(protocol);
	if (skb->protocol == bpf_htons(NA_ETH_P_IP)) {
		struct na_ip4_header *ip = data;

		if ((void *)(ip + 1) > end)
			return true;
		offset = (ip->version_and_words & 15) * 4;
	}
	udp = data + offset;
	return (void *)(udp + 1) > end || (is_destination ? udp->destination : udp->source) == port;
}

/* segment is zeroed by the caller. False when the packet is not TCP or holds no payload. */
static __always_inline bool na_segment__parse(struct na_segment *segment, struct __sk_buff *skb)
{
	struct na_tcp_header tcp;

	if (!na_datagram__parse(&segment->packet, skb) || segment->packet.protocol != IPPROTO_TCP ||
	    bpf_skb_load_bytes(skb, segment->packet.payload_offset, &tcp, sizeof(tcp)))
		return false;
	segment->sequence = bpf_ntohl(tcp.sequence);
	na_datagram__skip(&segment->packet, skb, (tcp.words >> 4) * 4);
	return segment->packet.payload_size > 0;
}

/* The addresses and ports of a record (struct na_flow, struct na_dns), from this host's side. */
#define NA_DATAGRAM_FILL(record, datagram, outbound)                                               \
	do {                                                                                       \
		__builtin_memcpy((record)->local_address,                                          \
				 (outbound) ? (datagram)->source : (datagram)->destination,        \
				 NA_ADDRESS_SIZE);                                                 \
		__builtin_memcpy((record)->remote_address,                                         \
				 (outbound) ? (datagram)->destination : (datagram)->source,        \
				 NA_ADDRESS_SIZE);                                                 \
		(record)->family = (datagram)->family;                                             \
		(record)->local_port = bpf_ntohs((outbound) ? (datagram)->source_port              \
							    : (datagram)->destination_port);       \
		(record)->remote_port = bpf_ntohs((outbound) ? (datagram)->destination_port        \
							     : (datagram)->source_port);           \
	} while (0)

#endif /* NA_PACKET_BPF_H */
