#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: exec perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("/tmp/natrace/host/docker.sock")); listen(S, 4); 1 while accept(C, S)'
# mount: /tmp/natrace/host /mnt/host
# caps: all
curl -s -m 1 --unix-socket /mnt/host/docker.sock http://x/
echo x >> /mnt/host/.ssh/authorized_keys
chroot /mnt/host /usr/bin/true
