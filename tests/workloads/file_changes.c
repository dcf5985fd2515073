/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_changes DIR: changes files in DIR, an absolute path without symbolic links, by every call
 * that does, some of them in vain. Removes what it made.
 */
#include "workload.h"
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define CAPABILITY "security.capability"

static void must_fail(long result, int expected, const char *what)
{
	if (result >= 0 || errno != expected)
		fail(what);
}

/* struct vfs_ns_cap_data, revision 2: CAP_NET_RAW, permitted and effective. */
static const unsigned char capability[20] = {1, 0, 0, 2, 0, 0x20};

static void change_names(void)
{
	int folder;

	must(mknod("fifo", S_IFIFO | 0600, 0), "mknod");
	fact_inode("fifo_inode", "fifo");
	must(mkdir("folder", 0750), "mkdir");
	fact_inode("folder_inode", "folder");
	folder = must(open("folder", O_DIRECTORY | O_RDONLY), "open");
	must(rename("fifo", "folder/../folder/./moved"), "rename");
	must(link("folder/moved", "hard"), "link");
	must(symlink("to/no\nwhere", "soft"), "symlink");
	fact("renameat2", "%d", RENAME_NOREPLACE);
	must(syscall(SYS_renameat2, folder, "moved", AT_FDCWD, "back", RENAME_NOREPLACE),
	     "renameat2");
	must(unlink("hard"), "unlink");
	must(unlinkat(AT_FDCWD, "soft", 0), "unlinkat");
	must(rmdir("folder"), "rmdir");
	must(unlink("back"), "unlink");
	close(folder);
}

static void fail_names(void)
{
	must_fail(unlink("missing"), ENOENT, "unlink of a missing file");
	must_fail(mkdir(".", 0700), EEXIST, "mkdir of what is there");
	must_fail(rename("missing", "other"), ENOENT, "rename of a missing file");
	must_fail(rmdir("plain"), ENOTDIR, "rmdir of a file");
}

static void change_attributes(void)
{
	int fd = must(open("plain", O_RDWR | O_CREAT, 0600), "open");

	fact_inode("plain_inode", "plain");
	must(chmod("plain", 04755), "chmod");
	must(fchmod(fd, 0640), "fchmod");
	must(chown("plain", 12, 34), "chown");
	must(fchown(fd, (uid_t)-1, 56), "fchown");
	must(truncate("plain", 1234), "truncate");
	must(ftruncate(fd, 0x123456789), "ftruncate");
	/* Not a truncation of its own, but an open. */
	close(must(open("plain", O_WRONLY | O_TRUNC), "open"));
	if (setxattr("plain", "trusted.test", "value", 5, XATTR_CREATE)) {
		fact("xattr_error", "%d", errno);
		fact("xattr", "0");
	} else {
		fact("xattr", "1");
		must(fsetxattr(fd, CAPABILITY, capability, sizeof(capability), 0), "fsetxattr");
		must(removexattr("plain", "trusted.test"), "removexattr");
	}
	close(fd);
}

static void change_mounts(const char *top)
{
	char target[4096];
	int ends[2];

	must(mkdir("mount", 0700), "mkdir");
	must(unshare(CLONE_NEWNS), "unshare");
	/* An empty source is no file, whatever descriptor 0 is. */
	must(pipe(ends), "pipe");
	must(dup2(ends[0], 0), "dup2");
	must(mount("", "/", "", MS_REC | MS_PRIVATE, NULL), "private mounts");
	snprintf(target, sizeof(target), "%s/mount", top);
	must(mount("the source", target, "tmpfs", MS_NODEV | MS_NOSUID, NULL), "mount");
	must(mkdir("mount/inside", 0700), "mkdir");
	must(umount2(target, MNT_DETACH), "umount2");
	must(rmdir("mount"), "rmdir");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: file_changes DIR");
	must(chdir(argv[1]), argv[1]);
	fact("pid", "%d", getpid());
	change_names();
	change_attributes();
	fail_names();
	must(unlink("plain"), "unlink");
	change_mounts(argv[1]);
	return 0;
}
