#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#   scripts/lint.sh check   formatting of C# and C, syntax of scripts; changes nothing
#   scripts/lint.sh fix     formats in place
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang_format=$(command -v clang-format-19 || command -v clang-format) ||
	{ echo "lint: clang-format is missing (make setup-test installs it)" >&2; exit 1; }
mapfile -d '' c_files < <(find bpf native tests demo src/NodeAgent.Rules/Library/traces -type f \( -name '*.c' -o -name '*.h' \) \
	-not -path '*/bin/*' -not -path '*/obj/*' -print0 2>/dev/null)
mapfile -d '' scripts < <(find scripts demo .ci src/NodeAgent.Rules/Library/traces -type f \( -name '*.sh' -o -path '.ci/run' \) -print0 2>/dev/null)

case ${1:-check} in
check)
	for script in "${scripts[@]}"; do bash -n "$script"; done
	# Files without a #! line are parts of a script, which shellcheck reads with it.
	mapfile -t programs < <(grep -l -m1 '^#!' "${scripts[@]}")
	if command -v shellcheck >/dev/null; then shellcheck -x "${programs[@]}"; fi
	((${#c_files[@]} == 0)) || "$clang_format" --dry-run -Werror "${c_files[@]}"
	dotnet format NodeAgent.sln --verify-no-changes --severity warn
	;;
fix)
	((${#c_files[@]} == 0)) || "$clang_format" -i "${c_files[@]}"
	dotnet format NodeAgent.sln --severity warn
	;;
*) echo "usage: scripts/lint.sh check|fix" >&2; exit 2 ;;
esac
