#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# get -w and kubectl wait: each change arrives, in order, filtered by the selector
. "$(dirname "$0")/lib.sh"

profile web-1 nginx | k apply -f - >/dev/null
kubectl --cache-dir "$work/cache" get cp -n shop -w --output-watch-events -l kubescape.io/workload-name=nginx \
	-o jsonpath='{.type}:{.object.metadata.name}{"\n"}' >"$work/watch" 2>"$work/watch.err" &
watcher=$!
trap 'kill $watcher 2>/dev/null || true; rm -rf "$work"' EXIT
until_true "the first object is told" grep -q "ADDED:web-1" "$work/watch"
profile other postgres | k apply -f - >/dev/null
k label cp -n shop web-1 seen=yes >/dev/null
until_true "a change is told" grep -q "MODIFIED:web-1" "$work/watch"
k label --overwrite cp -n shop other kubescape.io/workload-name=nginx >/dev/null
until_true "an object that begins to match is told" grep -q "ADDED:other" "$work/watch"
k delete cp -n shop web-1 >/dev/null
until_true "a deletion is told" grep -q "DELETED:web-1" "$work/watch"
kill $watcher
wait $watcher 2>/dev/null || true
equal "order" "ADDED:web-1 MODIFIED:web-1 ADDED:other DELETED:web-1 " "$(tr '\n' ' ' <"$work/watch")"

kubectl --cache-dir "$work/cache" get cp -A -w >"$work/table" 2>&1 &
watcher=$!
until_true "table watch" grep -q "other" "$work/table"
profile late nginx | k apply -f - >/dev/null
until_true "a new row" grep -q "late" "$work/table"
kill $watcher
wait $watcher 2>/dev/null || true
equal "columns are told once" 1 "$(grep -c COMPLETION "$work/table")"

k wait --for=jsonpath='{.metadata.annotations.kubescape\.io/status}'=completed cp/late -n shop --timeout=10s >/dev/null
k wait --for=delete cp/late -n shop --timeout=10s >"$work/wait" 2>&1 &
waiter=$!
k delete cp -n shop late >/dev/null
wait $waiter || fail "wait --for=delete: $(cat "$work/wait")"
k delete cp -n shop --all >/dev/null
