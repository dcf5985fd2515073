/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_objects DIR: opens files of which the name says little, in DIR, an absolute path without
 * symbolic links: through links, by descriptor, by handle, by io_uring. Removes what it made.
 */
#include "uring.h"

#define DIRECT_SLOTS 4

static int open_name(int folder, const char *name, int flags)
{
	return syscall(SYS_openat, folder, name, flags, 0600);
}

static void open_and_close(int folder, const char *name, int flags)
{
	close(must(open_name(folder, name, flags), name));
}

static void open_by_name(const char *top)
{
	char name[4096];
	int folder;

	must(mkdir("sub", 0700), "mkdir");
	must(symlink("plain", "link"), "symlink");
	folder = must(open_name(AT_FDCWD, "sub", O_DIRECTORY | O_PATH | O_CLOEXEC), "open");
	snprintf(name, sizeof(name), "%s/link", top);
	open_and_close(AT_FDCWD, name, O_RDONLY);
	snprintf(name, sizeof(name), "/.//%s/./sub/../plain", top);
	open_and_close(AT_FDCWD, name, O_RDONLY);
	open_and_close(folder, "../plain", O_RDONLY);
	open_and_close(folder, "new", O_WRONLY | O_CREAT | O_EXCL);
	open_and_close(folder, "new", O_WRONLY | O_CREAT);
	close(folder);
	must(unlink("sub/new"), "unlink");
	must(unlink("link"), "unlink");
	must(rmdir("sub"), "rmdir");
}

static void open_nameless(void)
{
	int memory = must(memfd_create("secret", 0), "memfd_create");
	char name[64];
	int ends[2];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", memory);
	open_and_close(AT_FDCWD, name, O_RDWR);
	close(memory);
	must(pipe(ends), "pipe");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[0]);
	open_and_close(AT_FDCWD, name, O_RDONLY);
	close(ends[0]);
	close(ends[1]);
	open_and_close(AT_FDCWD, ".", O_TMPFILE | O_RDWR);
}

static void open_by_handle(void)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int folder = must(open_name(AT_FDCWD, ".", O_DIRECTORY | O_RDONLY), "open");
	int mount;

	if (name_to_handle_at(AT_FDCWD, "plain", &handle.head, &mount, 0)) {
		fact("handle", "0");
	} else {
		fact("handle", "1");
		close(must(open_by_handle_at(folder, &handle.head, O_RDONLY), "open_by_handle_at"));
	}
	handle.head.handle_bytes = 0;
	if (open_by_handle_at(folder, &handle.head, O_RDWR) >= 0)
		fail("an empty handle was opened");
	fact("handle_error", "%d", errno);
	close(folder);
}

static void open_by_uring(void)
{
	struct io_uring_sqe nothing = {.opcode = IORING_OP_NOP};
	struct io_uring_sqe request;
	struct uring ring;
	int none[DIRECT_SLOTS] = {-1, -1, -1, -1};

	if (!uring_open(&ring)) {
		fact("uring", "0");
		return;
	}
	fact("uring", "1");
	request = uring_openat("./plain", O_RDWR, 0);
	close(must(uring_run(&ring, &request), "open by io_uring"));
	request = uring_openat("by_uring", O_WRONLY | O_CREAT, 0);
	close(must(uring_run(&ring, &request), "create by io_uring"));
	request = uring_openat("missing", O_RDONLY, 0);
	if (uring_run(&ring, &request) != -ENOENT)
		fail("io_uring opened a missing file");
	must(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, none, DIRECT_SLOTS),
	     "register slots");
	request = uring_openat("plain", O_RDONLY, 3);
	must(uring_run(&ring, &request), "open into a slot");
	request = uring_openat("plain", O_WRONLY, IORING_FILE_INDEX_ALLOC);
	must(uring_run(&ring, &request), "open into any slot");
	request = uring_openat("plain", O_RDONLY, 0);
	request.flags = IOSQE_CQE_SKIP_SUCCESS;
	uring_submit(&ring, &request, 0);
	uring_run(&ring, &nothing);
	must(unlink("by_uring"), "unlink");
	close(ring.fd);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: open_objects DIR");
	must(chdir(argv[1]), argv[1]);
	fact("pid", "%d", getpid());
	open_and_close(AT_FDCWD, "plain", O_CREAT | O_RDWR);
	fact_inode("plain_inode", "plain");
	open_by_name(argv[1]);
	open_nameless();
	open_by_handle();
	open_by_uring();
	must(unlink("plain"), "unlink");
	return 0;
}
