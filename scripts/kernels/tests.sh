#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   tests.sh PROGRAM OUT short|full
#
# Runs the tests of PROGRAM (NodeAgent.Kernel.Tests) on the kernel that runs, in a guest or not: the matrix, and with "full" every
# kernel test once for each variant that fires. Results: OUT/matrix.tsv, OUT/matrix.xml, OUT/kernel-*.xml, OUT/release.
set -u

readonly program=$1 out=$2 mode=$3
failed=0

# variants_of ROUND: for each sensor its variant of that number, or its first; nothing when no sensor has that many.
variants_of() {
	awk -F '\t' -v round="$1" '$3 == "fires" {
			if (!($1 in count)) order[++sensors] = $1
			variant[$1, ++count[$1]] = $2
			if (count[$1] >= round) found = 1
		}
		END {
			for (i = 1; found && i <= sensors; i++) {
				sensor = order[i]
				printf "%s%s=%s", i > 1 ? "," : "", sensor, variant[sensor, count[sensor] >= round ? round : 1]
			}
		}' "$out/matrix.tsv"
}

uname -r >"$out/release"
KERNEL_MATRIX_FILE=$out/matrix.tsv "$program" -trait Level=Matrix -noLogo -noColor -xml "$out/matrix.xml" || failed=1

if [[ $mode == full ]]; then
	for ((round = 1; ; round++)); do
		variants=$(variants_of "$round")
		[[ -n $variants ]] || break
		echo "every kernel test with $variants"
		KERNEL_TEST_VARIANTS=$variants "$program" -trait- Level=Matrix -trait- Level=Integration -trait- Level=Verify -trait- Level=Flood \
			-noLogo -noColor -xml "$out/kernel-$round.xml" || failed=1
	done
fi
exit $failed
