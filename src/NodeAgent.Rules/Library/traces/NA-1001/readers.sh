#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# caps: all
# mount: /tmp/natrace/host /mnt/host
# prepare: cp /bin/sleep /usr/sbin/sshd; mkdir -p /etc/systemd /root/.ssh /srv/manifests
cat /proc/sys/kernel/core_pattern > /dev/null
echo 1 > /proc/sys/net/ipv4/ip_forward
mkdir /tmp/cg
: > /tmp/cg/notify_on_release
mount -t tmpfs /srv /media
umount /media
chroot / /bin/true
for f in /etc/crypttab /etc/systemd/resolved.conf /root/.bash_aliases.txt /root/.ssh/known_hosts /etc/pam.conf /srv/manifests/x.yaml /etc/sudo.conf /mnt/host/data; do echo x > "$f"; done
cat /etc/ld.so.preload /mnt/host/data > /dev/null 2>&1
chmod g+s /tmp/cg
chmod 1777 /tmp/cg
setfattr -n user.x -v x /tmp/cg
/usr/sbin/sshd 5 &
exec 7<"/proc/$!/mem"
kill -HUP $!
pkill -0 sshd
cat /proc/modules > /dev/null
ln -s /etc/passwd /tmp/users
ln /etc/hosts /tmp/hosts
strace -o /dev/null true
unshare -m true
perl -e 'chomp(my $m = `uname -m`); open(F, "/proc/self/ns/net"); syscall($m eq "aarch64" ? 268 : 308, fileno(F), 0x40000000); my $a = "\0" x 128; syscall($m eq "aarch64" ? 280 : 321, 1, $a, 128)'
perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("/srv/docker.sock")); listen(S, 4); accept(C, S)' &
until [ -e /srv/docker.sock ]; do sleep 0.05; done
curl -s -m 1 --unix-socket /srv/docker.sock http://x/
exit 0
