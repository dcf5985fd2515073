# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# After cleaning up: looks for everything that a run could leave behind and names it.

# leftovers_list: one line for each thing of this run that is still there.
leftovers_list() {
	local id path
	find /sys/fs/cgroup -maxdepth 2 -name "$NAME_PREFIX-*" -printf 'cgroup %p\n' 2>/dev/null
	awk -v name="$NAME_PREFIX" 'index($0, name) { print "mount " $5 }' /proc/self/mountinfo
	for path in /tmp/"$NAME_PREFIX".*; do [[ -e $path ]] && echo "file $path"; done
	for path in /proc/[0-9]*; do
		[[ $path != "/proc/$$" && -r $path/cmdline ]] && tr '\0' ' ' <"$path/cmdline" 2>/dev/null | grep -qF "$NAME_PREFIX" && echo "process ${path##*/}"
	done
	for id in "${AGENT_BPF_PROGRAMS[@]}"; do bpftool prog show id "$id" >/dev/null 2>&1 && echo "eBPF program $id"; done
	for id in $AGENT_PID $LISTENER_PID; do kill -0 "$id" 2>/dev/null && echo "process $id"; done
	return 0
}

nothing_left() { [[ -z $(leftovers_list) ]]; }

# The kernel frees cgroups and programs shortly after their last user, hence the deadline.
# return 0, never a bare one: within a trap that gives the status of what the signal interrupted, often a wait's failed look.
leftovers_report() {
	if eventually 5 nothing_left; then
		say "nothing is left behind"
		return 0
	fi
	title "Left behind"
	leftovers_list | indent
	return 1
}
