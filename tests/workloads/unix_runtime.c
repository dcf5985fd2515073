/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_runtime FOLDER NAME: a server listens on FOLDER/run/NAME. A container, which is a process
 * with FOLDER/root as its root, connects to it twice: by the same name, and by that of a file on
 * which the socket is mounted, which says nothing of what it is.
 */
#include "unix.h"

#include <sys/mount.h>

static void make_file(const char *path)
{
	close(must(open(path, O_CREAT | O_WRONLY, 0600), path));
}

/* In FOLDER, with the socket's path from there. */
static void connect_from_inside(const char *socket, const char *name)
{
	char same[256];

	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount private");
	snprintf(same, sizeof(same), "root/%s", name);
	make_file(same);
	make_file("root/innocent");
	must(mount(socket, same, NULL, MS_BIND, NULL), same);
	must(mount(socket, "root/innocent", NULL, MS_BIND, NULL), "mount on innocent");
	must(chroot("root"), "chroot");
	must(chdir("/"), "chdir");
	must(try_connect(name, SOCK_STREAM), "connect by name");
	must(try_connect("/innocent", SOCK_STREAM), "connect by another name");
	_exit(0);
}

int main(int argc, char **argv)
{
	char socket[256];
	pid_t client;
	int fd;

	if (argc != 3)
		fail("usage: unix_runtime FOLDER NAME");
	must(chdir(argv[1]), argv[1]);
	must(mkdir("run", 0755), "mkdir run");
	must(mkdir("root", 0755), "mkdir root");
	snprintf(socket, sizeof(socket), "run/%s", argv[2]);
	fd = listener(socket, SOCK_STREAM);
	fact_inode("inode", socket);
	client = must(fork(), "fork");
	if (client == 0)
		connect_from_inside(socket, argv[2]);
	fact("client_pid", "%d", client);
	wait_for(client);
	close(fd);
	return 0;
}
