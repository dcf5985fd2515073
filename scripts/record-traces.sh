#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Records the examples of the rule library anew: runs each in a container on this kernel and writes what the agent sees of it. Root is needed.
#
#   scripts/record-traces.sh                 all examples
#   scripts/record-traces.sh R1005 R1010/ln  those of a rule, or one
#
# An example is src/NodeAgent.Rules/Library/traces/RULE/NAME.sh. It runs as /example/run in a container of runc: Debian's files of this machine below
# (/etc, /usr without /usr/local, /var, and nothing else), a layer of its own above, a network namespace with an address (192.0.2.1) from which every
# other address leads to a second namespace, the peer. Beside it NAME.c becomes /example/NAME, static. Lines at the beginning of the script say what else
# it needs, each as often as wanted:
#
#   # prepare: COMMAND    before the recording, in the container's files, as root of this machine
#   # peer: COMMAND       while it runs, in the peer's network; ended afterwards
#   # caps: all | NAME…   capabilities instead of the usual fourteen of a container
#   # mount: SRC DST      a path of this machine, bound; /tmp/natrace/host is there for it
#   # user: UID           instead of root
#   # unit: NAME          in the cgroup of a systemd unit instead of a container: the same files and network, all rights of this machine
#
# AGENT is the agent's program (default: out/node-agent).
set -euo pipefail

repo=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")
readonly repo traces=$repo/src/NodeAgent.Rules/Library/traces
readonly work=/tmp/natrace space=natrace peer=natrace-peer limit_seconds=30
read -ra agent <<<"${AGENT:-$repo/out/node-agent}"
recorder="" peers=()
# shellcheck source=scripts/container-files.sh
. "$repo/scripts/container-files.sh"

die() { echo "record-traces: $*" >&2; exit 1; }
said() { sed -n "s/^# $2: //p" "$1"; } # said SCRIPT WORD: the rest of each such line

cgroup_root() { if [[ -d /sys/fs/cgroup/unified ]]; then echo /sys/fs/cgroup/unified; else echo /sys/fs/cgroup; fi; }

clean() {
	local pid mounted
	for pid in "${peers[@]}" ${recorder:+"$recorder"}; do kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || true; done
	peers=() recorder=""
	runc delete --force "${id:-none}" 2>/dev/null || true
	for mounted in "$work/root" "$work"; do ! mountpoint -q "$mounted" || umount "$mounted" 2>/dev/null || umount --lazy "$mounted"; done
	ip netns del $space 2>/dev/null || true
	ip netns del $peer 2>/dev/null || true
	rm -rf "$work"
}

make_files() {
	mkdir -p "$work"
	mount -t tmpfs -o mode=0755 natrace "$work"
	mkdir -p "$work"/{upper,work,root,image/example,image/etc,host/.ssh}
	# The example is a part of the image, like all else that is there before it runs.
	install -m 0755 "$1" "$work/image/example/run"
	if [[ -f ${1%.sh}.c ]]; then gcc -static -O1 -o "$work/image/example/$(basename "${1%.sh}")" "${1%.sh}.c"; fi
	echo 'nameserver 192.0.2.2' >"$work/image/etc/resolv.conf"
	hide_machine
	mount -t overlay -o "lowerdir=$work/image:/,upperdir=$work/upper,workdir=$work/work" natrace "$work/root"
}

configuration() {
	local caps mounts
	case $(said "$1" caps) in
	"") caps=$usual_capabilities ;;
	all) caps=$(capsh --print | sed -n 's/^Bounding set =//p' | tr '[:lower:]' '[:upper:]' | sed 's/CAP_//g' | jq -Rc 'split(",")') ;;
	*) caps=$(said "$1" caps | jq -Rc 'split(" ")') ;;
	esac
	mounts=$(said "$1" mount | jq -Rc 'split(" ") | {destination: .[1], source: .[0], type: "bind", options: ["rbind", "rw"]}' | jq -sc .)
	container_configuration "$caps" "$mounts" "$(said "$1" user | grep . || echo 0)" "$id" "$work/root" "$space" /bin/sh -c "sleep 0.7; exec /example/run" >"$work/config.json"
}

run_container() {
	configuration "$1"
	(cd "$work" && timeout $limit_seconds runc run --bundle "$work" "$id" </dev/null >"$work/said" 2>&1) || echo "  the example ended with $?: $(tail -3 "$work/said")"
}

# In the cgroup of a unit, in files of its own: as a service of this machine would run.
run_unit() {
	local cgroup
	cgroup=$(cgroup_root)/system.slice/$2
	mkdir -p "$cgroup"
	# shellcheck disable=SC2016 # the inner shell knows its own pid
	(cd / && nsenter --net=/run/netns/$space timeout $limit_seconds /bin/sh -c 'echo $$ >"$1/cgroup.procs"; exec chroot "$2" /bin/sh -c "sleep 0.7; exec /example/run"' sh "$cgroup" "$work/root" </dev/null >"$work/said" 2>&1) ||
		echo "  the example ended with $?: $(tail -3 "$work/said")"
	rmdir "$cgroup"
}

record() {
	local script=$1 unit name command output=${1%.sh}.natrace
	name=${script#"$traces/"} name=${name%.sh}
	id=$(printf '%s' "$name" | sha256sum | cut -c1-64)
	unit=$(said "$script" unit)
	echo "$name"
	clean
	make_network
	make_files "$script"
	while read -r command; do chroot "$work/root" /bin/sh -c "$command" </dev/null; done < <(said "$script" prepare)
	while read -r command; do
		setsid ip netns exec $peer /bin/sh -c "$command" </dev/null >/dev/null 2>&1 &
		peers+=($!)
	done < <(said "$script" peer)
	# Below /tmp and by a neutral name: the file may name what ran, and not where this tree lies.
	: >"$work/recorder"
	setsid "${agent[@]}" record --output "$work/trace" --container "${unit:-$id}" --host-name node-a --max-size 1MiB 2>"$work/recorder" </dev/null &
	recorder=$!
	until grep -q '^recording into' "$work/recorder"; do
		kill -0 $recorder 2>/dev/null || die "the recorder ended: $(cat "$work/recorder")"
		sleep 0.1
	done
	if [[ -n $unit ]]; then run_unit "$script" "$unit"; else run_container "$script"; fi
	sleep 0.5
	kill $recorder # not INT, which a shell lets its background ignore
	wait $recorder || die "the recorder failed: $(cat "$work/recorder")"
	recorder=""
	install -m 0644 "$work/trace" "$output"
	echo "  $(tail -1 "$work/recorder" | sed "s|^$work/trace: ||")"
}

[[ $(id -u) == 0 ]] || die "root is needed"
for tool in runc jq ip gcc capsh nsenter setfattr; do command -v $tool >/dev/null || die "$tool is missing: make setup-test installs it"; done
trap clean EXIT
shopt -s nullglob
(($#)) || set -- '*'
for wanted; do
	# shellcheck disable=SC2206 # a pattern is welcome
	case $wanted in */*) scripts=("$traces"/$wanted.sh) ;; *) scripts=("$traces"/$wanted/*.sh) ;; esac
	((${#scripts[@]})) || die "there is no example '$wanted'"
	for script in "${scripts[@]}"; do record "$script"; done
done
