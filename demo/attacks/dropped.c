// SPDX-License-Identifier: Apache-2.0
// A program that no image ships: it is downloaded into the container and run.
#include <stdio.h>

int main(void)
{
	puts("dropped: running");
	return 0;
}
