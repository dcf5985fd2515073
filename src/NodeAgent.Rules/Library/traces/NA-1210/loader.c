// SPDX-License-Identifier: Apache-2.0
// Shares a memory file that is only read and written, and makes memory read-only: what programs do
// with memory all day.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 4096

int main(void)
{
	int file = memfd_create("shared", 0);
	void *shared;

	if (file < 0 || ftruncate(file, SIZE))
		return 1;
	shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	return shared == MAP_FAILED || mprotect(shared, SIZE, PROT_READ) != 0;
}
