/* SPDX-License-Identifier: Apache-2.0 */
/* UNIX sockets that listen, and connections to them. A name that begins with '@' is abstract. */
#ifndef UNIX_H
#define UNIX_H

#include "workload.h"

#include <signal.h>
#include <sys/un.h>

static inline struct address unix_address(const char *path)
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

static inline int listener(const char *path, int type)
{
	struct address address = unix_address(path);
	int fd = must(socket(AF_UNIX, type, 0), "socket");

	must(bind(fd, (struct sockaddr *)&address.storage, address.length), path);
	must(listen(fd, 4), "listen");
	return fd;
}

static inline int try_connect(const char *path, int type)
{
	struct address address = unix_address(path);
	int fd = must(socket(AF_UNIX, type, 0), "socket");
	int result = connect(fd, (struct sockaddr *)&address.storage, address.length);

	close(fd);
	return result;
}

#endif /* UNIX_H */
