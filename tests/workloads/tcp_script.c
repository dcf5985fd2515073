/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_script 4|6 FILE [PORT]: a client and a server exchange what FILE says. Each of its records is
 * one write: a byte 'c' or 's' for who writes, two bytes of size in network order, then the bytes.
 * The next one waits until the kernel of the other side has them, so that each is a segment of its
 * own, and whoever does not write reads them all before he writes.
 */
#include "workload.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>

static void read_all(int fd, char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = must(read(fd, bytes, size), "read");

		if (got == 0)
			fail("the stream ended early");
		bytes += got;
		size -= got;
	}
}

static void send_segment(int fd, const char *bytes, size_t size)
{
	int waiting = 1;

	if (must(send(fd, bytes, size, 0), "send") != (long)size)
		fail("a short send");
	while (waiting > 0) {
		must(ioctl(fd, SIOCOUTQ, &waiting), "SIOCOUTQ");
		if (waiting > 0)
			usleep(100);
	}
}

static void play(int fd, char role, const char *path)
{
	static char bytes[65536];
	FILE *script = fopen(path, "rb");
	unsigned char head[3];
	int yes = 1;

	if (!script)
		fail(path);
	must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)), "TCP_NODELAY");
	while (fread(head, 1, sizeof(head), script) == sizeof(head)) {
		size_t size = head[1] << 8 | head[2];

		if (fread(bytes, 1, size, script) != size)
			fail("a short script");
		must(setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof(yes)), "TCP_QUICKACK");
		if (head[0] != role)
			read_all(fd, bytes, size);
		else
			send_segment(fd, bytes, size);
	}
	fclose(script);
}

int main(int argc, char **argv)
{
	struct address address;
	int family, listener, fd;
	pid_t client;

	if (argc != 3 && argc != 4)
		fail("usage: tcp_script 4|6 FILE [PORT]");
	family = atoi(argv[1]);
	enter_own_network();
	listener = bound_socket(family, SOCK_STREAM, argc == 4 ? atoi(argv[3]) : 0);
	must(listen(listener, 4), "listen");
	fact("server_port", "%d", port_of(listener));
	client = must(fork(), "fork");
	if (client == 0) {
		address = loopback(family, port_of(listener));
		fd = must(socket(domain_of(family), SOCK_STREAM, 0), "socket");
		must(connect(fd, (struct sockaddr *)&address.storage, address.length), "connect");
		fact("client_port", "%d", port_of(fd));
		play(fd, 'c', argv[2]);
		_exit(0);
	}
	fact("server_pid", "%d", getpid());
	fact("client_pid", "%d", client);
	fd = must(accept(listener, NULL, NULL), "accept");
	play(fd, 's', argv[2]);
	wait_for(client);
	return 0;
}
