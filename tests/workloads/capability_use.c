/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capability_use DIR MODE: enters the cgroup DIR and there, by MODE,
 *   use    asks for CHOWN and SYS_ADMIN with all capabilities, each twice, then for SYS_CHROOT
 *          without any;
 *   quiet  without asking for any, does all that makes the kernel look for one in passing;
 *   nested asks for SYS_ADMIN in a user namespace of its own.
 */
#include "workload.h"
#include <sys/prctl.h>

static void enter_cgroup(const char *directory)
{
	char path[4096];
	char text[32];
	int fd;

	fact_inode("cgroup_id", directory);
	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	fd = must(open(path, O_WRONLY), path);
	must(write(fd, text, snprintf(text, sizeof(text), "%d", getpid())), "write");
	close(fd);
}

static void use(void)
{
	char path[] = "/tmp/na-capability-XXXXXX";
	int fd = must(mkstemp(path), "mkstemp");
	int i;

	for (i = 0; i < 2; i++) {
		must(fchown(fd, 1000 + i, 1000), "fchown");
		must(unshare(CLONE_NEWUTS), "unshare");
	}
	unlink(path);
	fact("fchown", "%d", SYS_fchown);
	fact("unshare", "%d", SYS_unshare);
	fact("chroot", "%d", SYS_chroot);
	fact_inode("user_ns", "/proc/self/ns/user");
	must(setresuid(65534, 65534, 65534), "setresuid"); /* drops all capabilities */
	for (i = 0; i < 2; i++) {
		if (chroot("/") == 0 || errno != EPERM)
			fail("chroot without the capability");
	}
}

static void touch_memory(void)
{
	char *memory =
		mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	memset(memory, 1, 8 << 20);
	must(mprotect(memory, 4096, PROT_READ), "mprotect");
	must(mprotect(memory, 4096, PROT_READ | PROT_WRITE), "mprotect");
	must(munmap(memory, 8 << 20), "munmap");
	free(memset(malloc(1 << 20), 1, 1 << 20)); /* brk or mmap */
}

static void fill_memfd(void)
{
	static char block[65536];
	int fd = must(syscall(SYS_memfd_create, "quiet", 0), "memfd_create");
	int i;

	must(ftruncate(fd, 1 << 20), "ftruncate");
	for (i = 0; i < 32; i++)
		must(write(fd, block, sizeof(block)), "write");
	close(fd);
}

static void read_own_stat(void)
{
	char text[4096];
	int fd = must(open("/proc/self/stat", O_RDONLY), "open");

	must(read(fd, text, sizeof(text)), "read");
	close(fd);
	fd = must(open("/proc/1/stat", O_RDONLY), "open");
	must(read(fd, text, sizeof(text)), "read");
	close(fd);
}

static void quiet(void)
{
	pid_t child;

	touch_memory();
	fill_memfd();
	read_own_stat();
	child = must(fork(), "fork");
	if (child == 0) {
		touch_memory();
		_exit(0);
	}
	wait_for(child);
}

static void nested(void)
{
	int refused = unshare(CLONE_NEWUSER) < 0; /* in a chroot, or by sysctl */

	fact("refused", "%d", refused);
	if (refused)
		return;
	must(unshare(CLONE_NEWUTS), "unshare");
	must(sethostname("nested", 6), "sethostname");
	fact_inode("user_ns", "/proc/self/ns/user");
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		fact("pid", "%d", getpid());
		enter_cgroup(argv[1]);
		/* Who comes in and executes nothing is no part of it: bpf/include/entrant.bpf.h. */
		execl(argv[0], argv[0], argv[1], argv[2], "inside", NULL);
		fail("execl");
	}
	if (argc != 4)
		fail("usage: capability_use DIR MODE");
	if (strcmp(argv[2], "use") == 0)
		use();
	else if (strcmp(argv[2], "quiet") == 0)
		quiet();
	else
		nested();
	return 0;
}
