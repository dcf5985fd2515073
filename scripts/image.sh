#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the container image's content and, without any daemon, the image.
#
#   scripts/image.sh NAME:TAG         writes the OCI layout out/image with that tag, by umoci
#   scripts/image.sh --rootfs DIR     writes only the content; the Dockerfile does this
#
# The content is the programs as scripts/publish.sh made them, the .NET runtime that they were built beside, the shared
# libraries that both load and nothing else: no SDK, no debugger's parts, no shell, no package manager.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) echo "image: unsupported machine $(uname -m)" >&2; exit 1 ;;
esac
readonly architecture
# Loaded by name at run time, so that ldd does not see them: TLS, the store, libbpf's ELF reader.
readonly loaded_by_name=(libssl.so.3 libcrypto.so.3 libsqlite3.so.0 libelf.so.1 libz.so.1)

# What only a debugger, a tracer or another garbage collector needs.
readonly without=(createdump libmscordaccore.so libmscordbi.so libcoreclrtraceptprovider.so libclrgc.so libclrgcexp.so)

programs() { # DIR
	[[ -x out/app/node-agent ]] || { echo "image: out/app is missing (make build makes it)" >&2; return 1; }
	cp -r out/app/. "$1"
	find "$1" \( -name '*.pdb' -o -name '*.xml' \) -delete
}

# runtime DIR: puts the frameworks, in the version that the programs start with on this machine, where a program looks for them.
runtime() {
	local channel framework version folder file
	channel=$(sed -n 's/.*"tfm": "net\([0-9.]*\)".*/\1/p' out/app/node-agent.runtimeconfig.json)
	for framework in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
		read -r version folder < <(dotnet --list-runtimes | sed -n "s|^$framework \($channel\.[^ ]*\) \[\(.*\)\]$|\1 \2|p" | sort -V | tail -n 1) ||
			{ echo "image: $framework $channel is missing beside the SDK" >&2; return 1; }
		mkdir -p "$1/shared/$framework"
		cp -r "$folder/$version" "$1/shared/$framework/"
	done
	for file in "${without[@]}"; do rm -f "$1"/shared/*/*/"$file"; done
	version=$(find "$folder/../../host/fxr" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)
	mkdir -p "$1/host/fxr/$version"
	cp "$folder/../../host/fxr/$version/libhostfxr.so" "$1/host/fxr/$version/"
}

library() { # NAME: its path, as the dynamic linker finds it
	ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }'
}

# libraries FILE...: every shared library that the files need, directly or not, the linker itself included.
libraries() {
	local name path roots=("$@")
	for name in "${loaded_by_name[@]}"; do
		path=$(library "$name")
		[[ -n $path ]] || { echo "image: $name is missing (make setup installs it)" >&2; return 1; }
		roots+=("$path")
		echo "$path"
	done
	ldd "${roots[@]}" | grep -o '/[^ ]*' | grep -v ':$' | sort -u
}

make_rootfs() { # DIR
	local root=$1 path list
	rm -rf "$root"
	mkdir -p "$root"/{app,etc,dev,proc,sys,tmp,var/lib/node-agent}
	programs "$root/app"
	runtime "$root/usr/share/dotnet"
	list=$(find "$root/app" "$root/usr" -type f \( -name '*.so' -o -name node-agent -o -name node-agent-storage \))
	mapfile -t list <<<"$list"
	libraries "${list[@]}" | sort -u >"$root.libraries"
	while read -r path; do
		mkdir -p "$root$(dirname "$path")"
		cp -L "$path" "$root$path"
	done <"$root.libraries"
	rm "$root.libraries"
	echo 'root:x:0:0:root:/:/nonexistent' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
}

make_image() { # NAME:TAG
	local tag=${1##*:} image=out/image
	rm -rf "$image"
	umoci init --layout "$image"
	umoci new --image "$image:$tag"
	umoci insert --image "$image:$tag" out/rootfs /
	umoci config --image "$image:$tag" --os linux --architecture "$architecture" \
		--config.entrypoint /app/node-agent --config.cmd run \
		--config.env PATH=/app --config.env DOTNET_EnableDiagnostics=0 --config.env DOTNET_LTTng=0 --config.workingdir / \
		--config.label org.opencontainers.image.title=node-agent \
		--config.label org.opencontainers.image.licenses=Apache-2.0
	umoci gc --layout "$image"
	echo "$image:$tag, $(du -sm out/rootfs | cut -f1) MiB unpacked"
}

if [[ ${1:-} == --rootfs ]]; then
	make_rootfs "${2:?usage: scripts/image.sh --rootfs DIR}"
else
	command -v umoci >/dev/null || { echo "image: umoci is missing (make setup-test installs it)" >&2; exit 1; }
	mkdir -p out
	make_rootfs out/rootfs
	make_image "${1:-node-agent:dev}"
fi
