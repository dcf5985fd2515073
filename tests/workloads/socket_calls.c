/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket_calls 4|6: binds and listens, once where the port is taken; makes a raw, a ping and a
 * packet socket and one of a rare family; connects where there is no route, and where no port is
 * left.
 */
#include "workload.h"

#include <net/ethernet.h>
#include <linux/if_packet.h>

#define NOWHERE_PORT 4444

static struct address nowhere(int family)
{
	struct address address = loopback(family, NOWHERE_PORT);

	if (family == 6)
		must(inet_pton(AF_INET6, "2001:db8::7",
			       &((struct sockaddr_in6 *)&address.storage)->sin6_addr),
		     "inet_pton");
	else
		must(inet_pton(AF_INET, "192.0.2.7",
			       &((struct sockaddr_in *)&address.storage)->sin_addr),
		     "inet_pton");
	return address;
}

static void expect_failure(long result, int error, const char *what)
{
	if (result >= 0 || errno != error)
		fail(what);
}

int main(int argc, char **argv)
{
	struct address address;
	int family, listener, fd, other;

	if (argc != 2)
		fail("usage: socket_calls 4|6");
	family = atoi(argv[1]);
	enter_own_network();
	fact("pid", "%d", getpid());

	listener = bound_socket(family, SOCK_STREAM, 0);
	fact("port", "%d", port_of(listener));
	must(listen(listener, 17), "listen");
	address = loopback(family, port_of(listener));
	other = must(socket(domain_of(family), SOCK_STREAM, 0), "socket");
	expect_failure(bind(other, (struct sockaddr *)&address.storage, address.length), EADDRINUSE,
		       "bind to a port that is taken");
	expect_failure(listen(must(socket(domain_of(family), SOCK_DGRAM, 0), "socket"), 3),
		       EOPNOTSUPP, "listen on a datagram socket");

	must(socket(domain_of(family), SOCK_RAW | SOCK_CLOEXEC, 61), "raw socket");
	must(socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ARP)), "packet socket");
	expect_failure(socket(AF_ALG + 100, SOCK_STREAM, 0), EAFNOSUPPORT, "socket of no family");

	address = nowhere(family);
	fd = must(socket(domain_of(family), SOCK_STREAM, 0), "socket");
	expect_failure(connect(fd, (struct sockaddr *)&address.storage, address.length),
		       ENETUNREACH, "connect to nowhere");
	fact("nowhere_port", "%d", NOWHERE_PORT);

	fd = must(open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY), "ip_local_port_range");
	must(write(fd, "40000 40000", 11), "ip_local_port_range");
	address = loopback(family, port_of(listener));
	fd = must(socket(domain_of(family), SOCK_STREAM, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
	fd = must(socket(domain_of(family), SOCK_STREAM, 0), "socket");
	expect_failure(connect(fd, (struct sockaddr *)&address.storage, address.length),
		       EADDRNOTAVAIL, "connect without a free port");
	return 0;
}
