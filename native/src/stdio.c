/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

/* What libbpf's "stderr" becomes, see Makefile. It is used by libbpf's default log only, which
 * log.c replaces. */
FILE *na_stderr __attribute__((visibility("hidden")));

__attribute__((constructor)) static void set_stderr(void)
{
	na_stderr = stderr;
}
