#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# caps: all
: >> /proc/sys/kernel/core_pattern
mkdir /tmp/cg /tmp/cg2
: > /tmp/cg/release_agent
mount -t cgroup2 none /tmp/cg2
umount /tmp/cg2
busybox mount -t ext4 /dev/none /mnt
nsenter -t $$ -m true
mknod /dev/sdz b 8 400
cat /dev/sdz
