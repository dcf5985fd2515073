#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs built test programs and counts their results.
#
#   scripts/test.sh unit|verify|kernel|kernels|integration|chart|all
#
# A level is a choice of test programs (tests/*.Tests) and of the trait "Level":
#   unit         every program but Kernel and Chart; nothing that carries a Level
#   verify       Level=Verify: each eBPF program through this kernel's verifier
#   kernel       Kernel.Tests without a Level, one test at a time: they share the machine's hooks
#   kernels      Level=Matrix: every variant of every sensor, on this kernel and in guests with other kernels (scripts/kernels.sh);
#                there also Kernel.Tests of Level=Verify
#   integration  Level=Integration in every program
#   chart        Chart.Tests
#
# The last line is always "N passed, N failed, N skipped". A program that is missing, crashes, hangs or writes no
# results counts as one failed test, and so does a unit test program without tests. Exit code 1 when failed > 0.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly root=${TEST_ROOT:-tests} # where the programs' projects are; the tests of this script set it
readonly results=${TEST_RESULTS:-out/test-results}
readonly configuration=${CONFIGURATION:-Debug}
readonly kernels=${TEST_KERNELS:-scripts/kernels.sh} kernels_results=${KERNELS_CACHE:-out/kernels}/results
readonly program_timeout=${TEST_TIMEOUT:-2700} # seconds; a hung program must not hang CI, and the longest takes 1,200 where nothing else runs
readonly no_level=(-trait- Level=Verify -trait- Level=Integration -trait- Level=Matrix)

passed=0 failed=0 skipped=0
failures=() skips=()

program_of() { echo "$root/$1/bin/$configuration/net10.0/$1"; }
projects() { local d; for d in "$root"/*.Tests; do [[ -d $d ]] && basename "$d"; done; }
has_level() { grep -rqs --include='*.cs' -E "\"Level\", *\"$2\"" "$root/$1"; }

# start LEVEL PROJECT ARGUMENT...: runs one program, output and results into files, its exit code into a third.
start() {
	local level=$1 project=$2 base=$results/$1/$2 program
	shift 2
	program=$(program_of "$project")
	mkdir -p "$results/$level"
	rm -f "$base.xml" "$base.log" "$base.rc"
	if [[ ! -x $program ]]; then
		echo "$program does not exist: was it built?" >"$base.log"
		echo 127 >"$base.rc"
		return
	fi
	timeout -k 10 "$program_timeout" "$program" "$@" -noLogo -noColor -xml "$base.xml" >"$base.log" 2>&1 </dev/null
	echo $? >"$base.rc"
}

attribute() { # FILE NAME: the sum of that attribute over the <assembly> elements; fails when there is none
	grep -o '<assembly [^>]*>' "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ n += $1 } END { if (!NR) exit 1; print n + 0 }'
}

fail_program() { # LEVEL PROJECT REASON
	failed=$((failed + 1))
	failures+=("$1 $2: $3")
	sed 's/^/    /' "$results/$1/$2.log" | tail -40
}

# collect LEVEL PROJECT: adds the results of a program that has ended and prints one line for it.
collect() {
	local level=$1 project=$2 base=$results/$1/$2 rc p f s e
	rc=$(cat "$base.rc" 2>/dev/null || echo 255)
	if [[ $rc == 124 || $rc == 137 ]]; then
		echo "$level $project: did not end within $program_timeout s"
		fail_program "$level" "$project" "did not end within $program_timeout s"
		return
	fi
	if ! { grep -qs '</assemblies>' "$base.xml" && p=$(attribute "$base.xml" passed) && f=$(attribute "$base.xml" failed) &&
		s=$(attribute "$base.xml" skipped) && e=$(attribute "$base.xml" errors); }; then
		echo "$level $project: no results, exit code $rc"
		fail_program "$level" "$project" "no results, exit code $rc"
		return
	fi
	echo "$level $project: $p passed, $((f + e)) failed, $s skipped"
	passed=$((passed + p)) failed=$((failed + f + e)) skipped=$((skipped + s))
	if ((f + e > 0)); then
		mapfile -t -O "${#failures[@]}" failures < <(failed_tests "$base.log" "$level $project")
		sed 's/^/    /' "$base.log"
	elif ((rc != 0)); then
		fail_program "$level" "$project" "exit code $rc though every test passed"
	elif ((p + s == 0)) && [[ $level != integration && $level != verify ]]; then
		fail_program "$level" "$project" "has no tests"
	fi
	mapfile -t -O "${#skips[@]}" skips < <(skipped_tests "$base.log" "$project")
}

failed_tests() { # LOG PROGRAM: "program: test: what it says" lines, or one line when the log names none
	awk -v program="$2" '/ \[FAIL\]$/ { sub(/^ +/, ""); sub(/ \[FAIL\]$/, ""); name = $0; says = ""
			while (length(says) < 300 && (getline line) > 0 && line !~ /^ *(Stack Trace:|$)/) { sub(/^ +/, "", line); says = says " " line }
			print program ": " name ":" says; n++ }
		END { if (!n) print program ": failed, see its log" }' "$1"
}

skipped_tests() { # LOG PROJECT: "test: reason" lines
	awk -v project="$2" '/\[SKIP\]$/ { name = $1; getline reason; sub(/^ +/, "", reason); print project ": " name ": " reason }' "$1"
}

# run_level LEVEL JOBS PROJECT... -- ARGUMENT...
run_level() {
	local level=$1 jobs=$2 chosen=() project
	shift 2
	while [[ $1 != -- ]]; do chosen+=("$1"); shift; done
	shift
	if ((${#chosen[@]} == 0)); then
		echo "$level: no tests"
		failed=$((failed + 1))
		failures+=("$level: no tests")
		return
	fi
	for project in "${chosen[@]}"; do
		while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done
		start "$level" "$project" "$@" &
	done
	wait
	for project in "${chosen[@]}"; do collect "$level" "$project"; done
}

# run_kernels: the matrix here and in guests. A guest that cannot be had is skipped; one that breaks is a failure.
run_kernels() {
	local mode=--short reason folder name
	mkdir -p "$results/kernels"
	rm -f "$results/kernels"/*
	if ! reason=$("$kernels" --check 2>&1); then
		mode=--here
		skip_guest "other kernels" "$reason"
	fi
	rm -rf "$kernels_results" # nothing of a former run may count
	"$kernels" $mode >"$results/kernels.log" 2>&1 </dev/null
	for folder in "$kernels_results"/*/; do
		[[ -d $folder ]] || continue
		name=$(basename "$folder")
		if [[ $(cat "$folder/failure" 2>/dev/null) == image:* ]]; then
			skip_guest "$name" "$(cat "$folder/failure")"
			continue
		fi
		cat "$folder/matrix.xml" "$folder/verify.xml" >"$results/kernels/$name.xml" 2>/dev/null
		cat "$folder/log" "$folder/failure" >"$results/kernels/$name.log" 2>/dev/null
		cp "$folder/rc" "$results/kernels/$name.rc" 2>/dev/null
		collect kernels "$name"
	done
	if [[ -z $(find "$results/kernels" -name '*.log') ]]; then
		failed=$((failed + 1))
		failures+=("kernels: no results: $(tail -n 1 "$results/kernels.log")")
	fi
}

skip_guest() { # NAME REASON
	echo "kernels $1: skipped: $2"
	skipped=$((skipped + 1))
	skips+=("kernels: $1: $2")
}

with_level() { local p; for p in $(projects); do has_level "$p" "$1" && echo "$p"; done; }

run() {
	local cores chosen
	cores=$(nproc)
	case $1 in
	unit)
		mapfile -t chosen < <(projects | grep -vE '\.(Kernel|Chart)\.Tests$')
		run_level unit "$cores" "${chosen[@]}" -- "${no_level[@]}"
		;;
	verify)
		mapfile -t chosen < <(with_level Verify)
		run_level verify 1 "${chosen[@]}" -- -trait Level=Verify
		;;
	kernel) run_level kernel 1 NodeAgent.Kernel.Tests -- "${no_level[@]}" -parallel none ;;
	kernels) run_kernels ;;
	integration)
		mapfile -t chosen < <(with_level Integration | grep -v '\.Chart\.Tests$')
		run_level integration 1 "${chosen[@]}" -- -trait Level=Integration -parallel none
		;;
	chart) run_level chart 1 NodeAgent.Chart.Tests -- ;;
	*) echo "usage: scripts/test.sh unit|verify|kernel|kernels|integration|chart|all" >&2; exit 2 ;;
	esac
}

main() {
	local level levels=("${1:-all}")
	[[ ${levels[0]} == all ]] && levels=(unit verify kernel kernels integration chart)
	for level in "${levels[@]}"; do run "$level"; done
	if ((${#skips[@]} > 0)); then
		echo "skipped:"
		printf '  %s\n' "${skips[@]}"
	fi
	if ((${#failures[@]} > 0)); then
		echo "failed:"
		printf '  %s\n' "${failures[@]}"
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}

main "$@"
