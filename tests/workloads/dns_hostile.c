/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_hostile COUNT: datagrams to port 53 that are no DNS, from none to as many bytes as a datagram
 * has, then COUNT of random bytes and size; streams whose lengths lie; then one good query by UDP.
 */
#include "workload.h"
#include <signal.h>

static const unsigned char query[] = {
	0x77, 0x77, 0x01, 0x00, 0,   1, 0,   0,	  0,   0,   0, 0, /* id, RD, one question */
	4,    'g',  'o',  'o',	'd', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1,
};

/* The name points at itself. */
static const unsigned char loop[] = {
	0x66, 0x66, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1,
};

static unsigned char bytes[65507];

static void send_to_resolver(int fd, const void *message, size_t size)
{
	struct address to = loopback(4, 53);

	must(sendto(fd, message, size, 0, (struct sockaddr *)&to.storage, to.length), "sendto");
	must(recv(fd, bytes, 1, 0), "recv"); /* one byte says that it was received */
}

static void serve(int datagrams, int listener)
{
	struct address from;

	if (!must(fork(), "fork")) {
		for (;;) {
			int fd = must(accept(listener, NULL, NULL), "accept");

			while (read(fd, bytes, sizeof(bytes)) > 0)
				;
			close(fd);
		}
	}
	for (;;) {
		from.length = sizeof(from.storage);
		must(recvfrom(datagrams, bytes, sizeof(bytes), 0, (struct sockaddr *)&from.storage,
			      &from.length),
		     "recvfrom");
		must(sendto(datagrams, "", 1, 0, (struct sockaddr *)&from.storage, from.length),
		     "sendto");
	}
}

/* size: what the two bytes in front say. */
static void stream(unsigned size, size_t sent)
{
	struct address to = loopback(4, 53);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	unsigned char head[2] = {size >> 8, size};
	char byte;

	must(connect(fd, (struct sockaddr *)&to.storage, to.length), "connect");
	must(send(fd, head, sizeof(head), 0), "send");
	if (sent)
		must(send(fd, bytes, sent, 0), "send");
	must(shutdown(fd, SHUT_WR), "shutdown");
	must(read(fd, &byte, 1), "read");
	close(fd);
}

int main(int argc, char **argv)
{
	static const int sizes[] = {0, 1, 2, 11, 12, 13, 511, 4096, 4097, 65507};
	int datagrams, listener, fd;
	unsigned seed = 53;
	pid_t server;
	size_t i, at;
	int count;

	if (argc != 2)
		fail("usage: dns_hostile COUNT");
	count = atoi(argv[1]);
	enter_own_network();
	datagrams = bound_socket(4, SOCK_DGRAM, 53);
	listener = bound_socket(4, SOCK_STREAM, 53);
	must(listen(listener, 8), "listen");
	server = must(fork(), "fork");
	if (!server) {
		must(setpgid(0, 0), "setpgid");
		serve(datagrams, listener);
	}
	must(setpgid(server, server) < 0 && errno != EACCES ? -1 : 0, "setpgid");
	fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		memset(bytes, 0xff, sizes[i]);
		send_to_resolver(fd, bytes, sizes[i]);
	}
	send_to_resolver(fd, loop, sizeof(loop));
	for (i = 0; i < (size_t)count; i++) {
		size_t size = rand_r(&seed) % 1400;

		for (at = 0; at < size; at++)
			bytes[at] = rand_r(&seed);
		send_to_resolver(fd, bytes, size);
	}
	stream(0, 0);
	stream(0, 500);
	stream(1, 1);
	stream(65535, 10);
	stream(65535, 65000);
	stream(5, 65000);
	send_to_resolver(fd, query, sizeof(query));
	fact("datagrams", "%zu", sizeof(sizes) / sizeof(*sizes) + 2 + count);
	fact("query_bytes", "%zu", sizeof(query));
	kill(-server, SIGKILL);
	wait_for(server);
	return 0;
}
