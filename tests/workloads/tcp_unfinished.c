/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_unfinished COUNT: so many connections to itself begin a request; when all have, they end it,
 * each in turn.
 */
#include "workload.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

static void send_text(int fd, const char *text)
{
	if (must(send(fd, text, strlen(text), 0), "send") != (long)strlen(text))
		fail("a short send");
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	struct address address;
	int listener, count, i, *clients;

	if (argc != 2)
		fail("usage: tcp_unfinished COUNT");
	count = atoi(argv[1]);
	clients = calloc(count, sizeof(*clients));
	must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	enter_own_network();
	listener = bound_socket(4, SOCK_STREAM, 0);
	must(listen(listener, count), "listen");
	address = loopback(4, port_of(listener));
	for (i = 0; i < count; i++) {
		clients[i] = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
		must(connect(clients[i], (struct sockaddr *)&address.storage, address.length),
		     "connect");
		must(accept(listener, NULL, NULL), "accept");
		send_text(clients[i], "GET /unfinished HTTP/1.1\r\nHost: ");
	}
	for (i = 0; i < count; i++)
		send_text(clients[i], "a.test\r\n\r\n");
	return 0;
}
