// SPDX-License-Identifier: Apache-2.0
// Copies a program into memory and executes it from there.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char *arguments[] = {"kworker", "20", NULL};
	char *environment[] = {NULL};
	struct stat size;
	int file = open("/bin/true", O_RDONLY);
	int memory = memfd_create("payload", MFD_CLOEXEC);

	if (file < 0 || memory < 0 || fstat(file, &size))
		return 1;
	if (sendfile(memory, file, NULL, size.st_size) != size.st_size)
		return 2;
	return fexecve(memory, arguments, environment);
}
