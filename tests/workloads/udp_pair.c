/* SPDX-License-Identifier: Apache-2.0 */
/*
 * udp_pair 4|6 connected|unconnected: a client process sends three datagrams, a server process
 * answers each. Before that the client connects a socket and sends nothing through it, as resolvers
 * do.
 */
#include "workload.h"

#define DATAGRAMS 3

static void run_client(int family, int connected, int port)
{
	struct address address = loopback(family, port);
	struct sockaddr *to = (struct sockaddr *)&address.storage;
	int silent = must(socket(domain_of(family), SOCK_DGRAM, 0), "socket");
	int fd = must(socket(domain_of(family), SOCK_DGRAM, 0), "socket");
	char byte = 'q';
	int i;

	must(connect(silent, to, address.length), "connect");
	if (connected)
		must(connect(fd, to, address.length), "connect");
	for (i = 0; i < DATAGRAMS; i++) {
		if (connected)
			must(send(fd, &byte, 1, 0), "send");
		else
			must(sendto(fd, &byte, 1, 0, to, address.length), "sendto");
		must(recv(fd, &byte, 1, 0), "recv");
	}
	fact("client_port", "%d", port_of(fd));
}

int main(int argc, char **argv)
{
	struct address from;
	int family, server, i;
	pid_t client;
	char byte;

	if (argc != 3)
		fail("usage: udp_pair 4|6 connected|unconnected");
	family = atoi(argv[1]);
	enter_own_network();
	server = bound_socket(family, SOCK_DGRAM, 0);
	fact("server_port", "%d", port_of(server));
	client = must(fork(), "fork");
	if (client == 0) {
		run_client(family, strcmp(argv[2], "connected") == 0, port_of(server));
		_exit(0);
	}
	fact("server_pid", "%d", getpid());
	fact("client_pid", "%d", client);
	for (i = 0; i < DATAGRAMS; i++) {
		from.length = sizeof(from.storage);
		must(recvfrom(server, &byte, 1, 0, (struct sockaddr *)&from.storage, &from.length),
		     "recvfrom");
		must(sendto(server, &byte, 1, 0, (struct sockaddr *)&from.storage, from.length),
		     "sendto");
	}
	wait_for(client);
	return 0;
}
