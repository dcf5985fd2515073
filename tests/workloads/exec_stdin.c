/* SPDX-License-Identifier: Apache-2.0 */
/* Executes itself with each kind of standard input. */
#include "workload.h"

static void run(const char *name, int input)
{
	struct stat status = {0};
	char key[32];
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		if (input < 0)
			close(0);
		else
			must(dup2(input, 0), "dup2");
		must(setsid(), "setsid");
		execl("/proc/self/exe", "exec_stdin", "again", NULL);
		fail("execl");
	}
	if (input >= 0)
		must(fstat(input, &status), name);
	snprintf(key, sizeof(key), "%s_pid", name);
	fact(key, "%d", child);
	snprintf(key, sizeof(key), "%s_inode", name);
	fact(key, "%lu", (unsigned long)status.st_ino);
	wait_for(child);
}

int main(int argc, char **argv)
{
	int pipes[2], sockets[2];
	int terminal;

	(void)argv;
	if (argc > 1)
		return 0;
	must(pipe(pipes), "pipe");
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
	terminal = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
	must(unlockpt(terminal), "unlockpt");
	terminal = must(open(ptsname(terminal), O_RDWR | O_NOCTTY), "open terminal");
	fact("session", "%d", getsid(0));
	run("pipe", pipes[0]);
	run("socket", sockets[0]);
	run("tty", terminal);
	run("file", must(open("/proc/self/exe", O_RDONLY), "open"));
	run("null", must(open("/dev/null", O_RDONLY), "open"));
	run("folder", must(open("/", O_RDONLY), "open"));
	run("closed", -1);
	return 0;
}
