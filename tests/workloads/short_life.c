/* SPDX-License-Identifier: Apache-2.0 */
/*
 * short_life NAME OPENS MS: what a container does that is gone before anybody asked about it. Makes
 * OPENS files /tmp/NAME-0, -1 …, whose names tell whose they are whatever else is known, over MS
 * ms.
 */
#include "workload.h"

#include <time.h>

int main(int argc, char **argv)
{
	if (argc != 4)
		return WORKLOAD_FAILED;

	long opens = strtol(argv[2], NULL, 10);
	long rest_ns = strtol(argv[3], NULL, 10) * 1000000 / (opens > 0 ? opens : 1);
	struct timespec rest = {.tv_sec = rest_ns / 1000000000, .tv_nsec = rest_ns % 1000000000};

	for (long i = 0; i < opens; i++) {
		char path[128];

		snprintf(path, sizeof(path), "/tmp/%s-%ld", argv[1], i);
		close((int)must(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), path));
		must(unlink(path), path);
		nanosleep(&rest, NULL);
	}
	return 0;
}
