/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw_send: a SYN made by hand through a raw socket, to a port that nobody listens on; and a
 * datagram of IPv6 with a destination-options header in front of UDP.
 */
#include "workload.h"

#include <netinet/tcp.h>

#define SYN_PORT 5555

int main(void)
{
	static const unsigned char options[8] = {0, 0, 1,
						 4}; /* next header (set by the kernel), PadN */
	struct address to4 = loopback(4, 0), to6;
	struct tcphdr syn = {.source = htons(1234), .dest = htons(SYN_PORT), .doff = 5, .syn = 1};
	int raw, server, client;
	char byte;

	enter_own_network();
	fact("pid", "%d", getpid());
	fact("syn_port", "%d", SYN_PORT);
	raw = must(socket(AF_INET, SOCK_RAW, IPPROTO_TCP), "raw socket");
	must(sendto(raw, &syn, sizeof(syn), 0, (struct sockaddr *)&to4.storage, to4.length),
	     "send a SYN");

	server = bound_socket(6, SOCK_DGRAM, 0);
	client = must(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
	must(setsockopt(client, IPPROTO_IPV6, IPV6_DSTOPTS, options, sizeof(options)),
	     "IPV6_DSTOPTS");
	to6 = loopback(6, port_of(server));
	fact("extended_port", "%d", port_of(server));
	must(sendto(client, "x", 1, 0, (struct sockaddr *)&to6.storage, to6.length), "sendto");
	must(recv(server, &byte, 1, 0), "recv");
	return 0;
}
