/* SPDX-License-Identifier: Apache-2.0 */
/* Files below a directory that stands for the root of a machine: a link, absolute or upwards, ends
 * inside of it, and nothing but directories and regular files is ever opened (a device, a FIFO or a
 * socket may act on being opened). */
#define _GNU_SOURCE
#include "nodeagent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NA_FIND_TRIES 100

/* A scan leaves no trace in access times, where it may. */
static int open_quietly(int fd, const char *name, int flags)
{
	int opened;

	flags |= O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	opened = openat(fd, name, flags | O_NOATIME);
	return opened < 0 && errno == EPERM ? openat(fd, name, flags) : opened;
}

/* Where a descriptor stands among the files of this process. */
struct descriptor_path {
	char text[32];
};

static struct descriptor_path path_of(int fd)
{
	struct descriptor_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

static int reopen(int path_fd, int flags)
{
	return open_quietly(AT_FDCWD, path_of(path_fd).text, flags);
}

static int find(int root_fd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;
	int tries;

	/* EAGAIN: something was renamed on the way, so the kernel cannot say that it stayed inside.
	 * Whoever renames without end is not waited for.
	 */
	for (tries = 0; tries < NA_FIND_TRIES; tries++) {
		fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

static int close_with(int fd, int error)
{
	close(fd);
	errno = error;
	return -1;
}

/* flags: AT_EMPTY_PATH for the descriptor itself. */
static int facts_at(int fd, const char *name, int flags, struct na_file_facts *facts)
{
	struct stat status;

	if (fstatat(fd, name, &status, flags) != 0)
		return -1;
	*facts = (struct na_file_facts){
		.device = status.st_dev,
		.inode = status.st_ino,
		.size = (uint64_t)status.st_size,
		.modified_ns = status.st_mtim.tv_sec * 1000000000l + status.st_mtim.tv_nsec,
		.changed_ns = status.st_ctim.tv_sec * 1000000000l + status.st_ctim.tv_nsec,
		.mode = status.st_mode,
		.uid = status.st_uid,
		.gid = status.st_gid,
		.links = (uint32_t)status.st_nlink,
	};
	return 0;
}

int32_t na_root__open_file(int32_t root_fd, const char *path, struct na_file_facts *facts)
{
	int found = find(root_fd, path, 0);
	int fd;

	if (found < 0)
		return -1;
	if (facts_at(found, "", AT_EMPTY_PATH, facts) != 0)
		return close_with(found, errno);
	if (!S_ISREG(facts->mode))
		return close_with(found, S_ISDIR(facts->mode) ? EISDIR : ENXIO);
	fd = reopen(found, 0);
	return fd < 0 ? close_with(found, errno) : (close(found), fd);
}

int32_t na_root__open_directory(int32_t root_fd, const char *path)
{
	int found = find(root_fd, path, O_DIRECTORY);
	int fd;

	if (found < 0)
		return -1;
	fd = reopen(found, O_DIRECTORY);
	return fd < 0 ? close_with(found, errno) : (close(found), fd);
}

int32_t na_root__facts(int32_t root_fd, const char *path, int32_t follow,
		       struct na_file_facts *facts)
{
	int found = find(root_fd, path, follow ? 0 : O_NOFOLLOW);
	int result;

	if (found < 0)
		return -1;
	result = facts_at(found, "", AT_EMPTY_PATH, facts);
	return result != 0 ? close_with(found, errno) : (close(found), 0);
}

int32_t na_root__read_link(int32_t root_fd, const char *path, void *buffer, uint32_t size)
{
	int found = find(root_fd, path, O_NOFOLLOW);
	ssize_t length;

	if (found < 0)
		return -1;
	length = readlinkat(found, "", buffer, size);
	return length < 0 ? close_with(found, errno) : (close(found), (int32_t)length);
}

/* Entries as the kernel writes them: struct linux_dirent64. 0 = end. */
int32_t na_directory__read(int32_t fd, void *buffer, uint32_t size)
{
	return (int32_t)syscall(SYS_getdents64, fd, buffer, size);
}

/* One entry of an open directory, itself and not what a link names. */
int32_t na_directory__facts(int32_t fd, const void *name, struct na_file_facts *facts)
{
	return facts_at(fd, name, AT_SYMLINK_NOFOLLOW, facts);
}

int32_t na_directory__open(int32_t fd, const void *name)
{
	return open_quietly(fd, name, O_DIRECTORY | O_NOFOLLOW);
}

int32_t na_file__facts(int32_t fd, struct na_file_facts *facts)
{
	return facts_at(fd, "", AT_EMPTY_PATH, facts);
}

/* Gives the value's length; ENODATA when there is no such attribute. */
int32_t na_root__attribute(int32_t root_fd, const char *path, const char *name, void *buffer,
			   uint32_t size)
{
	int found = find(root_fd, path, O_NOFOLLOW);
	ssize_t length;

	if (found < 0)
		return -1;
	/* A descriptor for the path alone has no attributes; its place in /proc does. */
	length = getxattr(path_of(found).text, name, buffer, size);
	return length < 0 ? close_with(found, errno) : (close(found), (int32_t)length);
}

int32_t na_watch__create(void)
{
	return inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

/* Gives the watch's number. file_fd: of whatever kind, also for the path alone. */
int32_t na_watch__add(int32_t fd, int32_t file_fd)
{
	return inotify_add_watch(fd, path_of(file_fd).text, IN_MODIFY | IN_CLOSE_WRITE);
}

int32_t na_watch__remove(int32_t fd, int32_t watch)
{
	return inotify_rm_watch(fd, watch);
}

/* An extended attribute of one entry of an open directory, and not of what a link names. 0 = it has
 * none. By its path below the descriptor, since opening each file would cost two calls more. */
int32_t na_directory__attribute(int32_t fd, const void *name, const char *attribute, void *buffer,
				uint32_t size)
{
	char path[NAME_MAX + 40];
	ssize_t length;

	if (snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd, (const char *)name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	length = lgetxattr(path, attribute, buffer, size);
	if (length < 0 && (errno == ENODATA || errno == EOPNOTSUPP))
		return 0;
	return (int32_t)length;
}
