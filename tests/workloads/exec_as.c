/* SPDX-License-Identifier: Apache-2.0 */
/* Executes itself as another user, without capabilities, in a session with a controlling terminal.
 */
#include "workload.h"
#include <sys/sysmacros.h>

#define USER  12345
#define GROUP 23456

int main(int argc, char **argv)
{
	struct stat status;
	int control, terminal;
	pid_t child;

	if (argc > 1 && strcmp(argv[1], "again") == 0)
		return 0;
	control = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
	must(grantpt(control), "grantpt");
	must(unlockpt(control), "unlockpt");
	child = must(fork(), "fork");
	if (child == 0) {
		must(setsid(), "setsid");
		terminal = must(open(ptsname(control), O_RDWR | O_NOCTTY), "open");
		must(ioctl(terminal, TIOCSCTTY, 0), "TIOCSCTTY");
		must(fstat(terminal, &status), "fstat");
		fact("tty_major", "%u", major(status.st_rdev));
		fact("tty_minor", "%u", minor(status.st_rdev));
		must(setresgid(GROUP, GROUP, GROUP), "setresgid");
		must(setresuid(USER, USER, USER), "setresuid");
		execl("/proc/self/exe", argv[0], "again", NULL);
		fail("execl");
	}
	fact("child_pid", "%d", child);
	fact("uid", "%d", USER);
	fact("gid", "%d", GROUP);
	wait_for(child);
	return 0;
}
