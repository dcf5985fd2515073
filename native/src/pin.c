/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that outlive their process: pins in a bpffs, and the lock that says whose they are. */
#define _GNU_SOURCE
#include "nodeagent.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

int32_t na_pin__create(int32_t fd, const char *path)
{
	return bpf_obj_pin(fd, path);
}

int32_t na_pin__open(const char *path)
{
	return bpf_obj_get(path);
}

/* No call tells what a descriptor is: one that expects a map fills its answer with a program's.
 * /proc does. */
int32_t na_pin__kind(int32_t fd)
{
	static const struct {
		const char *target;
		int32_t kind;
		int32_t padding;
	} kinds[] = {
		{"anon_inode:bpf-map", 1, 0},
		{"anon_inode:bpf-prog", 2, 0},
		{"anon_inode:bpf_link", 3, 0},
		{"anon_inode:bpf-link", 3, 0},
	};
	char path[32], target[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -1;
	target[length] = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(target, kinds[i].target) == 0)
			return kinds[i].kind;
	return 0;
}

/*
 * Makes destroying forget the link instead of detaching it: what is pinned goes on. Destroying one
 * that came through perf_event_open(2) would switch its event off.
 */
int32_t na_link__keep(struct bpf_link *link)
{
	int fd = bpf_link__fd(link);

	bpf_link__disconnect(link);
	return fd >= 0 ? close(fd) : 0;
}

int32_t na_link_fd__info(int32_t fd, struct na_link_info *info)
{
	struct bpf_link_info kernel = {};
	__u32 size = sizeof(kernel);
	int error = bpf_obj_get_info_by_fd(fd, &kernel, &size);

	if (error)
		return error;
	info->id = kernel.id;
	info->type = kernel.type;
	info->program_id = kernel.prog_id;
	info->padding = 0;
	return 0;
}

/* 1: a link with this number is there; 0: none. */
int32_t na_link__exists(uint32_t id)
{
	int fd = bpf_link_get_fd_by_id(id);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	close(fd);
	return 1;
}

/* EAGAIN: another process holds it. The lock goes with the last copy of the descriptor, however its
 * process ends. */
int32_t na_fd__try_lock(int32_t fd)
{
	return flock(fd, LOCK_EX | LOCK_NB);
}

/* 1: path lies in a bpffs; 0: in another file system. */
int32_t na_path__is_bpffs(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return -1;
	return fs.f_type == BPF_FS_MAGIC;
}

int32_t na_path__mount_bpffs(const char *path)
{
	return mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME,
		     "mode=0700");
}
