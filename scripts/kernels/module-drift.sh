#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   module-drift.sh AGENT MODULE   in a guest: prints the alerts of a running agent about a module that is loaded behind its first scan
#
# Exit code 0 when there was one within WAIT seconds (default 400: a guest is emulated).
set -euo pipefail
readonly agent=$1 module=$2 wait=${WAIT:-400}
data=$(mktemp -d)

# until_true COMMAND...: waits for it while the agent runs.
until_true() {
	local end=$((SECONDS + wait))
	until "$@"; do
		kill -0 "$pid" 2>/dev/null || { echo "the agent ended"; tail -n 20 "$data/log"; return 1; }
		((SECONDS < end)) || { echo "no '$*' within $wait s"; tail -n 20 "$data/log"; return 1; }
		sleep 0.5
	done
}

"$agent" run --kubeconfig none --data-dir "$data/state" --ops-address 127.0.0.1:0 --storage-address 127.0.0.1:0 --node-name guest \
	--sensors process,privilege --host-scan-delay 0s --host-scan-interval 10s >"$data/alerts" 2>"$data/log" &
pid=$!
trap 'kill -KILL $pid 2>/dev/null || true' EXIT
until_true test -e "$data/state/host-baseline"
modprobe "$module"
until_true grep -q '"NA-H004"' "$data/alerts"
grep '"NA-H004"' "$data/alerts"
