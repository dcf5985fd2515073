/* SPDX-License-Identifier: Apache-2.0 */
/* Executes itself with 100,000 arguments: "a000001" to "a100000". */
#include "workload.h"

#define COUNT 100000

int main(int argc, char **argv)
{
	char **arguments;
	int i;

	if (argc > 1) {
		fact("pid", "%d", getpid());
		fact("arguments", "%d", argc);
		return 0;
	}
	arguments = calloc(COUNT + 2, sizeof(*arguments));
	if (!arguments)
		fail("calloc");
	arguments[0] = argv[0];
	for (i = 1; i <= COUNT; i++)
		must(asprintf(&arguments[i], "a%06d", i), "asprintf");
	execv("/proc/self/exe", arguments);
	fail("execv");
}
