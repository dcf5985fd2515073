/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_peers FOLDER QUIET BUSY: a server on some ports, and clients that talk with it by TCP and
 * UDP, each way more than once, one port for each way; see main. A copy of this program is put
 * into FOLDER. Then, for each line of input, in the cgroup QUIET: "same N" talks N times with the
 * first port at one address, "crowd N" once at each of N addresses. At the end of each it tries a
 * port that nobody listens at, 50000 and up, as a mark.
 */
#include "container.h"
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#define FIRST_PORT 40000
#define PORTS	   8
#define MARKS	   50000

enum {
	PLAIN,
	OTHER_PROCESS,
	SAME_PROGRAM,
	OTHER_PROGRAM,
	OTHER_NAME,
	OTHER_USER,
	OTHER_CONTAINER,
	OTHER_ADDRESS
};

static int listening(int type, int port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = must(socket(AF_INET6, type, 0), "socket");
	int off = 0;

	must(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)), "IPV6_V6ONLY");
	must(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	if (type == SOCK_STREAM)
		must(listen(fd, 128), "listen");
	return fd;
}

static void serve(void)
{
	struct pollfd polled[2 * PORTS];
	int i;

	for (i = 0; i < 2 * PORTS; i++) {
		polled[i].fd = listening(i & 1 ? SOCK_STREAM : SOCK_DGRAM, FIRST_PORT + i / 2);
		polled[i].events = POLLIN;
	}
	fact("serving", "1");
	while (poll(polled, 2 * PORTS, -1) >= 0) {
		for (i = 0; i < 2 * PORTS; i++) {
			struct sockaddr_in6 from;
			socklen_t length = sizeof(from);
			char byte;

			if (!(polled[i].revents & POLLIN))
				continue;
			if (i & 1)
				close(must(accept(polled[i].fd, NULL, NULL), "accept"));
			else if (recvfrom(polled[i].fd, &byte, 1, 0, (struct sockaddr *)&from,
					  &length) == 1)
				must(sendto(polled[i].fd, &byte, 1, 0, (struct sockaddr *)&from,
					    length),
				     "answer");
		}
	}
}

static void talk_with(const char *host, int port)
{
	struct address to = loopback(strchr(host, ':') ? 6 : 4, port);
	struct sockaddr *address = (struct sockaddr *)&to.storage;
	int udp = must(socket(address->sa_family, SOCK_DGRAM, 0), "socket");
	int tcp = must(socket(address->sa_family, SOCK_STREAM, 0), "socket");
	char byte = 'q';

	if (address->sa_family == AF_INET)
		must(inet_pton(AF_INET, host, &((struct sockaddr_in *)address)->sin_addr),
		     "inet_pton");
	must(sendto(udp, &byte, 1, 0, address, to.length), "sendto");
	must(recv(udp, &byte, 1, 0), "recv");
	must(connect(tcp, address, to.length), "connect");
	must(read(tcp, &byte, 1), "read"); /* the end: the server closes first */
	close(tcp);
	close(udp);
}

static void talk(int step, int times)
{
	while (times--)
		talk_with("127.0.0.1", FIRST_PORT + step);
}

/* Runs do_this in a child. */
#define IN_CHILD(do_this)                                                                          \
	do {                                                                                       \
		pid_t child = must(fork(), "fork");                                                \
                                                                                                   \
		if (!child) {                                                                      \
			do_this;                                                                   \
			_exit(0);                                                                  \
		}                                                                                  \
		wait_for(child);                                                                   \
	} while (0)

static void refused(int port)
{
	struct address to = loopback(4, port);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	if (connect(fd, (struct sockaddr *)&to.storage, to.length) == 0 || errno != ECONNREFUSED)
		fail("connect to nobody");
	close(fd);
}

static void become(const char *program, int step)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", step);
	execl(program, "seen_peers", text, NULL);
	fail(program);
}

static void copy_self(char *self, char *copy, const char *folder)
{
	char command[3 * PATH_MAX];

	self[must(readlink("/proc/self/exe", self, PATH_MAX - 1), "readlink")] = 0;
	snprintf(copy, PATH_MAX, "%s/seen_peers", folder);
	snprintf(command, sizeof(command), "cp %s %s", self, copy);
	if (system(command))
		fail(command);
}

static void each_way(char **argv)
{
	char self[PATH_MAX] = "", copy[PATH_MAX];
	int i;

	copy_self(self, copy, argv[1]);
	talk(PLAIN, 3);
	talk(OTHER_PROCESS, 2);
	IN_CHILD(talk(OTHER_PROCESS, 2));
	talk(SAME_PROGRAM, 2);
	IN_CHILD(become(self, SAME_PROGRAM));
	talk(OTHER_PROGRAM, 2);
	IN_CHILD(become(copy, OTHER_PROGRAM));
	talk(OTHER_NAME, 2);
	IN_CHILD(prctl(PR_SET_NAME, "other-name"); talk(OTHER_NAME, 2));
	talk(OTHER_USER, 2);
	IN_CHILD(must(setuid(1001), "setuid"); talk(OTHER_USER, 2));
	IN_CHILD(enter_cgroup("quiet_id", argv[2]); talk(OTHER_CONTAINER, 2));
	IN_CHILD(enter_cgroup("busy_id", argv[3]); talk(OTHER_CONTAINER, 2));
	for (i = 0; i < 6; i++)
		talk_with(i % 3 == 0   ? "127.0.0.1"
			  : i % 3 == 1 ? "127.0.0.2"
				       : "::1",
			  FIRST_PORT + OTHER_ADDRESS);
	refused(MARKS - 1);
	refused(MARKS - 1);
}

static void again(const char *line)
{
	char host[32];
	int count, i;

	if (sscanf(line, "same %d", &count) == 1)
		talk(PLAIN, count);
	else if (sscanf(line, "crowd %d", &count) == 1) {
		for (i = 0; i < count; i++) {
			snprintf(host, sizeof(host), "127.1.%d.%d", i / 200, 1 + i % 200);
			talk_with(host, FIRST_PORT);
		}
	} else
		fail(line);
}

int main(int argc, char **argv)
{
	char line[64], key[32];
	int ends[2], round;
	pid_t server;
	char byte;

	if (argc == 2) {
		talk(atoi(argv[1]), 2);
		return 0;
	}
	if (argc != 4)
		fail("usage: seen_peers FOLDER QUIET BUSY");
	enter_own_network();
	must(pipe(ends), "pipe");
	server = must(fork(), "fork");
	if (!server) {
		must(dup2(ends[1], 1), "dup2"); /* its fact says that it listens */
		serve();
	}
	must(read(ends[0], &byte, 1), "read");
	fact("server_pid", "%d", server);
	each_way(argv);
	refused(MARKS);
	for (round = 1; fgets(line, sizeof(line), stdin); round++) {
		snprintf(key, sizeof(key), "round_%d", round);
		IN_CHILD(enter_cgroup(key, argv[2]); again(line));
		refused(MARKS + round);
	}
	kill(server, SIGKILL);
	wait_for(server);
	return 0;
}
