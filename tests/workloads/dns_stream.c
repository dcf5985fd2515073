/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_stream 4|6: asks a resolver of its own over TCP. The queries come two in one segment, then
 * one in pieces of a byte; the answers are one short, one longer than the agent copies, one short.
 */
#include "workload.h"

#include <netinet/tcp.h>

#define LONG_ANSWER 9000
#define QUERIES	    3

static const unsigned char query[] = {
	0,    27,						    /* the length of what follows */
	0x12, 0x34, 0x01, 0x00, 0,   1,	  0,   0,   0,	 0,   0, 0, /* id, RD, one question */
	2,    'n',  'a',  6,	's', 't', 'r', 'e', 'a', 'm', 0, 0, 1, 0, 1, /* na.stream A IN */
};

_Static_assert(sizeof(query) == 2 + 27, "the prefix says so");

static void write_all(int fd, const unsigned char *bytes, size_t size, size_t piece)
{
	while (size > 0) {
		size_t now = size < piece ? size : piece;

		must(write(fd, bytes, now), "write");
		bytes += now;
		size -= now;
	}
}

static void read_all(int fd, unsigned char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = must(read(fd, bytes, size), "read");

		if (got == 0)
			fail("the stream ended early");
		bytes += got;
		size -= got;
	}
}

static int stream_socket(int fd)
{
	int yes = 1;

	must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)), "TCP_NODELAY");
	return fd;
}

static void serve(int listener)
{
	static unsigned char answer[2 + LONG_ANSWER];
	int fd = stream_socket(must(accept(listener, NULL, NULL), "accept"));
	int i;

	for (i = 0; i < QUERIES; i++) {
		size_t size = i == 1 ? LONG_ANSWER : sizeof(query) - 2;

		memset(answer, 0, sizeof(answer));
		read_all(fd, answer, sizeof(query));
		answer[0] = size >> 8;
		answer[1] = size & 0xff;
		answer[4] = 0x81; /* an answer */
		answer[5] = 0x80;
		write_all(fd, answer, 2 + size, 1000);
	}
	read_all(fd, answer, 1);
	_exit(0);
}

int main(int argc, char **argv)
{
	static unsigned char answer[2 + LONG_ANSWER];
	unsigned char queries[QUERIES][sizeof(query)];
	struct address address;
	int family, listener, fd, i;
	pid_t resolver;

	if (argc != 2)
		fail("usage: dns_stream 4|6");
	family = atoi(argv[1]);
	enter_own_network();
	listener = bound_socket(family, SOCK_STREAM, 53);
	must(listen(listener, 4), "listen");
	resolver = must(fork(), "fork");
	if (resolver == 0)
		serve(listener);
	fact("pid", "%d", getpid());
	fact("query_bytes", "%zu", sizeof(query) - 2);
	fact("long_answer_bytes", "%d", LONG_ANSWER);
	for (i = 0; i < QUERIES; i++) {
		memcpy(queries[i], query, sizeof(query));
		queries[i][1] = sizeof(query) - 2;
		queries[i][3] += i;
	}
	address = loopback(family, 53);
	fd = stream_socket(must(socket(domain_of(family), SOCK_STREAM, 0), "socket"));
	must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
	fact("client_port", "%d", port_of(fd));
	write_all(fd, queries[0], 2 * sizeof(query), 2 * sizeof(query));
	write_all(fd, queries[2], sizeof(query), 1);
	read_all(fd, answer, sizeof(query));
	read_all(fd, answer, 2 + LONG_ANSWER);
	read_all(fd, answer, sizeof(query));
	must(write(fd, "", 1), "write");
	wait_for(resolver);
	return 0;
}
