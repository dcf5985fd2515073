# SPDX-License-Identifier: Apache-2.0
# Sourced by each script; KUBECONFIG points at a server that holds nothing of namespace "shop" yet.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
group=spdx.softwarecomposition.kubescape.io

k() { kubectl --cache-dir "$work/cache" "$@"; }
fail() { echo "FAIL: $*" >&2; exit 1; }

# equal WHAT WANTED FOUND
equal() { [ "$2" = "$3" ] || fail "$1: wanted '$2', found '$3'"; }

# contains WHAT PART TEXT
contains() { case "$3" in *"$2"*) ;; *) fail "$1: '$2' is not in: $3" ;; esac; }

# refuses WHAT PART COMMAND...: the command fails and says PART
refuses() {
	what=$1 part=$2
	shift 2
	if "$@" >"$work/refused" 2>&1; then fail "$what: succeeded"; fi
	contains "$what" "$part" "$(cat "$work/refused")"
}

# until_true WHAT COMMAND...: waits for a condition, ten seconds at most
until_true() {
	what=$1
	shift
	for _ in $(seq 100); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.1
	done
	fail "$what: did not come true"
}

# profile NAME WORKLOAD: a container profile as the agent writes it
profile() {
	cat <<EOF
apiVersion: $group/v1beta1
kind: ContainerProfile
metadata:
  name: $1
  namespace: shop
  labels:
    kubescape.io/workload-kind: Deployment
    kubescape.io/workload-name: $2
    kubescape.io/workload-container-name: main
  annotations:
    kubescape.io/status: completed
    kubescape.io/completion: complete
    kubescape.io/resource-size: "3"
spec:
  architectures: [amd64]
  execs:
  - path: /usr/sbin/$2
    args: [/usr/sbin/$2, -g, "daemon off;"]
  opens:
  - path: /etc/$2/⋯
    flags: [O_CLOEXEC, O_RDONLY]
EOF
}
