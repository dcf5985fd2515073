#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   scripts/kernels.sh --list              the kernel images that Debian serves here
#   scripts/kernels.sh --newest            of each series the newest of them
#   scripts/kernels.sh --check             silent when guests can run; else prints why not, exit code 1
#   scripts/kernels.sh --here              the matrix and the verifier's test on this kernel only
#   scripts/kernels.sh --short             the same on this kernel and on the newest image of each series
#   scripts/kernels.sh [IMAGE...]          this kernel and all images, or those; on the newest of each series also every kernel test,
#                                          once for each variant
#   ... --update                           also writes the matrix into bpf/README.md
#   scripts/kernels.sh --run IMAGE -- COMMAND...   one command in one guest, its output here
#
# Boots kernels in QEMU, which emulates: no KVM is needed. The guest sees this machine's files, read-only; so what runs in it is what
# was built here. Everything stays below out/kernels: downloads, unpacked images, and for each kernel a folder in results/ with log
# (of the tests), console (of the kernel), matrix.tsv, *.xml and, where there is no result, failure (the reason).
# Exit code 0 only when every kernel gave a result and no test failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# shellcheck disable=SC2034 # used in boot.sh
readonly repository=$PWD scripts=$PWD/scripts
readonly cache=${KERNELS_CACHE:-$PWD/out/kernels}
readonly results=$cache/results
readonly jobs=${KERNELS_JOBS:-2}           # guests at a time
# shellcheck disable=SC2034 # used in boot.sh
readonly guest_cpus=${KERNELS_CPUS:-2}
readonly short_limit=${KERNELS_LIMIT:-600} # seconds for a guest that runs the matrix
readonly full_limit=${KERNELS_FULL_LIMIT:-3600}
readonly program=$PWD/tests/NodeAgent.Kernel.Tests/bin/${CONFIGURATION:-Debug}/net10.0/NodeAgent.Kernel.Tests
# shellcheck disable=SC2034 # used in boot.sh
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
readonly dotnet_root

# shellcheck source=scripts/kernels/images.sh
. "$scripts/kernels/images.sh"
# shellcheck source=scripts/kernels/boot.sh
. "$scripts/kernels/boot.sh"
# shellcheck source=scripts/kernels/table.sh
. "$scripts/kernels/table.sh"

check() {
	local command
	if [[ $(uname -m) != x86_64 ]]; then
		echo "guests are x86-64 and this machine is not"
		return 1
	fi
	for command in qemu-system-x86_64 busybox depmod modprobe dpkg-deb apt-get; do
		command -v "$command" >/dev/null || { echo "$command is missing (make setup-test installs it)"; return 1; }
	done
	[[ -n $(list_images) ]] || { echo "apt lists no kernel image (apt-get update?) and none was downloaded before"; return 1; }
}

# one_kernel IMAGE MODE: prepares, boots, and says in a line how it went.
one_kernel() {
	local image=$1 mode=$2 out reason began=$SECONDS limit=$short_limit
	out=$results/$(release_of "$image")
	[[ $mode == full ]] && limit=$full_limit
	mkdir -p "$out"
	if ! reason=$(fetch_image "$image") || ! reason=$(unpack_image "$image" 2>&1); then
		rm -rf "$out"
		mkdir -p "$out"
		echo "image: $reason" >"$out/failure"
	else
		boot_guest "$image" "$out" "$limit" "$scripts/kernels/tests.sh" "$program" /run/out "$mode"
	fi
	report "$out" $((SECONDS - began))
}

this_kernel() {
	local began=$SECONDS out=$results/host
	rm -rf "$out"
	mkdir -p "$out"
	timeout -k 10 "$short_limit" "$scripts/kernels/tests.sh" "$program" "$out" short >"$out/log" 2>&1 </dev/null
	echo $? >"$out/rc"
	uname -r >"$out/release"
	report "$out" $((SECONDS - began))
}

report() { # OUT SECONDS
	if [[ -s $1/failure ]]; then
		echo "$(basename "$1"): no result after $2 s: $(cat "$1/failure")"
	elif [[ $(cat "$1/rc") != 0 ]]; then
		echo "$(basename "$1"): failed after $2 s: $1/log"
		grep -E -A 2 '\[FAIL\]' "$1/log" | sed 's/^/    /'
	else
		echo "$(basename "$1"): passed in $2 s"
	fi
}

# run_all MODE IMAGE...: this kernel and the images, some at a time.
run_all() {
	local mode=$1 image newest each
	shift
	newest=$(newest_images)
	rm -rf "$results"
	mkdir -p "$results"
	this_kernel
	for image in "$@"; do
		while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done
		each=short
		[[ $mode == full && $'\n'$newest$'\n' == *$'\n'$image$'\n'* ]] && each=full
		one_kernel "$image" "$each" &
	done
	wait
}

# complete IMAGE...: whether each came to the end of its tests, whatever they said.
complete() {
	local folder
	for folder in host "${@#linux-image-}"; do
		[[ -s $results/$folder/rc ]] || return 1
	done
}

# all_good IMAGE...: whether each gave a result without a failure.
all_good() {
	local folder
	for folder in host "${@#linux-image-}"; do
		[[ -s $results/$folder/rc && $(cat "$results/$folder/rc") == 0 ]] || return 1
	done
}

run_command() { # IMAGE COMMAND...
	local image=$1 out=$cache/run.$$
	shift
	fetch_image "$image" && unpack_image "$image" || exit 1
	boot_guest "$image" "$out" "$full_limit" "$@"
	cat "$out/log" "$out/failure" 2>/dev/null
	return "$(cat "$out/rc" 2>/dev/null || echo 255)"
}

main() {
	local mode=full update='' reason images=()
	while (($# > 0)); do
		case $1 in
		--list) list_images; return ;;
		--newest) newest_images; return ;;
		--check) check; return ;;
		--here) mode=here ;;
		--short) mode=short ;;
		--update) update=1 ;;
		--run) [[ $# -ge 4 && $3 == -- ]] || { sed -n '4,15s/^# \{0,1\}//p' "$0"; return 2; }; run_command "$2" "${@:4}"; return ;;
		-*) sed -n '4,15s/^# \{0,1\}//p' "$0" >&2; return 2 ;;
		*) images+=("$1") ;;
		esac
		shift
	done
	[[ $mode == here ]] || reason=$(check) || { echo "kernels: $reason" >&2; return 1; }
	[[ -x $program ]] || { echo "kernels: $program does not exist: was it built?" >&2; return 1; }
	case $mode:${#images[@]} in
	short:0) mapfile -t images < <(newest_images) ;;
	full:0) mapfile -t images < <(list_images) ;;
	esac
	run_all "$mode" "${images[@]}"
	echo
	print_matrix "$results"
	if [[ $update ]]; then
		complete "${images[@]}" || { echo "kernels: bpf/README.md stays as it is: a kernel gave no result" >&2; return 1; }
		write_matrix "$results" bpf/README.md || return 1
	fi
	all_good "${images[@]}"
}

main "$@"
