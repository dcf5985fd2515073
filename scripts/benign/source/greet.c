// SPDX-License-Identifier: Apache-2.0
#include "greet.h"

#include <stdio.h>

void greet(const char *name)
{
	printf("hello, %s\n", name);
}
