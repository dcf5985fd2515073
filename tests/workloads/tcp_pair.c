/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_pair 4|6|mapped: a client and a server process exchange a known number of bytes; then the
 * client connects to a port that nobody listens on. mapped: an IPv6 socket that talks to an IPv4
 * address.
 */
#include "workload.h"

#define FROM_CLIENT 12345
#define FROM_SERVER 100000

static void send_all(int fd, size_t size)
{
	static char block[FROM_SERVER];

	while (size > 0)
		size -= must(write(fd, block, size), "write");
}

static void receive_all(int fd)
{
	char block[4096];

	while (must(read(fd, block, sizeof(block)), "read") > 0)
		;
}

static struct address peer(const char *mode, int port)
{
	struct address address = loopback(strcmp(mode, "6") == 0 ? 6 : 4, port);

	if (strcmp(mode, "mapped") == 0) {
		struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

		must(inet_pton(AF_INET6, "::ffff:127.0.0.1", &in.sin6_addr), "inet_pton");
		memcpy(&address.storage, &in, sizeof(in));
		address.length = sizeof(in);
	}
	return address;
}

static void run_client(const char *mode, int port, int unused_port)
{
	struct address address = peer(mode, port);
	int fd = must(socket(address.storage.ss_family, SOCK_STREAM, 0), "socket");

	must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
	fact("client_port", "%d", port_of(fd));
	send_all(fd, FROM_CLIENT);
	must(shutdown(fd, SHUT_WR), "shutdown");
	receive_all(fd);
	close(fd);

	address = peer(mode, unused_port);
	fd = must(socket(address.storage.ss_family, SOCK_STREAM, 0), "socket");
	if (connect(fd, (struct sockaddr *)&address.storage, address.length) == 0 ||
	    errno != ECONNREFUSED)
		fail("connect to an unused port");
	close(fd);
}

int main(int argc, char **argv)
{
	int family, listener, unused, fd;
	pid_t client;

	if (argc != 2)
		fail("usage: tcp_pair 4|6|mapped");
	family = strcmp(argv[1], "6") == 0 ? 6 : 4;
	enter_own_network();
	listener = bound_socket(family, SOCK_STREAM, 0);
	must(listen(listener, 4), "listen");
	unused = bound_socket(family, SOCK_STREAM, 0);
	fact("server_port", "%d", port_of(listener));
	fact("unused_port", "%d", port_of(unused));
	fact("from_client", "%d", FROM_CLIENT);
	fact("from_server", "%d", FROM_SERVER);
	client = must(fork(), "fork");
	if (client == 0) {
		run_client(argv[1], port_of(listener), port_of(unused));
		_exit(0);
	}
	fact("server_pid", "%d", getpid());
	fact("client_pid", "%d", client);
	fd = must(accept(listener, NULL, NULL), "accept");
	receive_all(fd);
	send_all(fd, FROM_SERVER);
	close(fd);
	wait_for(client);
	return 0;
}
