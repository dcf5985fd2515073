/* SPDX-License-Identifier: Apache-2.0 */
/* Waits until its input ends, then becomes another user. */
#include "workload.h"

int main(void)
{
	char byte;

	while (read(0, &byte, 1) > 0)
		;
	must(setuid(1001), "setuid");
	return 0;
}
