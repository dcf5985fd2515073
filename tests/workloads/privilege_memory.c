/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privilege_memory FILE [keep]: in a namespace of pids, as containers have one, makes memory
 * executable in all ways. FILE is mapped readable and executable, from where it is, again after it
 * was unlinked, and from a copy in a memfd. With keep it is mapped, and that is all.
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

static void make_anonymous(void)
{
	int readable = PROT_READ | PROT_EXEC;
	void *memory;
	int i;

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
}

static void make_from_files(const char *path, int file)
{
	int readable = PROT_READ | PROT_EXEC;
	void *memory;
	int copy;

	must(unlink(path), "unlink");
	munmap(map(readable, MAP_PRIVATE, file), 8192);
	copy = must(syscall(SYS_memfd_create, "code", 0), "memfd_create");
	must(ftruncate(copy, 8192), "ftruncate");
	munmap(map(readable, MAP_PRIVATE, copy), 8192);
	/* Not worth an event. */
	munmap(map(PROT_READ, MAP_PRIVATE, file), 8192);
	file = must(open("/proc/self/exe", O_RDONLY), "open");
	memory = map(PROT_READ, MAP_PRIVATE, file);
	must(mprotect(memory, 4096, PROT_READ | PROT_WRITE), "mprotect");
}

int main(int argc, char **argv)
{
	pid_t child;
	int status;

	if (argc < 2)
		fail("usage: privilege_memory FILE [keep]");
	must(unshare(CLONE_NEWPID), "unshare");
	child = must(fork(), "fork");
	if (child == 0) {
		int file = must(open(argv[1], O_RDONLY), argv[1]);

		munmap(map(PROT_READ | PROT_EXEC, MAP_PRIVATE, file), 8192);
		if (argc == 2) {
			make_anonymous();
			make_from_files(argv[1], file);
		}
		_exit(0);
	}
	fact("child_pid", "%d", child);
	must(waitpid(child, &status, 0), "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : WORKLOAD_FAILED;
}
