/* SPDX-License-Identifier: Apache-2.0 */
/* Is executed with whatever arguments, and tells who it is. */
#include "workload.h"

int main(void)
{
	facts_of_self();
	return 0;
}
