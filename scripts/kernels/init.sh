#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# The first process of a guest. It shows the host's files, read-only, under a layer in memory, and goes on with the
# script "run" of the share "out", which is the only place that the guest can write to.

/bin/busybox mkdir -p /bin
/bin/busybox --install -s /bin
export PATH=/bin

die() {
	echo "guest: $*"
	echo o >/proc/sysrq-trigger
	sleep 60
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do
	insmod "$module" || echo "guest: cannot load $module"
done

options=trans=virtio,version=9p2000.L,msize=1048576
mount -t 9p -o "$options,cache=loose,ro" root /lower || die "the share root does not mount"
mount -t tmpfs -o size=1536m tmpfs /upper || die "no tmpfs"
mkdir -p /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root || die "the overlay does not mount"

mount --move /dev /root/dev
mount --move /proc /root/proc
mount --move /sys /root/sys
mount -t tmpfs tmpfs /root/run
mkdir -p /root/run/out /root/run/host-tmp
mount --bind /root/tmp /root/run/host-tmp
mount -t tmpfs tmpfs /root/tmp
mount -t 9p -o "$options" out /root/run/out || die "the share out does not mount"
# No chroot: in one, no user namespace can be made, and files of another mount namespace have /root in front of their paths.
exec switch_root /root /bin/bash -c '
	/bin/bash /run/out/run
	echo "guest: run ended with $?"
	echo o >/proc/sysrq-trigger
	sleep 60'
