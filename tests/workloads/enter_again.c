/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As runc comes into a container: moves itself into a cgroup, executes a copy of itself that only
 * memory holds, or itself as a mount that has no place, opens one file, and executes cat for
 * another one.
 *
 *   enter_again memory|mount CGROUP_PROCS BEFORE AFTER
 */
#include "workload.h"

#include <linux/mount.h>
#include <sys/sendfile.h>

#define COPY "copy"

static void go_on(const char *before, char *after)
{
	char *arguments[] = {"cat", after, NULL};

	must(open(before, O_RDONLY | O_CLOEXEC), "open");
	execv("/bin/cat", arguments);
	fail("execv");
}

static void move_to(const char *procs)
{
	int file = must(open(procs, O_WRONLY | O_CLOEXEC), "cgroup.procs");

	must(write(file, "0", 1), "cgroup.procs");
	close(file);
}

static int copy_self(void)
{
	int self = must(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "open");
	int copy = must(memfd_create("clone", MFD_CLOEXEC), "memfd_create");
	struct stat status;

	must(fstat(self, &status), "fstat");
	if (sendfile(copy, self, NULL, (size_t)status.st_size) != status.st_size)
		fail("sendfile");
	close(self);
	return copy;
}

static int mount_self(void)
{
	return must(syscall(SYS_open_tree, AT_FDCWD, "/proc/self/exe",
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
		    "open_tree");
}

int main(int argc, char **argv)
{
	char *again[] = {COPY, NULL, NULL, NULL};

	if (argc == 3)
		go_on(argv[1], argv[2]);
	again[1] = argv[3];
	again[2] = argv[4];
	move_to(argv[2]);
	fexecve(strcmp(argv[1], "mount") == 0 ? mount_self() : copy_self(), again, environ);
	fail("fexecve");
}
