// SPDX-License-Identifier: Apache-2.0
// Makes memory writable and executable, and maps a library that lies in memory only.
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 4096

int main(void)
{
	char library[SIZE] = "\177ELF";
	void *heap = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = memfd_create("library", 0);

	if (heap == MAP_FAILED || mprotect(heap, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC))
		return 1;
	if (file < 0 || write(file, library, SIZE) != SIZE)
		return 1;
	return mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED;
}
