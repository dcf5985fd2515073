/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens /dev/null through the 32-bit system call interface, which any 64-bit process can use and
 * where other numbers mean other calls: 5 is open here and fstat there. Prints compat=0 where the
 * kernel has no such interface.
 */
#include "workload.h"
#include <signal.h>

#if defined(__x86_64__)

static void no_interface(int signal)
{
	(void)signal;
	fact("compat", "0");
	_exit(0);
}

static long call32(long number, long first, long second)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(first), "c"(second)
		     : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(void)
{
	/* Below 4 GiB, where 32-bit arguments reach. */
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct stat status;
	long fd;

	if (path == MAP_FAILED)
		fail("mmap");
	strcpy(path, "/dev/null");
	signal(SIGSEGV, no_interface);
	fd = call32(5, (long)path, O_WRONLY);
	if (fd == -ENOSYS)
		no_interface(0);
	errno = (int)-fd;
	must(fd, "open");
	/* Number 5 of the 64-bit interface must not be taken for an open. */
	must(syscall(SYS_fstat, (int)fd, &status), "fstat");
	fact("compat", "1");
	return 0;
}

#else

int main(void)
{
	fact("compat", "0");
	return 0;
}

#endif
