// SPDX-License-Identifier: Apache-2.0
// Uses a memory file as programs do that need a scratch file: nothing is executed from it.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	int memory = memfd_create("scratch", MFD_CLOEXEC);

	return write(memory, "x", 1) == 1 ? 0 : 1;
}
