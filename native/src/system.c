/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "nodeagent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* address NULL: anywhere; else inside memory that the caller reserved, which is replaced. */
void *na_memory__map(void *address, uint64_t length, int32_t writable, int32_t fd, uint64_t offset)
{
	int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	int flags = address ? MAP_SHARED | MAP_FIXED : MAP_SHARED;
	void *mapped = mmap(address, length, protection, flags, fd, (off_t)offset);

	return mapped == MAP_FAILED ? NULL : mapped;
}

void *na_memory__reserve(uint64_t length)
{
	void *mapped = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mapped == MAP_FAILED ? NULL : mapped;
}

int32_t na_memory__unmap(void *address, uint64_t length)
{
	return munmap(address, length);
}

int32_t na_memory__create_file(const char *name, uint64_t length)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)length) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

uint32_t na_memory__page_size(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}

/* Before Linux 5.11 the memory of maps counts against this limit; since then it is charged to the
 * cgroup. */
int32_t na_memory__raise_lock_limit(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_MEMLOCK, &limit);
}

int32_t na_epoll__create(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

int32_t na_epoll__add(int32_t epoll_fd, int32_t fd)
{
	/* Edge-triggered: a ring stays "readable" while it holds records, and those may be held
	 * back on purpose. */
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.fd = fd}};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* The number of ready descriptors: which ones they are is no question, the caller looks at every
 * ring. */
int32_t na_epoll__wait(int32_t epoll_fd, int32_t timeout_ms)
{
	struct epoll_event events[64];

	return epoll_wait(epoll_fd, events, 64, timeout_ms);
}

int32_t na_fd__open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int32_t na_fd__read(int32_t fd, void *buffer, uint32_t size)
{
	return (int32_t)read(fd, buffer, size);
}

int32_t na_fd__duplicate(int32_t fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

int32_t na_fd__close(int32_t fd)
{
	return close(fd);
}

int32_t na_thread__sleep(uint64_t duration_ns)
{
	struct timespec time = {(time_t)(duration_ns / 1000000000u),
				(long)(duration_ns % 1000000000u)};

	return nanosleep(&time, NULL);
}

uint64_t na_clock__boot_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int32_t na_process__effective_uid(void)
{
	return (int32_t)geteuid();
}

/* Shape: "EPERM"; NULL for a number that is no error. */
const char *na_error__name(int32_t error)
{
	return strerrorname_np(error);
}
