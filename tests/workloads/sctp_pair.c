/* SPDX-License-Identifier: Apache-2.0 */
/* sctp_pair 4|6: a client sends one message to a server over SCTP. Says sctp=0 where the kernel has
 * none. */
#include "workload.h"

static int sctp_socket(int family)
{
	return socket(domain_of(family), SOCK_STREAM, IPPROTO_SCTP);
}

int main(int argc, char **argv)
{
	struct address address;
	int family, listener, fd;
	pid_t client;
	char byte;

	if (argc != 2)
		fail("usage: sctp_pair 4|6");
	family = atoi(argv[1]);
	enter_own_network();
	listener = sctp_socket(family);
	if (listener < 0 && (errno == EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT)) {
		fact("sctp", "0");
		return 0;
	}
	must(listener, "socket");
	fact("sctp", "1");
	address = loopback(family, 0);
	must(bind(listener, (struct sockaddr *)&address.storage, address.length), "bind");
	must(listen(listener, 4), "listen");
	fact("server_port", "%d", port_of(listener));
	client = must(fork(), "fork");
	if (client == 0) {
		address = loopback(family, port_of(listener));
		fd = must(sctp_socket(family), "socket");
		must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
		must(send(fd, "x", 1, 0), "send");
		must(recv(fd, &byte, 1, 0), "recv");
		_exit(0);
	}
	fact("client_pid", "%d", client);
	fact("server_pid", "%d", getpid());
	fd = must(accept(listener, NULL, NULL), "accept");
	must(recv(fd, &byte, 1, 0), "recv");
	must(send(fd, &byte, 1, 0), "send");
	wait_for(client);
	return 0;
}
