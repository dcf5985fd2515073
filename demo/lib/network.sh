# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two network namespaces joined by one veth pair. The namespaces are held by bind mounts inside the run's folder, not
# by `ip netns`: that would leave /run/netns mounted, and its names are shared by everyone on the machine.
# Nothing here touches the machine's own network, and no packet leaves the pair.

readonly WEB_IP=10.77.0.1
readonly CLIENT_IP=10.77.0.2
readonly WEB_NAME=web.demo.test
# The attacker's machine: a second address at the web end, which nobody talks to while profiles are learned.
readonly ATTACKER_IP=10.77.0.66
readonly ATTACKER_PORT=4444

netns() { echo "$WORK/netns/$1"; }

# in_netns NAME COMMAND...: nsenter, since `ip netns exec` would remount /sys and hide the cgroups.
in_netns() {
	local name=$1
	shift
	nsenter --net="$(netns "$name")" -- "$@"
}

network_create() {
	local name
	# Namespace files can be bound only on a mount that does not propagate.
	mount --bind "$WORK/netns" "$WORK/netns"
	mount --make-private "$WORK/netns"
	for name in web client; do
		touch "$(netns $name)"
		unshare --net="$(netns $name)" true
		in_netns $name ip link set lo up
	done
	in_netns web ip link add eth0 type veth peer name eth0 netns "$(netns client)"
	in_netns web ip address add $WEB_IP/24 dev eth0
	in_netns web ip address add $ATTACKER_IP/24 dev eth0
	in_netns client ip address add $CLIENT_IP/24 dev eth0
	for name in web client; do in_netns $name ip link set eth0 up; done
}

network_remove() {
	[[ -n $WORK ]] || return 0
	local name
	for name in web client; do
		mountpoint -q "$(netns $name)" && umount "$(netns $name)"
	done
	mountpoint -q "$WORK/netns" && umount "$WORK/netns"
	return 0
}
