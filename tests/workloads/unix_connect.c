/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_connect FOLDER: a server process listens on FOLDER/runtime.sock and on an abstract name; a
 * client connects to the first through a symbolic link, to the second, and to a socket that nobody
 * listens on any more.
 */
#include "unix.h"

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
