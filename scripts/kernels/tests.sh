#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   tests.sh PROGRAM OUT short|full
#
# Runs the tests of PROGRAM (NodeAgent.Kernel.Tests) on the kernel that runs, in a guest or not: the matrix, the verifier's test, and
# with "full" every kernel test, once for each variant that fires (the second time and later only those tests whose sensors have
# another variant). Results: OUT/matrix.tsv, OUT/matrix.xml, OUT/verify.xml, OUT/kernel-*.xml, OUT/release.
set -u

readonly program=$1 out=$2 mode=$3
failed=0

# variants_of ROUND: of each sensor that has so many the variant of that number; nothing when no sensor has.
variants_of() {
	awk -F '\t' -v round="$1" '$3 == "fires" && ++count[$1] == round { printf "%s%s=%s", found++ ? "," : "", $1, $2 }' "$out/matrix.tsv"
}

uname -r >"$out/release"
KERNEL_MATRIX_FILE=$out/matrix.tsv "$program" -trait Level=Matrix -noLogo -noColor -xml "$out/matrix.xml" || failed=1
"$program" -trait Level=Verify -noLogo -noColor -xml "$out/verify.xml" || failed=1
grep -q '<assembly [^>]* total="[1-9]' "$out/verify.xml" || { echo "no test of the verifier ran"; failed=1; }

if [[ $mode == full ]]; then
	for ((round = 1; ; round++)); do
		variants=$(variants_of "$round")
		[[ -n $variants ]] || break
		echo "kernel tests with $variants"
		KERNEL_TEST_VARIANTS=$variants KERNEL_TEST_ONLY_FORCED=$((round > 1)) "$program" -trait- Level=Matrix -trait- Level=Integration -trait- Level=Verify -trait- Level=Flood \
			-noLogo -noColor -xml "$out/kernel-$round.xml" || failed=1
	done
fi
exit $failed
