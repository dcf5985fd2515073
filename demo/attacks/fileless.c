// SPDX-License-Identifier: Apache-2.0
// Copies itself into an anonymous memory file and runs that copy: no file system ever holds what
// runs.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAYLOAD_ARGUMENT "payload"

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int copy_self_to(int memory)
{
	struct stat status;
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (self < 0 || fstat(self, &status) < 0)
		return -1;
	for (off_t left = status.st_size; left > 0;) {
		ssize_t copied = sendfile(memory, self, NULL, (size_t)left);

		if (copied <= 0)
			return -1;
		left -= copied;
	}
	close(self);
	return 0;
}

int main(int argc, char **argv)
{
	char *arguments[] = {"fileless", PAYLOAD_ARGUMENT, NULL};
	char *environment[] = {NULL};
	int memory;

	if (argc > 1 && !strcmp(argv[1], PAYLOAD_ARGUMENT)) {
		puts("fileless: running from memory");
		return 0;
	}
	memory = memfd_create("demo-payload", MFD_CLOEXEC);
	if (memory < 0)
		return fail("memfd_create");
	if (copy_self_to(memory) < 0)
		return fail("copy");
	fexecve(memory, arguments, environment);
	return fail("fexecve");
}
