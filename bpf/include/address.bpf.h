/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses of sockets in records: IPv4 in the first word, v4-mapped ones as what they are. */
#ifndef NA_ADDRESS_BPF_H
#define NA_ADDRESS_BPF_H

/* words: an IPv6 address in network order. */
static __always_inline bool na_address__is_mapped(const __u32 *words)
{
	return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

static __always_inline void na_address__copy(__u8 *to, const __u32 *from, bool mapped)
{
	__u32 *words = (__u32 *)to;

	if (mapped) {
		words[0] = from[3];
		return;
	}
	words[0] = from[0];
	words[1] = from[1];
	words[2] = from[2];
	words[3] = from[3];
}

/* What struct sockaddr_in and sockaddr_in6 hold, with which bind(2) and connect(2) are called. */
struct na_sockaddr {
	__u16 family;
	__be16 port;
	__be32 address4; /* sin6_flowinfo */
	__u32 address6[4];
};

static __always_inline __u32 na_sock__net_ns(struct sock *sk)
{
	struct net *net = NA_FIELD(sk, __sk_common.skc_net.net);

	return NA_FIELD(net, ns.inum);
}

#endif /* NA_ADDRESS_BPF_H */
