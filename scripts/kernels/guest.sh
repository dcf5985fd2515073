#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   guest.sh COMMAND [ARGUMENT...]   runs in a guest, started by the script that boot.sh wrote
#
# Makes of the guest what the tests need (cgroup2, bpffs, tracefs, loopback, modules on demand), runs the command with its
# output in /run/out/log and its exit code in /run/out/rc.
set -u
: "${image:?}" "${workloads:?}" # exported by the script that boot.sh wrote

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
readonly out=/run/out

prepare() {
	mkdir -p /dev/pts /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mount -t bpf bpf /sys/fs/bpf
	mount -t securityfs securityfs /sys/kernel/security
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t debugfs debugfs /sys/kernel/debug
	# Not the host's: the kernel loads what it needs (veth, sctp, ...) from its own.
	mkdir -p /lib/modules
	mount -t tmpfs tmpfs /lib/modules
	ln -s "$image/lib/modules/$(uname -r)" "/lib/modules/$(uname -r)"
	ip link set lo up
	sysctl -q -w kernel.hung_task_timeout_secs=0 2>/dev/null
	# Opens on 9p are slow, and inode numbers there are not those that programs see.
	if [[ -d $workloads ]]; then
		mkdir -p /tmp/workloads
		cp -r "$workloads/." /tmp/workloads/
		mount --bind /tmp/workloads "$workloads"
	fi
}

{
	# /proc/uptime counts from the start of the kernel.
	echo "ready after $(cut -d ' ' -f 1 /proc/uptime) s: $(uname -r)"
	prepare
	"$@"
	echo $? >$out/rc
	echo "done after $(cut -d ' ' -f 1 /proc/uptime) s"
} >$out/log 2>&1
sync
