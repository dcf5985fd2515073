/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_races DIR COUNT: opens files while another thread changes what the open is about: the string
 * with the name, the folder that the file is in, the descriptor that it returns. Each race does
 * COUNT opens, known by their flags: O_NOFOLLOW the string, O_NOATIME the folder, O_SYNC the
 * descriptor.
 */
#include "workload.h"
#include <pthread.h>

static volatile int stop;
static char name[64];
static const char *const names[2] = {"good", "evil"};
static volatile int descriptor = -1;

static void *rewrite_string(void *nothing)
{
	unsigned i;

	for (i = 0; !stop; i++)
		memcpy(name, names[i & 1], 4);
	return nothing;
}

static void *rename_folder(void *nothing)
{
	while (!stop) {
		must(rename("left/file", "right/file"), "rename");
		must(rename("right/file", "left/file"), "rename");
	}
	return nothing;
}

static void *replace_descriptor(void *nothing)
{
	int other = must(open("/dev/null", O_RDONLY), "open");

	while (!stop) {
		int fd = descriptor;

		if (fd >= 0) {
			dup2(other, fd);
			close(fd);
		}
	}
	return nothing;
}

static pthread_t start(void *(*routine)(void *))
{
	pthread_t thread;

	stop = 0;
	errno = pthread_create(&thread, NULL, routine, NULL);
	if (errno)
		fail("pthread_create");
	return thread;
}

static void finish(pthread_t thread)
{
	stop = 1;
	pthread_join(thread, NULL);
}

static void make(const char *path)
{
	close(must(open(path, O_CREAT | O_WRONLY, 0600), path));
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int count, i, fd;

	if (argc != 3)
		fail("usage: open_races DIR COUNT");
	must(chdir(argv[1]), argv[1]);
	count = atoi(argv[2]);
	fact("pid", "%d", getpid());
	make("good");
	make("evil");
	must(mkdir("left", 0700), "mkdir");
	must(mkdir("right", 0700), "mkdir");
	make("left/file");
	fact_inode("good", "good");
	fact_inode("evil", "evil");
	fact_inode("file", "left/file");

	strcpy(name, "good");
	thread = start(rewrite_string);
	for (i = 0; i < count; i++)
		/* A half-written name is no file. */
		close(syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_NOFOLLOW));
	finish(thread);

	thread = start(rename_folder);
	for (i = 0; i < count;) {
		fd = syscall(SYS_openat, AT_FDCWD, "left/file", O_RDONLY | O_NOATIME);
		i += fd >= 0;
		close(fd);
	}
	finish(thread);

	/* The next descriptor is always the same one. */
	descriptor = must(open("good", O_RDONLY), "open");
	close(descriptor);
	thread = start(replace_descriptor);
	for (i = 0; i < count; i++)
		close(syscall(SYS_openat, AT_FDCWD, "good", O_RDONLY | O_SYNC));
	finish(thread);

	must(unlink("good"), "unlink");
	must(unlink("evil"), "unlink");
	must(unlink("left/file"), "unlink");
	must(rmdir("left"), "rmdir");
	must(rmdir("right"), "rmdir");
	return 0;
}
