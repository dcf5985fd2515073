/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_connect FOLDER: a server process listens on FOLDER/runtime.sock and on an abstract name; a
 * client connects to the first through a symbolic link, to the second, and to a socket that nobody
 * listens on any more.
 */
#include "workload.h"

#include <signal.h>
#include <sys/un.h>

static struct address unix_address(const char *path)
{
	struct address address = {0};
	struct sockaddr_un *un = (struct sockaddr_un *)&address.storage;

	un->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(un->sun_path))
		fail("path too long");
	memcpy(un->sun_path, path, strlen(path));
	address.length = sizeof(un->sun_family) + strlen(path) + 1;
	if (path[0] == '@') {
		un->sun_path[0] = 0;
		address.length -= 1;
	}
	return address;
}

static int listener(const char *path, int type)
{
	struct address address = unix_address(path);
	int fd = must(socket(AF_UNIX, type, 0), "socket");

	must(bind(fd, (struct sockaddr *)&address.storage, address.length), path);
	must(listen(fd, 4), "listen");
	return fd;
}

static int try_connect(const char *path, int type)
{
	struct address address = unix_address(path);
	int fd = must(socket(AF_UNIX, type, 0), "socket");
	int result = connect(fd, (struct sockaddr *)&address.storage, address.length);

	close(fd);
	return result;
}

int main(int argc, char **argv)
{
	char name[64];
	int ready[2];
	pid_t server;
	char byte;

	if (argc != 2)
		fail("usage: unix_connect FOLDER");
	must(chdir(argv[1]), argv[1]);
	must(pipe(ready), "pipe");
	must(mkdir("run", 0755), "mkdir");
	must(symlink("run/runtime.sock", "link.sock"), "symlink");
	snprintf(name, sizeof(name), "@na-test-%d", getpid());
	server = must(fork(), "fork");
	if (server == 0) {
		listener("run/runtime.sock", SOCK_STREAM);
		listener(name, SOCK_SEQPACKET);
		close(listener("run/dead.sock", SOCK_STREAM));
		must(write(ready[1], "r", 1), "write");
		pause();
		_exit(0);
	}
	must(read(ready[0], &byte, 1), "read");
	fact("pid", "%d", getpid());
	fact("server_pid", "%d", server);
	fact("name", "%s", name);
	fact_inode("inode", "run/runtime.sock");
	must(try_connect("link.sock", SOCK_STREAM), "connect to the link");
	must(try_connect(name, SOCK_SEQPACKET), "connect to the abstract name");
	if (try_connect("run/dead.sock", SOCK_STREAM) == 0 || errno != ECONNREFUSED)
		fail("connect to a dead socket");
	kill(server, SIGKILL);
	wait_for(server);
	return 0;
}
