// SPDX-License-Identifier: Apache-2.0
// Changes the rounding mode from data, as RandomX does, and gives up the processor in between. With
// FAST: computes as compilers' fast math does.
#include <time.h>
#ifdef __x86_64__
#include <xmmintrin.h>

#define SWITCHES 400
#define MODE	 0x9fc0 // flush to zero, denormals are zero, exceptions masked

static volatile double value = 1.5;

int main(void)
{
	struct timespec pause = {0, 100000};
	unsigned int seed = 12345;

	for (int i = 0; i < SWITCHES; i++) {
#ifndef FAST
		seed = seed * 1103515245 + 12345;
#endif
		_mm_setcsr(MODE | (seed >> 16 & 3) << 13);
		value = value * 1.000001 + 0.000001;
		nanosleep(&pause, NULL);
	}
	return 0;
}
#else
int main(void)
{
	return 0;
}
#endif
