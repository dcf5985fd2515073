/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that are traced while their own cost is measured. Each form prints one number.
 *   load syscall N          ns per getppid(2), which no sensor traces
 *   load open N PATH        ns per open + close
 *   load spawn N            ns per posix_spawn + wait of /bin/true
 *   load connect N          ns per TCP connect + accept + close on loopback
 *   load request N          ns per HTTP request + response on one connection on loopback
 *   load message N          ns per message + answer of the same sizes that are no HTTP
 *   load rate RATE SECONDS PATH   opens at RATE per second in even portions, sleeping in between;
 *                                 prints how many were made
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void load_syscall(long count)
{
	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
}

static void open_once(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(path);
	close(fd);
}

static void load_spawn(long count)
{
	char *argv[] = {"/bin/true", NULL};

	for (long i = 0; i < count; i++) {
		pid_t pid;
		int status;

		errno = posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);
		if (errno || waitpid(pid, &status, 0) < 0)
			fail("posix_spawn");
	}
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t size = sizeof(*address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)address, size) ||
	    listen(listener, 64) || getsockname(listener, (struct sockaddr *)address, &size))
		fail("listen");
	return listener;
}

static int connect_to(const struct sockaddr_in *address)
{
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (client < 0 || connect(client, (const struct sockaddr *)address, sizeof(*address)))
		fail("connect");
	return client;
}

static void load_connect(long count)
{
	struct sockaddr_in address = {0};
	struct linger linger = {.l_onoff = 1, .l_linger = 0};
	int listener = listen_on_loopback(&address);

	for (long i = 0; i < count; i++) {
		int client = connect_to(&address);
		int server = accept(listener, NULL, NULL);

		/* A reset leaves no TIME_WAIT behind, so that the ports last for any count. */
		setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		close(client);
		close(server);
	}
}

static void pass_on(int from, int to, const char *text)
{
	char bytes[256];
	ssize_t size = strlen(text);

	if (send(from, text, size, 0) != size || recv(to, bytes, size, MSG_WAITALL) != size)
		fail("exchange");
}

/* One thread plays both sides: what is measured is all that a message costs. */
static void load_exchange(long count, const char *request, const char *response)
{
	struct sockaddr_in address = {0};
	int yes = 1;
	int listener = listen_on_loopback(&address);
	int client = connect_to(&address);
	int server = accept(listener, NULL, NULL);

	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	for (long i = 0; i < count; i++) {
		pass_on(client, server, request);
		pass_on(server, client, response);
	}
}

static long load_rate(double rate, double seconds, const char *path)
{
	/* Others have the CPU meanwhile: other producers, and the agent. */
	const struct timespec pause = {.tv_nsec = 100000};
	double start = now_ns();
	long made = 0;

	for (;;) {
		double elapsed = (now_ns() - start) / 1e9;
		long due = (long)(elapsed * rate);

		if (elapsed >= seconds)
			return made;
		if (made == due) {
			nanosleep(&pause, NULL);
			continue;
		}
		/* At most 200 behind at once: an even rate, not a burst after each sleep. */
		for (int portion = 0; made < due && portion < 200; portion++, made++)
			open_once(path);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	long count = argc > 2 ? atol(argv[2]) : 0;
	double start = now_ns();

	if (!strcmp(what, "syscall")) {
		load_syscall(count);
	} else if (!strcmp(what, "open") && argc >= 4) {
		for (long i = 0; i < count; i++)
			open_once(argv[3]);
	} else if (!strcmp(what, "spawn")) {
		load_spawn(count);
	} else if (!strcmp(what, "connect")) {
		load_connect(count);
	} else if (!strcmp(what, "request")) {
		load_exchange(count, "GET /orders?id=7 HTTP/1.1\r\nHost: shop.test\r\n\r\n",
			      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	} else if (!strcmp(what, "message")) {
		load_exchange(count, "get /orders?id=7 HTTP/1.1\r\nHost: shop.test\r\n\r\n",
			      "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	} else if (!strcmp(what, "rate") && argc == 5) {
		printf("%ld\n", load_rate(atof(argv[2]), atof(argv[3]), argv[4]));
		return 0;
	} else {
		fprintf(stderr, "usage: load syscall|open|spawn|connect|request|message|rate …\n");
		return 2;
	}
	printf("%.2f\n", (now_ns() - start) / count);
	return 0;
}
