# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The agent under demonstration: its start, what it learned, its alerts, its stop.

readonly LEARNING_PERIOD=15s
readonly AGENT=$repo_dir/out/node-agent
AGENT_PID=""
AGENT_BPF_PROGRAMS=() # ids of the kernel programs that the agent held, to see them gone afterwards

agent_data() { echo "$WORK/data"; }
agent_alerts() { echo "$WORK/alerts.jsonl"; }

agent_start() {
	[[ -x $AGENT ]] || die "$AGENT is missing: run make build first"
	touch "$(agent_alerts)"
	"$AGENT" run --data-dir "$(agent_data)" --learning-period "$LEARNING_PERIOD" --flow-history-interval 1s --alerts-file "$(agent_alerts)" \
		--alerts-stdout false --ops-address 127.0.0.1:0 --storage-address 127.0.0.1:0 \
		>"$WORK/agent.log" 2>&1 </dev/null &
	AGENT_PID=$!
	eventually 20 agent_is_ready_or_gone
	agent_is_ready || { tail -20 "$WORK/agent.log" | indent; die "the agent did not become ready"; }
	mapfile -t AGENT_BPF_PROGRAMS < <(agent_programs)
	say "ready, ${#AGENT_BPF_PROGRAMS[@]} eBPF programs in the kernel, pid $AGENT_PID"
}

agent_is_ready() {
	local address status
	address=$(cat "$(agent_data)/ops-address" 2>/dev/null) || return 1
	[[ -n $address ]] || return 1
	# The shell's own TCP: it is there on every machine.
	status=$(
		exec 2>/dev/null 3<>"/dev/tcp/${address%:*}/${address##*:}" || exit 1
		printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
		IFS= read -r -t 2 line <&3
		echo "$line"
	)
	[[ $status == *' 200 '* ]]
}

agent_is_ready_or_gone() { agent_is_ready || ! kill -0 "$AGENT_PID" 2>/dev/null; }

# agent_programs: ids, from the descriptors of programs and links that the agent holds.
agent_programs() {
	cat /proc/"$AGENT_PID"/fdinfo/* 2>/dev/null | awk '$1 == "prog_id:" { print $2 }' | sort -un
}

# profile_of NAME: the metadata of that container's profile, as JSON; fails while there is none.
profile_of() {
	"$AGENT" profile list --data-dir "$(agent_data)" -A -o json 2>/dev/null |
		jq -e --arg id "$(container_id "$1")" '[.items[] | select(.metadata | tostring | contains($id))][0] | .metadata // empty'
}

profile_is_completed() { profile_of "$1" | jq -e '.annotations["kubescape.io/status"] == "completed"' >/dev/null; }

agent_wait_completed() {
	local name
	for name in "$@"; do
		wait_until "the profile of $name being completed" 30 profile_is_completed "$name"
	done
	say "both profiles are completed"
}

agent_show_profiles() {
	local name metadata
	for name in "$@"; do
		metadata=$(profile_of "$name")
		title "Profile of $name"
		"$AGENT" profile show "$(jq -r .name <<<"$metadata")" -n "$(jq -r .namespace <<<"$metadata")" \
			--data-dir "$(agent_data)" | indent
	done
}

agent_show_policy() {
	local metadata
	metadata=$(profile_of "$1")
	title "Network policy for $1"
	"$AGENT" policy generate "$(jq -r '.labels["kubescape.io/workload-name"] // .name' <<<"$metadata")" \
		-n "$(jq -r .namespace <<<"$metadata")" --data-dir "$(agent_data)" >"$WORK/policy.yaml"
	indent <"$WORK/policy.yaml"
}

# agent_show_check: the policy that was shown last, against all traffic that was seen.
agent_show_check() {
	title "What that policy would have denied"
	"$AGENT" policy check "$WORK/policy.yaml" --data-dir "$(agent_data)" | indent || die "the policy denies what it was made of"
}

# agent_show_diff NAME: what its profile would have to allow by now; after the attacks there is something.
agent_show_diff() {
	local metadata
	metadata=$(profile_of "$1")
	title "What the profile of $1 would have to allow (profile diff; profile accept allows it)"
	wait_until "what the profile of $1 does not hold" 20 profile_has_drifted "$metadata"
	profile_diff "$metadata" | indent
}

profile_diff() { "$AGENT" profile diff "$(jq -r .name <<<"$1")" -n "$(jq -r .namespace <<<"$1")" --data-dir "$(agent_data)" || (($? == 1)); }

profile_has_drifted() { profile_diff "$1" | grep '+ exec' >/dev/null; }

# agent_alert RULE PATTERN: the first alert of that rule about the client container whose text matches; fails when there is none.
agent_alert() {
	# Not -e: jq 1.6 takes the outcome of the last line for that of all; awk says whether there was one. It reads to the end: a reader
	# that leaves after the first line makes jq fail when there are more.
	jq -c --arg rule "$1" --arg pattern "$2" --arg id "$(container_id client)" '
		select(tostring | contains($id))
		| [.. | objects | select(.ruleID? == $rule and (tostring | test($pattern)))][0] // empty
	' "$(agent_alerts)" 2>/dev/null | awk 'NR == 1 { print } END { exit NR == 0 }'
}

# agent_stop: SIGTERM, then the time that the agent promises to need, then SIGKILL, which is a failure.
agent_stop() {
	# A signal may come between its start and the line that keeps its pid; the shell knows the command as it is written there.
	# shellcheck disable=SC2016
	AGENT_PID=${AGENT_PID:-$(jobs -p '%"$AGENT"' 2>/dev/null)}
	[[ -n $AGENT_PID ]] || return 0
	kill -TERM "$AGENT_PID" 2>/dev/null
	if ! eventually 10 agent_is_gone; then
		kill -KILL "$AGENT_PID"
		wait "$AGENT_PID" 2>/dev/null
		say "${RED}the agent did not stop within 10 s of SIGTERM${PLAIN}"
		return 1
	fi
	wait "$AGENT_PID" 2>/dev/null
	return 0
}

agent_is_gone() { ! kill -0 "$AGENT_PID" 2>/dev/null || grep -qs '^State:.*Z' "/proc/$AGENT_PID/status"; }
