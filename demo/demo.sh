#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows the agent at work on this machine: two containers, what was learned about them, the network policy that their
# traffic justifies, then attacks of sixteen kinds, the alert of each, and what the profile would have to allow by then. Root is needed; nothing is left behind.
#
#   demo/demo.sh               exit code 0 only when every attack gave the alert expected
#   demo/demo.sh --no-agent    self-test of the stage: containers, network, attacks and cleaning up, without alerts
set -euo pipefail

demo_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly demo_dir repo_dir=${demo_dir%/*}
# shellcheck source=demo/lib/base.sh
. "$demo_dir/lib/base.sh"
# shellcheck source=demo/lib/network.sh
. "$demo_dir/lib/network.sh"
# shellcheck source=demo/lib/containers.sh
. "$demo_dir/lib/containers.sh"
# shellcheck source=demo/lib/agent.sh
. "$demo_dir/lib/agent.sh"
# shellcheck source=demo/lib/attacks.sh
. "$demo_dir/lib/attacks.sh"
# shellcheck source=demo/lib/leftovers.sh
. "$demo_dir/lib/leftovers.sh"

with_agent=1
case ${1:-} in
"") ;;
--no-agent) with_agent=0 ;;
*) die "usage: demo/demo.sh [--no-agent]" ;;
esac
[[ $(id -u) == 0 ]] || die "root is needed"

# finish CODE: every way out of this script ends here. What is left behind is a failure of its own.
finish() {
	local code=$1
	# A signal that came while the script was ending already is what ended it; then no more of them: cleaning up goes on.
	trap 'code=130' INT
	trap 'code=143' TERM HUP
	:
	trap '' INT TERM HUP
	trap - EXIT
	set +e
	agent_stop || code=1
	background_kill
	containers_remove
	network_remove
	work_remove
	leftovers_report || code=1
	exit "$code"
}
trap 'finish $?' EXIT
trap 'finish 130' INT
trap 'finish 143' TERM HUP

work_create
programs_build
if ((with_agent)); then
	title "Starting the agent (learning period $LEARNING_PERIOD)"
	agent_start
fi

title "Starting two containers"
network_create
containers_create
say "web     $WEB_IP     serves HTTP and answers DNS for $WEB_NAME"
say "client  $CLIENT_IP     asks for http://$WEB_NAME/ once a second"
wait_until "the client's first request" 10 client_has_been_served

if ((with_agent)); then
	title "Learning"
	agent_wait_completed web client
	agent_show_profiles web client
	agent_show_policy client
	agent_show_check
fi

title "Attacking the client container"
attacks_play
attacks_table
if ((with_agent)); then
	agent_show_diff client
fi
