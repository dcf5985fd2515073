# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced: files and networks for containers that scripts make without an engine. Reads: work (a folder on a file system that keeps trusted attributes),
# space and peer (names for two network namespaces).

# What an engine gives a container that asks for nothing.
# shellcheck disable=SC2034 # whoever sources it reads it
readonly usual_capabilities='["CHOWN","DAC_OVERRIDE","FOWNER","FSETID","KILL","SETGID","SETUID","SETPCAP","NET_BIND_SERVICE","NET_RAW","SYS_CHROOT","MKNOD","AUDIT_WRITE","SETFCAP"]'

make_network() {
	ip netns add "$space"
	ip netns add "$peer"
	ip -n "$space" link add eth0 type veth peer name eth0 netns "$peer"
	ip -n "$space" addr add 192.0.2.1/30 dev eth0
	ip -n "$peer" addr add 192.0.2.2/30 dev eth0
	local one
	for one in "$space" "$peer"; do ip -n "$one" link set lo up && ip -n "$one" link set eth0 up; done
	ip -n "$space" route add default via 192.0.2.2
	# The peer has every address.
	ip -n "$peer" route add local 0.0.0.0/0 dev lo table main
}

# Leaves of this machine's files what Debian put there: the image's layer hides all else, so that no example can come across it.
hide_machine() {
	local one name
	for one in /* /.[!.]*; do
		name=${one#/}
		case $name in
		bin | etc | lib | lib32 | lib64 | libx32 | sbin | usr | var) ;;
		boot | home | media | mnt | opt | root | run | srv | tmp) hide_content "$name" ;;
		dev | proc | sys) hide_content "$name" ;; # mounted over
		*) mknod "$work/image/$name" c 0 0 ;;     # a whiteout
		esac
	done
	hide_content usr/local
	mkdir -p "$work/image/usr/local/"{bin,sbin,lib}
	chmod 1777 "$work/image/tmp"
}

hide_content() {
	mkdir -p "$work/image/$1"
	setfattr -n trusted.overlay.opaque -v y "$work/image/$1"
}

# container_configuration CAPABILITIES MOUNTS UID ID ROOT SPACE COMMAND...: what runc is told. Shape: CAPABILITIES and MOUNTS are JSON lists.
container_configuration() {
	local command one
	# As JSON: what begins with a dash would be an option of jq.
	command=$(for one in "${@:7}"; do printf %s "$one" | jq -Rsc .; done | jq -sc .)
	# shellcheck disable=SC2016 # jq's variables
	jq -n --argjson caps "$1" --argjson mounts "$2" --argjson user "$3" --arg id "$4" --arg root "$5" --arg space "/run/netns/$6" --argjson command "$command" '
		[$caps[] | "CAP_" + .] as $all |
		{ociVersion: "1.0.2", hostname: "web", root: {path: $root},
		process: {cwd: "/", args: $command, env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
			user: {uid: $user, gid: $user}, capabilities: {bounding: $all, effective: $all, permitted: $all}},
		mounts: ([{destination: "/proc", type: "proc", source: "proc"}, {destination: "/dev", type: "tmpfs", source: "tmpfs"},
			{destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"]}, {destination: "/dev/shm", type: "tmpfs", source: "shm"},
			{destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro"]}] + $mounts),
		linux: ({cgroupsPath: ("/docker/" + $id), namespaces: [{type: "pid"}, {type: "mount"}, {type: "ipc"}, {type: "uts"}, {type: "network", path: $space}]}
			+ if ($caps | index("SYS_ADMIN")) then {} else {maskedPaths: ["/proc/kcore", "/proc/keys"], readonlyPaths: ["/proc/sys", "/proc/sysrq-trigger"]} end)}'
}
