/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What cgroup_skb programs see: packets that begin with the IP header, and the socket they belong
 * to. */
#ifndef NA_PACKET_BPF_H
#define NA_PACKET_BPF_H

#define NA_ETH_P_IP   0x0800
#define NA_ETH_P_IPV6 0x86dd
#define NA_FRAGMENT   0x1fff /* IP_OFFSET: the fragment's place; only the first one has ports */

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

/* RFC 768 */
struct na_udp_header {
	__be16 source;
	__be16 destination;
	__be16 size;
	__u16 checksum;
};

/* In network byte order, as in the packet. */
struct na_datagram {
	__be32 source[4]; /* IPv4: the first word */
	__be32 destination[4];
	__be16 source_port;
	__be16 destination_port;
	__u16 family;
	__u16 payload_offset; /* from the IP header */
	__u32 payload_size;
};

/* The cheap question first: most packets are TCP. */
static __always_inline bool na_packet__may_be_udp(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;

	if (skb->protocol == bpf_htons(NA_ETH_P_IP)) {
		struct na_ip4_header *ip = data;

		/* Not in the linear part: read it the slow way. */
		return (void *)(ip + 1) > end || ip->protocol == IPPROTO_UDP;
	}
	if (skb->protocol == bpf_htons(NA_ETH_P_IPV6)) {
		struct na_ip6_header *ip = data;

		return (void *)(ip + 1) > end || ip->next_header == IPPROTO_UDP;
	}
	return false;
}

static __always_inline bool na_datagram__parse_ip4(struct na_datagram *datagram,
						   struct __sk_buff *skb)
{
	struct na_ip4_header ip;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP ||
	    (ip.version_and_words & 15) < 5 || ip.fragment & bpf_htons(NA_FRAGMENT))
		return false;
	datagram->family = AF_INET;
	datagram->source[0] = ip.source;
	datagram->destination[0] = ip.destination;
	datagram->payload_offset = (ip.version_and_words & 15) * 4;
	return true;
}

/* Packets with extension headers between IPv6 and UDP are not looked into. */
static __always_inline bool na_datagram__parse_ip6(struct na_datagram *datagram,
						   struct __sk_buff *skb)
{
	struct na_ip6_header ip;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.next_header != IPPROTO_UDP)
		return false;
	datagram->family = AF_INET6;
	__builtin_memcpy(datagram->source, ip.source, sizeof(datagram->source));
	__builtin_memcpy(datagram->destination, ip.destination, sizeof(datagram->destination));
	datagram->payload_offset = sizeof(ip);
	return true;
}

/* datagram is zeroed by the caller. False when the packet is no UDP datagram. */
static __always_inline bool na_datagram__parse(struct na_datagram *datagram, struct __sk_buff *skb)
{
	struct na_udp_header udp;
	bool found;

	if (!na_packet__may_be_udp(skb))
		return false;
	found = skb->protocol == bpf_htons(NA_ETH_P_IP) ? na_datagram__parse_ip4(datagram, skb)
							: na_datagram__parse_ip6(datagram, skb);
	if (!found || bpf_skb_load_bytes(skb, datagram->payload_offset, &udp, sizeof(udp)))
		return false;
	datagram->source_port = udp.source;
	datagram->destination_port = udp.destination;
	datagram->payload_offset += sizeof(udp);
	/* What is there, not what the UDP header claims. */
	if (skb->len > datagram->payload_offset)
		datagram->payload_size = skb->len - datagram->payload_offset;
	return true;
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

/* Before 6.2 the socket's type is out of reach here; then it is unknown. */
static __always_inline __u32 na_bpf_sock__net_ns(struct bpf_sock *sk)
{
	if (!NA_KERNEL_6_2)
		return 0;
	return NA_CAST(struct sock, sk)->__sk_common.skc_net.net->ns.inum;
}

#endif /* NA_PACKET_BPF_H */
