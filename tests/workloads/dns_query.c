/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_query 4|6: asks a resolver of its own, on port 53 of a network namespace of its own, for
 * "na.test", twice: the first answer is short, the second one longer than the agent copies.
 */
#include "workload.h"

#define LONG_ANSWER 5000

static const unsigned char query[] = {
	0x12, 0x34, 0x01, 0x00, 0,   1,	  0,   0,   0, 0, 0, 0,	   /* id, RD, one question */
	2,    'n',  'a',  4,	't', 'e', 's', 't', 0, 0, 1, 0, 1, /* na.test A IN */
};

static const unsigned char record[] = {
	0xc0, 12, 0, 1, 0,   1, 0, 0,
	0,    60, 0, 4, 192, 0, 2, 7, /* the name again, A IN, 60 s, 192.0.2.7 */
};

static void serve(int fd)
{
	static unsigned char message[LONG_ANSWER];
	struct address from;
	int i;

	for (i = 0; i < 2; i++) {
		ssize_t size;

		from.length = sizeof(from.storage);
		size = must(recvfrom(fd, message, sizeof(message), 0,
				     (struct sockaddr *)&from.storage, &from.length),
			    "recvfrom");
		message[2] = 0x81; /* an answer */
		message[3] = 0x80;
		message[7] = 1;
		memcpy(message + size, record, sizeof(record));
		size = i == 0 ? size + (ssize_t)sizeof(record) : LONG_ANSWER;
		must(sendto(fd, message, size, 0, (struct sockaddr *)&from.storage, from.length),
		     "sendto");
	}
}

int main(int argc, char **argv)
{
	static unsigned char answer[LONG_ANSWER];
	struct address address;
	int family, server, fd, i;
	pid_t resolver;

	if (argc != 2)
		fail("usage: dns_query 4|6");
	family = atoi(argv[1]);
	enter_own_network();
	server = bound_socket(family, SOCK_DGRAM, 53);
	resolver = must(fork(), "fork");
	if (resolver == 0) {
		serve(server);
		_exit(0);
	}
	fact("pid", "%d", getpid());
	fact("resolver_pid", "%d", resolver);
	address = loopback(family, 53);
	fd = must(socket(domain_of(family), SOCK_DGRAM, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
	fact("client_port", "%d", port_of(fd));
	fact("query_bytes", "%zu", sizeof(query));
	fact("answer_bytes", "%zu", sizeof(query) + sizeof(record));
	fact("long_answer_bytes", "%d", LONG_ANSWER);
	for (i = 0; i < 2; i++) {
		must(send(fd, query, sizeof(query), 0), "send");
		must(recv(fd, answer, sizeof(answer), 0), "recv");
	}
	wait_for(resolver);
	return 0;
}
