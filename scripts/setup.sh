#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that this machine can run the agent and installs the Debian packages that are missing.
#
#   scripts/setup.sh run           what building and running the agent needs
#   scripts/setup.sh test          the same, and what tests and the demo need; services are not started
#   scripts/setup.sh bench         what building needs, and the programs that are measured; their services are not started
#   scripts/setup.sh --list SET    print the packages of build, run, test or bench; check and change nothing
#
# Silent when nothing is missing. Each failing check is one line on stderr and exit code 1.
#
# SETUP_SYSROOT is put before the files that are read (/etc/os-release, /sys/kernel/btf/vmlinux): the tests of
# this script point it at a made-up tree. Everything else is found through PATH.
set -euo pipefail

readonly sysroot=${SETUP_SYSROOT:-}
readonly policy=$sysroot/usr/sbin/policy-rc.d # says whether services start, and which
readonly kernel_floor_major=5 kernel_floor_minor=8 # BPF_MAP_TYPE_RINGBUF and CAP_BPF came with 5.8
readonly sdk_major=10
readonly lock_wait_seconds=300

# libsqlite3-0 is loaded at run time; the rest makes the eBPF objects and the static shim.
readonly build_packages=(clang-19 llvm-19 libbpf-dev libelf-dev zlib1g-dev libsqlite3-0 libc6-dev linux-libc-dev make gcc)
readonly test_packages=(containerd podman runc busybox-static iproute2 bpftool jq util-linux umoci unzip clang-format-19 shellcheck
	libcap2-bin attr qemu-system-x86 kmod zstd xz-utils apparmor nftables postgresql-15 procps rpm db5.3-util curl
	rsyslog rsyslog-openssl prometheus-alertmanager
	cron dpkg-dev nginx-light wrk # workloads about which the rules must be quiet (scripts/benign.sh)
	openssh-server sudo # sshd -T and cvtsudoers, with which what the host scanner reads is compared
	libglib2.0-0 libivykis0 libjson-c5 libnet1 libpcre3 libwrap0 # of syslog-ng, which scripts/debian.sh unpacks: it cannot be installed beside rsyslog
	linux-libc-dev-arm64-cross linux-libc-dev-armhf-cross)
readonly bench_packages=(etcd-server nginx-light wrk postgresql-15 redis-server util-linux)

fail() { echo "setup: $*" >&2; exit 1; }
say() { echo "setup: $*" >&2; }

check_root() {
	[[ $(id -u) == 0 ]] || fail "root is needed: eBPF programs are loaded and packages installed (try: sudo make ...)"
}

check_distribution() {
	local ID="" VERSION_ID="" PRETTY_NAME="an unknown system"
	local file=$sysroot/etc/os-release
	# shellcheck disable=SC1090 # the file's shape is that of os-release(5)
	[[ -r $file ]] && . "$file"
	[[ $ID == debian && $VERSION_ID == 12 ]] ||
		say "warning: this is $PRETTY_NAME; only Debian 12 is tested"
}

check_kernel() {
	local release major minor
	release=$(uname -r)
	[[ $release =~ ^([0-9]+)\.([0-9]+) ]] || fail "kernel release '$release' is not understood"
	major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
	((major > kernel_floor_major || (major == kernel_floor_major && minor >= kernel_floor_minor))) ||
		fail "kernel $release is too old: $kernel_floor_major.$kernel_floor_minor or newer is needed (eBPF ring buffer)"
}

check_btf() {
	[[ -r $sysroot/sys/kernel/btf/vmlinux ]] ||
		fail "the kernel has no BTF (/sys/kernel/btf/vmlinux): a kernel built with CONFIG_DEBUG_INFO_BTF=y is needed"
}

check_dotnet() {
	command -v dotnet >/dev/null ||
		fail ".NET SDK $sdk_major is needed and 'dotnet' is not on the PATH: see https://dotnet.microsoft.com/download"
	local sdks
	sdks=$(dotnet --list-sdks 2>/dev/null || true)
	[[ $sdks =~ (^|$'\n')$sdk_major\. ]] && return
	local found=${sdks//$'\n'/, }
	fail ".NET SDK $sdk_major is needed; found: ${found:-only a runtime, no SDK}: see https://dotnet.microsoft.com/download"
}

# packages_of SET: one package a line.
packages_of() {
	case $1 in
	build | run) printf '%s\n' "${build_packages[@]}" ;;
	test)
		printf '%s\n' "${build_packages[@]}" "${test_packages[@]}"
		# kubectl comes with many machines from elsewhere; Debian's is taken only where there is none.
		command -v kubectl >/dev/null || echo kubernetes-client
		;;
	bench) printf '%s\n' "${build_packages[@]}" "${bench_packages[@]}" ;;
	*) fail "unknown package set '$1': build, run, test or bench" ;;
	esac
}

# missing_of PACKAGE...: those that dpkg does not have. One query: it is the only process that costs time.
missing_of() {
	local -A installed=()
	local name status package
	while read -r name status; do
		[[ $status == installed ]] && installed[$name]=1
	done < <(dpkg-query -W -f "\${Package} \${db:Status-Status}\n" "$@" 2>/dev/null)
	for package in "$@"; do
		[[ ${installed[$package]:-} ]] || echo "$package"
	done
}

# apt ARGUMENT...: apt-get that waits for whoever holds a lock. DPkg::Lock::Timeout covers dpkg's lock,
# the loop covers that of the package lists, for which apt has no option.
apt() {
	local output waited=0
	while ! output=$(DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=$lock_wait_seconds "$@" 2>&1 </dev/null); do
		if [[ $output != *"Could not get lock"* ]] || ((waited >= lock_wait_seconds)); then
			echo "$output" >&2
			return 1
		fi
		((waited == 0)) && say "waiting for another package installation to end"
		sleep 2
		waited=$((waited + 2))
	done
}

# without_services COMMAND...: Debian starts a service when it installs its package, unless this file says no.
without_services() {
	local status=0
	[[ -e $policy ]] && { "$@"; return; }
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
	"$@" || status=$?
	rm -f "$policy"
	trap - EXIT
	return $status
}

install_missing() {
	local missing
	mapfile -t missing < <(missing_of "$@")
	((${#missing[@]} == 0)) && return
	command -v apt-get >/dev/null || fail "packages are missing and there is no apt-get to install them: ${missing[*]}"
	say "installing ${#missing[@]} Debian packages: ${missing[*]}"
	apt update || fail "apt-get update failed (see above)"
	apt install -y --no-install-recommends "${missing[@]}" || fail "apt-get install failed (see above): ${missing[*]}"
	mapfile -t missing < <(missing_of "$@")
	((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}"
	say "done"
}

main() {
	if [[ ${1:-} == --list ]]; then
		packages_of "${2:-run}"
		return
	fi
	local packages set=${1:-run}
	[[ $set == run || $set == test || $set == bench ]] || fail "usage: scripts/setup.sh run|test|bench, or --list build|run|test|bench"
	check_root
	check_distribution
	check_kernel
	check_btf
	check_dotnet
	mapfile -t packages < <(packages_of "$set")
	if [[ $set != run ]]; then
		without_services install_missing "${packages[@]}"
	else
		install_missing "${packages[@]}"
	fi
}

main "$@"
