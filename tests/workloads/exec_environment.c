/* SPDX-License-Identifier: Apache-2.0 */
/* Executes itself with environments that are small, large, and made to hide something. */
#include "workload.h"

#define MANY 1500
#define LONG 5000

static char *environment[MANY + 8];

static void run(const char *key)
{
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		execle("/proc/self/exe", "exec_environment", "again", NULL, environment);
		fail("execle");
	}
	fact(key, "%d", child);
	wait_for(child);
	memset(environment, 0, sizeof(environment));
}

static char *repeat(const char *prefix, char letter, int count)
{
	char *text = calloc(1, strlen(prefix) + count + 1);

	strcpy(text, prefix);
	memset(text + strlen(prefix), letter, count);
	return text;
}

int main(int argc, char **argv)
{
	int i;

	(void)argv;
	if (argc > 1)
		return 0;
	environment[0] = "PATH=/bin";
	environment[1] = "LD_PRELOAD=/tmp/evil.so";
	environment[2] = "LD_PRELOADS=no";
	environment[3] = "LD_PRELOA=no";
	environment[4] = "LD_PRELOAD";
	environment[5] = "NODE_OPTIONS=--require=/x=y";
	environment[6] = "";
	environment[7] = "JDK_JAVA_OPTIONS=";
	run("plain_pid");
	run("empty_pid");
	environment[0] = repeat("OTHER=", 'o', LONG);
	environment[1] = repeat("LD_AUDIT=", 'a', LONG);
	environment[2] = "BASH_ENV=/tmp/evil";
	run("long_pid");
	/* A name in the middle of a long value is none. */
	environment[0] = repeat("L=", 'x', 1023 - 2);
	environment[1] = "LD_AUDIT=here";
	environment[2] = repeat("LD_DEBUG=", 'd', 1022 - 9);
	environment[3] = repeat("ENV=", 'e', 1023 - 4);
	run("edge_pid");
	for (i = 0; i < MANY; i++)
		environment[i] = "FILLER=1";
	environment[MANY] = "LD_PRELOAD=/tmp/late.so";
	run("many_pid");
	return 0;
}
