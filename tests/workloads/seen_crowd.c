/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_crowd QUIET BUSY FILES NAMES: in the cgroup QUIET, asks for FILES names; in BUSY, for NAMES
 * others, each once; then in QUIET for the first ones again. The names do not exist: the filter
 * treats that like any open, and it is fast.
 */
#include "container.h"

static void ask(const char *key, const char *cgroup, const char *name, long count)
{
	char path[128];
	pid_t child = must(fork(), "fork");
	long i;

	if (child) {
		wait_for(child);
		return;
	}
	enter_cgroup(key, cgroup);
	mark(key);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/no-such-folder/%s-%ld", name, i);
		close(open(path, O_RDONLY));
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		fail("usage: seen_crowd QUIET BUSY FILES NAMES");
	ask("quiet_id", argv[1], "kept", atol(argv[3]));
	ask("busy_id", argv[2], "churn", atol(argv[4]));
	ask("quiet_again_id", argv[1], "kept", atol(argv[3]));
	return 0;
}
