/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood KIND COUNT BUSY QUIET WORK: in the cgroup BUSY, two processes do COUNT things each as fast
 * as they can (KIND fork, open, udp or http: each thing a new one), while in QUIET one process
 * executes itself WORK times, opens WORK new names and sends to WORK new ports. Behind its http
 * flood BUSY does the latter too.
 */
#include "container.h"

#include <netinet/tcp.h>

#define FLOODERS 2

static void open_name(const char *prefix, int who, long number)
{
	char path[128];

	snprintf(path, sizeof(path), "/no-such-folder/%s-%d-%ld", prefix, who, number);
	close(open(path, O_RDONLY));
}

/* host: the third byte of the address. Ports stay below those that sockets are given by themselves.
 */
static void send_to(int fd, int host, int port)
{
	struct address address = loopback(4, port);

	((struct sockaddr_in *)&address.storage)->sin_addr.s_addr =
		htonl(INADDR_LOOPBACK | host << 8);
	/* Nobody listens: what comes back is an error that does not matter. */
	sendto(fd, "x", 1, 0, (struct sockaddr *)&address.storage, address.length);
}

static void send_to_new_ports(int fd, int host, long count)
{
	long i;

	for (i = 0; i < count; i++)
		send_to(fd, host, 20000 + i);
}

/* One request after the other over one connection, whose both ends are here. */
static void send_requests(long count)
{
	struct address address = loopback(4, 0);
	int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int server, one = 1;
	char head[64], got[64];
	long i;

	must(bind(listener, (struct sockaddr *)&address.storage, address.length), "bind");
	must(listen(listener, 1), "listen");
	must(getsockname(listener, (struct sockaddr *)&address.storage, &address.length),
	     "getsockname");
	must(connect(client, (struct sockaddr *)&address.storage, address.length), "connect");
	server = must(accept(listener, NULL, NULL), "accept");
	must(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), "setsockopt");
	for (i = 0; i < count; i++) {
		int size =
			snprintf(head, sizeof(head), "GET /%ld HTTP/1.1\r\nHost: busy\r\n\r\n", i);

		if (must(send(client, head, size, 0), "send") != size ||
		    must(recv(server, got, size, MSG_WAITALL), "recv") != size)
			fail("a request was cut");
	}
}

static void flood(const char *kind, long count, long work, int who)
{
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	long i;

	if (strcmp(kind, "http") == 0) {
		send_requests(count);
		send_to_new_ports(fd, 1 + who, work);
		return;
	}
	for (i = 0; i < count; i++) {
		if (strcmp(kind, "fork") == 0) {
			pid_t pid = must(fork(), "fork");

			if (pid == 0)
				_exit(0);
			wait_for(pid);
		} else if (strcmp(kind, "open") == 0) {
			open_name("busy", who, i);
		} else {
			send_to(fd, 1 + who, 1024 + i % 31000);
		}
	}
}

static void work_quietly(long count)
{
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	long i;

	for (i = 0; i < count; i++) {
		pid_t pid = must(fork(), "fork");

		if (pid == 0) {
			execl("/proc/self/exe", "quiet", NULL);
			fail("execl");
		}
		wait_for(pid);
		open_name("quiet", 0, i);
		send_to(fd, 0, 20000 + i);
	}
}

int main(int argc, char **argv)
{
	pid_t children[FLOODERS + 1];
	int i;

	if (argc == 1 && strcmp(argv[0], "quiet") == 0)
		return 0;
	if (argc != 6)
		fail("usage: flood KIND COUNT BUSY QUIET WORK");
	enter_own_network();
	for (i = 0; i <= FLOODERS; i++) {
		children[i] = must(fork(), "fork");
		if (children[i] == 0 && i < FLOODERS) {
			enter_cgroup(i ? "busy_2" : "busy_id", argv[3]);
			flood(argv[1], atol(argv[2]), atol(argv[5]), i);
			_exit(0);
		}
		if (children[i] == 0) {
			enter_cgroup("quiet_id", argv[4]);
			work_quietly(atol(argv[5]));
			_exit(0);
		}
	}
	for (i = 0; i <= FLOODERS; i++)
		wait_for(children[i]);
	return 0;
}
