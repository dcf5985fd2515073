#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Publishes the agent into out/app (framework-dependent, precompiled where the compiler can be restored) and puts
# the launcher beside it as out/node-agent.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case $(uname -m) in
x86_64) rid=linux-x64 ;;
aarch64) rid=linux-arm64 ;;
*) echo "publish: unsupported machine $(uname -m): x86_64 or aarch64 is needed" >&2; exit 1 ;;
esac

# An intermediate folder of its own: a build with a runtime identifier and one without must not share obj/.
publish() {
	dotnet publish src/NodeAgent -c Release -r "$rid" --self-contained false --artifacts-path out/publish \
		-o out/app.new -nologo -v quiet "$@"
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
sed "s|@DOTNET_ROOT@|$dotnet_root|" scripts/launcher.sh >out/node-agent.new
chmod 755 out/node-agent.new
mv out/node-agent.new out/node-agent
