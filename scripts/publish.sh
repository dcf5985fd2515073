#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Publishes the programs into out/app (framework-dependent, precompiled where the compiler can be restored) and puts
# their launchers beside it as out/node-agent and out/node-agent-storage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case $(uname -m) in
x86_64) rid=linux-x64 ;;
aarch64) rid=linux-arm64 ;;
*) echo "publish: unsupported machine $(uname -m): x86_64 or aarch64 is needed" >&2; exit 1 ;;
esac

# An intermediate folder of its own: a build with a runtime identifier and one without must not share obj/.
publish() {
	local project
	for project in NodeAgent NodeAgent.StorageHost; do
		dotnet publish "src/$project" -c Release -r "$rid" --self-contained false --artifacts-path out/publish \
			-o out/app.new -nologo -v quiet "$@" || return
	done
}

rm -rf out/app.new
if ! log=$(publish -p:PublishReadyToRun=true 2>&1); then
	# NU1101/NU1102: the precompiler's package is not to be had. The agent then compiles at start, which is slower.
	if [[ $log != *NU110[0-9]* || $log != *rossgen* ]]; then
		echo "$log" >&2
		exit 1
	fi
	echo "publish: no ReadyToRun compiler to restore; the agent will start slower" >&2
	rm -rf out/app.new
	publish
fi

rm -rf out/app
mv out/app.new out/app
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
for program in node-agent-storage node-agent; do
	sed "s|@DOTNET_ROOT@|$dotnet_root|; s|@PROGRAM@|$program|" scripts/launcher.sh >"out/$program.new"
	chmod 755 "out/$program.new"
	mv "out/$program.new" "out/$program"
done
