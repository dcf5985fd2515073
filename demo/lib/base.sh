# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Output, waiting and the folder that everything of one run lives in. Sourced by demo.sh.

readonly RUN_ID=$$
readonly NAME_PREFIX=node-agent-demo-$RUN_ID
readonly POLL_SECONDS=0.1
WORK=""

if [[ -t 1 ]]; then BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD="" GREEN="" RED="" PLAIN=""; fi
readonly BOLD GREEN RED PLAIN

title() { printf '\n%s== %s%s\n' "$BOLD" "$*" "$PLAIN"; }
say() { printf '   %s\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# indent: copies stdin with three spaces in front.
indent() { sed 's/^/   /'; }

# eventually SECONDS COMMAND...: runs the command until it succeeds; false when the time is over.
eventually() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep "$POLL_SECONDS"
	done
}

# wait_until WHAT SECONDS COMMAND...: the same, and the demo ends when the time is over.
wait_until() {
	local what=$1 seconds=$2
	shift
	eventually "$@" || die "$what did not happen within $seconds s"
}

# One tmpfs holds every file of the run, so that one umount removes them all.
work_create() {
	WORK=$(mktemp -d "/tmp/$NAME_PREFIX.XXXXXX")
	mount -t tmpfs -o mode=700 "$NAME_PREFIX" "$WORK"
	mkdir -p "$WORK"/{bin,netns,runc,containers,image}
}

work_remove() {
	[[ -n $WORK ]] || return 0
	if mountpoint -q "$WORK"; then
		eventually 5 umount "$WORK" 2>/dev/null
	fi
	rmdir "$WORK" 2>/dev/null
}

# child_kill PID: KILL, since of the others one that comes before the child is more than a copy of this shell goes to the shell's trap.
child_kill() {
	kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

# background_kill: every background command that is left. By the shell's own list: a signal may come between a start and
# the line that keeps the pid.
background_kill() {
	local pid
	for pid in $(jobs -p); do child_kill "$pid"; done
	return 0
}

# programs_build: the demo's own programs, static, since the containers hold nothing but busybox.
programs_build() {
	local source
	for source in "$demo_dir"/attacks/*.c "$demo_dir"/workload/*.c; do
		gcc -O2 -Wall -Wextra -Werror -static -s -o "$WORK/bin/$(basename "$source" .c)" "$source" &
	done
	wait
	for source in "$demo_dir"/attacks/*.c "$demo_dir"/workload/*.c; do
		[[ -x $WORK/bin/$(basename "$source" .c) ]] || die "$source could not be compiled"
	done
}
