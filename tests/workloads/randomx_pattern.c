/* SPDX-License-Identifier: Apache-2.0 */
/*
 * randomx_pattern MODE: uses the floating-point unit and gives up the CPU many times,
 *   mine  with the rounding mode changed from data, as RandomX does;
 *   fast  as compilers' fast math does: denormals are zero, rounding to nearest;
 *   round with one other rounding mode, as interval arithmetic does.
 */
#include "workload.h"

#if defined(__x86_64__)
#include <time.h>
#include <xmmintrin.h>

#define SWITCHES 400
#define MINING	 0x9fc0 /* flush to zero, denormals are zero, exceptions masked */
#define DEFAULT	 0x1f80

static volatile double value = 1.5;

int main(int argc, char **argv)
{
	unsigned int seed = 12345;
	struct timespec pause = {0, 100000};
	int i;

	if (argc != 2)
		fail("usage: randomx_pattern MODE");
	fact("pid", "%d", getpid());
	for (i = 0; i < SWITCHES; i++) {
		seed = seed * 1103515245 + 12345;
		if (strcmp(argv[1], "mine") == 0)
			_mm_setcsr(MINING | (seed >> 16 & 3) << 13);
		else if (strcmp(argv[1], "fast") == 0)
			_mm_setcsr(MINING);
		else
			_mm_setcsr(DEFAULT | 2 << 13);
		value = value * 1.000001 + 0.000001;
		nanosleep(&pause, NULL);
	}
	_mm_setcsr(DEFAULT);
	fact("supported", "1");
	return 0;
}
#else
int main(void)
{
	fact("supported", "0");
	return 0;
}
#endif
