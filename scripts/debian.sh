#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints where a program of a Debian package is, fetching and unpacking the package into out/tools/debian when needed. For tests that need
# programs which cannot be installed beside others (two syslog daemons) or of whose package one program is used (promtool of prometheus).
#
#   scripts/debian.sh PACKAGE PATH      as in: scripts/debian.sh syslog-ng-core usr/sbin/syslog-ng
#
# What the package needs is not unpacked: scripts/setup.sh names those libraries. Exit code 69 (EX_UNAVAILABLE) and one line when it is not to be had.
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly repo tools=$repo/out/tools/debian

unavailable() { echo "debian: $*" >&2; exit 69; }

[[ $# == 2 ]] || unavailable "usage: scripts/debian.sh PACKAGE PATH"
readonly package=$1 path=$2 root=$tools/$1

fetch() {
	command -v apt-get >/dev/null || unavailable "there is no apt-get to fetch $package"
	command -v dpkg-deb >/dev/null || unavailable "there is no dpkg-deb to unpack $package"
	local work
	work=$(mktemp -d "$tools/fetch.XXXXXX")
	# shellcheck disable=SC2064 # the folder of now, not of later
	trap "rm -rf '$work'" EXIT
	(cd "$work" && apt-get -q download "$package" >log 2>&1 </dev/null) || { cat "$work/log" >&2; unavailable "apt-get cannot download $package"; }
	dpkg-deb -x "$work/$package"_*.deb "$work/root" || unavailable "$package cannot be unpacked"
	[[ -x $work/root/$path ]] || unavailable "$package has no $path"
	mv "$work/root" "$root" # last and atomic: half a fetch leaves no program
}

mkdir -p "$tools"
exec 9>"$tools/lock"
flock 9
[[ -x $root/$path ]] || fetch >&2
echo "$root/$path"
