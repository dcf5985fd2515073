/* SPDX-License-Identifier: Apache-2.0 */
/* seen_writes FILE TIMES: opens FILE so many times for writing, to empty it, and for reading. */
#include "workload.h"

int main(int argc, char **argv)
{
	long times, i;

	if (argc != 3)
		fail("usage: seen_writes FILE TIMES");
	times = atol(argv[2]);
	for (i = 0; i < times; i++) {
		close(must(open(argv[1], O_WRONLY), "open to write"));
		close(must(open(argv[1], O_RDONLY | O_TRUNC), "open to empty"));
		close(must(open(argv[1], O_RDONLY), "open to read"));
	}
	return 0;
}
