#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts the program that stands in app/ beside this file, from any folder and through any link to this file.
# The program's own start-up looks for .NET in DOTNET_ROOT and in /usr/share/dotnet only; an SDK elsewhere is found
# here: the one on the PATH, else (sudo cuts the PATH) the one that built it.
self=$(readlink -f "$0")
if [ -z "$DOTNET_ROOT" ]; then
	if dotnet=$(command -v dotnet); then
		DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
	else
		DOTNET_ROOT='@DOTNET_ROOT@'
	fi
	export DOTNET_ROOT
fi
# Nobody debugs it: no pipe in /tmp by which a debugger could, no thread for it, no look for a tracer's libraries.
export DOTNET_EnableDiagnostics="${DOTNET_EnableDiagnostics:-0}" DOTNET_LTTng="${DOTNET_LTTng:-0}"
exec "${self%/*}/app/@PROGRAM@" "$@"
