#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Workloads that are well, in containers of runc, about which the rules must be quiet. Root is needed.
#
#   scripts/benign.sh start     starts them; prints NAME and ID of each
#   scripts/benign.sh rounds    prints NAME and how often each has done all that it does
#   scripts/benign.sh stop      ends them, and removes all that was made
#
# Each is scripts/benign/NAME.sh, which goes round until it is ended. Below lie Debian's files of this machine (/etc, /usr without /usr/local, /var); servers
# and their clients are in two network namespaces with an address each, 192.0.2.1 and 192.0.2.2. Lines at the beginning of a workload say:
#
#   # prepare: COMMAND    before the start, in the container's files, as root of this machine
#   # net: NAME           server (usual) or client
#   # user: NAME          instead of root
set -euo pipefail

repo=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")
readonly repo work=/tmp/nabenign space=nabenign peer=nabenign-peer
# shellcheck source=scripts/container-files.sh
. "$repo/scripts/container-files.sh"

die() { echo "benign: $*" >&2; exit 1; }
said() { sed -n "s/^# $2: //p" "$1"; } # said SCRIPT WORD: the rest of each such line
id_of() { printf 'benign %s' "$1" | sha256sum | cut -c1-64; }

make_image() {
	mkdir -p "$work/image/benign"
	cp -r "$repo/scripts/benign/." "$work/image/benign"
	chmod -R go+rX "$work/image/benign"
	chmod 0755 "$work/image/benign/"*.sh "$work/image/benign/package/debian/rules"
	hide_machine
	hide_content etc/apt/sources.list.d
	hide_content etc/cron.d
	echo 'deb [trusted=yes] file:/benign/repository ./' >"$work/image/etc/apt/sources.list"
	# Nor Debian's own table: who learns for minutes does not know what comes each hour.
	: >"$work/image/etc/crontab"
	printf '* * * * * root /benign/cron-job.sh\n' >"$work/image/etc/cron.d/benign"
	: >"$work/image/etc/resolv.conf"
	make_repository
}

# A repository in a folder, with the package that the workload "package" builds.
make_repository() {
	local build=$work/build
	mkdir -p "$work/image/benign/repository" "$build"
	cp -r "$repo/scripts/benign/package" "$build/benign-hello"
	chmod 0755 "$build/benign-hello/debian/rules"
	(cd "$build/benign-hello" && dpkg-buildpackage -b -us -uc -d) >"$work/build.log" 2>&1 || die "the package does not build: $(tail -3 "$work/build.log")"
	cp "$build"/*.deb "$work/image/benign/repository"
	(cd "$work/image/benign/repository" && dpkg-scanpackages . 2>/dev/null >Packages)
	rm -r "$build"
}

# For the preparation; runc mounts over them.
make_devices() {
	mkdir -p "$1/shm"
	chmod 1777 "$1/shm"
	[[ -e $1/null ]] || mknod -m 0666 "$1/null" c 1 3
	[[ -e $1/urandom ]] || mknod -m 0666 "$1/urandom" c 1 9
}

start_one() {
	local script=$1 name folder command net=$space user
	name=$(basename "$script" .sh)
	folder=$work/containers/$name
	mkdir -p "$folder"/{upper,work,root}
	mount -t overlay -o "lowerdir=$work/image:/,upperdir=$folder/upper,workdir=$folder/work" nabenign "$folder/root"
	install -m 0666 /dev/null "$folder/root/rounds"
	make_devices "$folder/root/dev"
	while read -r command; do
		chroot "$folder/root" /bin/sh -c "$command" </dev/null >"$folder/prepared" 2>&1 || die "$name: '$command' failed: $(tail -3 "$folder/prepared")"
	done < <(said "$script" prepare)
	[[ $(said "$script" net) != client ]] || net=$peer
	user=$(said "$script" user)
	container_configuration "$usual_capabilities" '[]' "$(id -u "${user:-root}")" "$(id_of "$name")" "$folder/root" "$net" "/benign/$name.sh" >"$folder/config.json"
	# No stream of ours for the container to keep, and no more of the machine than is left.
	(cd "$folder" && exec nice -n 10 runc --log "$folder/log" run --detach --bundle "$folder" "$(id_of "$name")" </dev/null >"$folder/said" 2>&1) || die "$name does not start: $(cat "$folder/log")"
	echo "$name $(id_of "$name")"
}

workloads() { grep -l '^# workload: ' "$repo"/scripts/benign/*.sh; }

start() {
	local tool script
	for tool in runc jq ip setfattr gcc make dpkg-buildpackage dpkg-scanpackages nginx wrk pgbench cron; do command -v $tool >/dev/null || die "$tool is missing: make setup-test installs it"; done
	stop
	mkdir -p "$work"
	mount -t tmpfs -o mode=0755 nabenign "$work"
	mkdir -p "$work/image"
	make_network
	make_image
	for script in $(workloads); do start_one "$script"; done
}

rounds() {
	local script name
	for script in $(workloads); do
		name=$(basename "$script" .sh)
		echo "$name $(wc -c <"$work/containers/$name/root/rounds")"
	done
}

stop() {
	local script mounted
	for script in $(workloads); do runc delete --force "$(id_of "$(basename "$script" .sh)")" 2>/dev/null || true; done
	for mounted in "$work"/containers/*/root "$work"; do ! mountpoint -q "$mounted" || umount "$mounted" 2>/dev/null || umount --lazy "$mounted"; done
	ip netns del $space 2>/dev/null || true
	ip netns del $peer 2>/dev/null || true
	rm -rf "$work"
}

[[ $(id -u) == 0 ]] || die "root is needed"
shopt -s nullglob
case ${1:-} in
start | rounds | stop) "$1" ;;
*) die "usage: scripts/benign.sh start | rounds | stop" ;;
esac
