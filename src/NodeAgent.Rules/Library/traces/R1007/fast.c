// SPDX-License-Identifier: Apache-2.0
// Computes as compilers' fast math does: denormals are zero, rounding is to nearest.
#include <time.h>
#ifdef __x86_64__
#include <xmmintrin.h>

#define SWITCHES 400
#define FAST	 0x9fc0 // flush to zero, denormals are zero, exceptions masked

static volatile double value = 1.5;

int main(void)
{
	struct timespec pause = {0, 100000};

	for (int i = 0; i < SWITCHES; i++) {
		_mm_setcsr(FAST);
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
