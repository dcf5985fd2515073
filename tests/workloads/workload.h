/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the workloads share. Each does what its name says and prints, as key=value lines, what the
 * kernel tests then expect in the events. A workload that cannot do its work ends with status 99
 * and says why.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKLOAD_FAILED 99

__attribute__((noreturn)) static inline void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	fflush(NULL);
	_exit(WORKLOAD_FAILED);
}

static inline long must(long result, const char *what)
{
	if (result < 0)
		fail(what);
	return result;
}

/* Flushed at once: forked children must not print it again. */
__attribute__((format(printf, 2, 3))) static inline void fact(const char *key, const char *format,
							      ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("%s=", key);
	vprintf(format, arguments);
	printf("\n");
	fflush(stdout);
	va_end(arguments);
}

static inline void fact_inode(const char *key, const char *path)
{
	struct stat status;

	must(stat(path, &status), path);
	fact(key, "%lu", (unsigned long)status.st_ino);
}

/* What an exec event says about the process that calls this. */
static inline void facts_of_self(void)
{
	struct stat status;

	must(stat("/proc/self/exe", &status), "stat /proc/self/exe");
	fact("pid", "%d", getpid());
	fact("parent_pid", "%d", getppid());
	fact("exe_inode", "%lu", (unsigned long)status.st_ino);
	fact("exe_mode", "%u", status.st_mode);
	fact("exe_links", "%lu", (unsigned long)status.st_nlink);
	fact_inode("mount_ns", "/proc/self/ns/mnt");
	fact_inode("pid_ns", "/proc/self/ns/pid");
	fact_inode("net_ns", "/proc/self/ns/net");
}

/* A network namespace that nobody else has, with loopback up: any port is free. */
static inline void enter_own_network(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd;

	must(unshare(CLONE_NEWNET), "unshare");
	fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	must(ioctl(fd, SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
	request.ifr_flags |= IFF_UP;
	must(ioctl(fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
	close(fd);
	fact_inode("net_ns", "/proc/self/ns/net");
}

/* An address on loopback; family is 4 or 6. */
struct address {
	struct sockaddr_storage storage;
	socklen_t length;
};

static inline int domain_of(int family)
{
	return family == 6 ? AF_INET6 : AF_INET;
}

static inline struct address loopback(int family, int port)
{
	struct address address = {0};

	if (family == 6) {
		struct sockaddr_in6 *in = (struct sockaddr_in6 *)&address.storage;

		in->sin6_family = AF_INET6;
		in->sin6_addr = in6addr_loopback;
		in->sin6_port = htons(port);
		address.length = sizeof(*in);
	} else {
		struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;

		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		in->sin_port = htons(port);
		address.length = sizeof(*in);
	}
	return address;
}

/* sin_port and sin6_port stand at the same place. */
static inline int port_of(int fd)
{
	struct address address = {.length = sizeof(address.storage)};

	must(getsockname(fd, (struct sockaddr *)&address.storage, &address.length), "getsockname");
	return ntohs(((struct sockaddr_in *)&address.storage)->sin_port);
}

static inline int bound_socket(int family, int type, int port)
{
	struct address address = loopback(family, port);
	int fd = must(socket(domain_of(family), type, 0), "socket");

	must(bind(fd, (struct sockaddr *)&address.storage, address.length), "bind");
	return fd;
}

static inline void wait_for(pid_t pid)
{
	must(waitpid(pid, NULL, 0), "waitpid");
}

#endif /* WORKLOAD_H */
