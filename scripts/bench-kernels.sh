#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   scripts/bench-kernels.sh [SCENARIO...]   what attached probes cost where fentry works; default: cost redis
#
# Runs the built benchmarks in guests with the newest image of each series, one after the other (scripts/kernels.sh; KERNELS_IMAGES="..." for
# others). QEMU emulates the CPUs: calls take 20 to 50 times as long, some instructions more than others. So only the difference in % between with and
# without agent says something, and that of a few % nothing. The tables also stand in out/kernels/bench-RELEASE.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly bench=$PWD/tests/NodeAgent.Benchmarks/bin/Release/net10.0/NodeAgent.Benchmarks
readonly cache=${KERNELS_CACHE:-$PWD/out/kernels}
export KERNELS_FULL_LIMIT=${KERNELS_FULL_LIMIT:-600} # seconds for a guest

reason=$(scripts/kernels.sh --check) || { echo "bench-kernels: $reason" >&2; exit 1; }
[[ $# -gt 0 ]] || set -- cost redis
read -r -d '' -a images <<<"${KERNELS_IMAGES:-$(scripts/kernels.sh --newest)}" || true

failed=0
for image in "${images[@]}"; do
	echo "== $image (emulated: read the differences in %, not the times)"
	scripts/kernels.sh --run "$image" -- "$bench" "$PWD/out/node-agent" "$PWD/out/bench/load" --emulated "$@" |
		tee "$cache/bench-${image#linux-image-}.txt" || failed=1
done
exit $failed
