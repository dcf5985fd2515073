/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the file that it is given, with bits above the number's 32: Linux ignores them since 5.13,
 * and so must whoever reads the number. Prints wide=0 where this opens nothing.
 */
#include "workload.h"

int main(int argc, char **argv)
{
	long result = -ENOSYS;

	if (argc != 2)
		return WORKLOAD_FAILED;
#if defined(__x86_64__)
	register long mode asm("r10") = 0;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(SYS_openat | 0x7700000000000000), "D"(AT_FDCWD), "S"(argv[1]),
		       "d"(O_RDONLY), "r"(mode)
		     : "rcx", "r11", "memory");
#endif
	if (result == -ENOSYS) {
		fact("wide", "0");
		return 0;
	}
	errno = (int)-result;
	must(result, "openat");
	fact("wide", "1");
	return 0;
}
