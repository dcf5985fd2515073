/* SPDX-License-Identifier: Apache-2.0 */
/* Executes a copy of itself that no file system holds. */
#include "workload.h"

int main(int argc, char **argv)
{
	char *arguments[] = {"hidden", "second", NULL};
	int from, to;
	char block[65536];
	ssize_t got;

	if (argc > 1 && strcmp(argv[0], "hidden") == 0) {
		facts_of_self();
		return 0;
	}
	from = must(open("/proc/self/exe", O_RDONLY), "open");
	to = must(memfd_create("na-test", 0), "memfd_create");
	while ((got = must(read(from, block, sizeof(block)), "read")) > 0)
		must(write(to, block, got), "write");
	fexecve(to, arguments, environ);
	fail("fexecve");
}
