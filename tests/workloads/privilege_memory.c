/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privilege_memory FILE: makes memory executable in all ways. FILE is mapped readable and
 * executable, from where it is, again after it was unlinked, and from a copy in a memfd.
 */
#include "workload.h"

#define TOLD_ONCE 100

static void *map(int protection, int flags, int fd)
{
	void *memory = mmap(NULL, 8192, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

int main(int argc, char **argv)
{
	int readable = PROT_READ | PROT_EXEC;
	int file, copy, i;
	void *memory;

	if (argc != 2)
		fail("usage: privilege_memory FILE");
	fact("pid", "%d", getpid());
	file = must(open(argv[1], O_RDONLY), argv[1]);
	for (i = 0; i < TOLD_ONCE; i++) {
		memory = map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		if (i == 0)
			fact("writable", "%lu", (unsigned long)memory);
		munmap(memory, 8192);
	}
	for (i = 0; i < TOLD_ONCE; i++) {
		memory = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		must(mprotect(memory, 4096, readable), "mprotect");
		must(mprotect(memory, 4096, readable | PROT_WRITE), "mprotect");
		if (i == 0)
			fact("protected", "%lu", (unsigned long)memory);
		munmap(memory, 8192);
	}
	munmap(map(readable, MAP_PRIVATE, file), 8192);
	must(unlink(argv[1]), "unlink");
	munmap(map(readable, MAP_PRIVATE, file), 8192);
	copy = must(syscall(SYS_memfd_create, "code", 0), "memfd_create");
	must(ftruncate(copy, 8192), "ftruncate");
	munmap(map(readable, MAP_PRIVATE, copy), 8192);
	/* Not worth an event. */
	munmap(map(PROT_READ, MAP_PRIVATE, file), 8192);
	file = must(open("/proc/self/exe", O_RDONLY), "open");
	memory = map(PROT_READ, MAP_PRIVATE, file);
	must(mprotect(memory, 4096, PROT_READ | PROT_WRITE), "mprotect");
	return 0;
}
