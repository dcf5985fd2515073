#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# apply, create, replace, edit, patch, label, annotate, diff, delete, and what is refused
. "$(dirname "$0")/lib.sh"

profile web-1 nginx >"$work/cp.yaml"
contains "apply creates" "created" "$(k apply -f "$work/cp.yaml")"
contains "apply again" "unchanged" "$(k apply -f "$work/cp.yaml")"
sed -i 's/amd64/arm64/' "$work/cp.yaml"
if k diff -f "$work/cp.yaml" >"$work/diff" 2>&1; then fail "diff found nothing"; fi
contains "diff" "+  - arm64" "$(cat "$work/diff")"
contains "apply changes" "configured" "$(k apply -f "$work/cp.yaml")"
equal "generation" 2 "$(k get cp -n shop web-1 -o jsonpath='{.metadata.generation}')"
refuses "create again" "already exists" k create -f "$work/cp.yaml"

k label cp -n shop web-1 tier=front >/dev/null
equal "label" "front" "$(k get cp -n shop -l tier -o jsonpath='{.items[0].metadata.labels.tier}')"
refuses "label again" "already has a value" k label cp -n shop web-1 tier=back
k label cp -n shop web-1 tier- >/dev/null
equal "unlabel" "" "$(k get cp -n shop -l tier -o name)"
k annotate cp -n shop web-1 example.org/note="über ⋯" >/dev/null
equal "annotate" "über ⋯" "$(k get cp -n shop web-1 -o jsonpath='{.metadata.annotations.example\.org/note}')"
equal "metadata leaves the generation" 2 "$(k get cp -n shop web-1 -o jsonpath='{.metadata.generation}')"
refuses "bad label" "label" k label cp -n shop web-1 'tier=not a value'

k patch cp -n shop web-1 --type=merge -p '{"spec":{"syscalls":["read"]}}' >/dev/null
k patch cp -n shop web-1 --type=json -p '[{"op":"add","path":"/spec/syscalls/-","value":"write"}]' >/dev/null
equal "patches" '["read","write"]' "$(k get cp -n shop web-1 -o jsonpath='{.spec.syscalls}')"
k patch cp -n shop web-1 -p '{"metadata":{"labels":{"a":"b"}}}' >/dev/null
equal "default patch" "b" "$(k get cp -n shop web-1 -o jsonpath='{.metadata.labels.a}')"
refuses "failed test" "the server rejected our request" \
	k patch cp -n shop web-1 --type=json -p '[{"op":"test","path":"/spec/syscalls/0","value":"no"}]'

k get cp -n shop web-1 -o yaml >"$work/old.yaml"
k annotate cp -n shop web-1 changed=yes >/dev/null
refuses "replace with an old revision" "the object has been modified" k replace -f "$work/old.yaml"
k get cp -n shop web-1 -o yaml | sed 's/arm64/riscv64/' | k replace -f - >/dev/null
equal "replace" "riscv64" "$(k get cp -n shop web-1 -o jsonpath='{.spec.architectures[0]}')"
EDITOR="sed -i s/riscv64/s390x/" k edit cp -n shop web-1 >/dev/null
equal "edit" "s390x" "$(k get cp -n shop web-1 -o jsonpath='{.spec.architectures[0]}')"

refuses "unknown field" 'unknown field "spec.nonsense"' \
	sh -c "sed 's/^spec:/spec:\n  nonsense: 1/' '$work/cp.yaml' | kubectl --cache-dir '$work/cache' apply -f -"
refuses "wrong type" "expected array" \
	sh -c "sed 's/architectures: .*/architectures: arm64/' '$work/cp.yaml' | kubectl --cache-dir '$work/cache' apply -f -"
refuses "bad name" "RFC 1123" sh -c "sed 's/web-1/Web_1/' '$work/cp.yaml' | kubectl --cache-dir '$work/cache' create -f -"
contains "dry run" "created (server dry run)" "$(profile dry nginx | k create --dry-run=server -f -)"
refuses "dry run stores nothing" "not found" k get cp -n shop dry

k create -f - >/dev/null <<EOF
{"apiVersion":"$group/v1beta1","kind":"ContainerProfile","metadata":{"generateName":"gen-","namespace":"shop"},"spec":{}}
EOF
contains "generateName" "gen-" "$(k get cp -n shop -o name)"
contains "delete" "deleted" "$(k delete cp -n shop web-1)"
refuses "deleted" "not found" k get cp -n shop web-1
k delete cp -n shop --all >/dev/null
equal "all gone" "" "$(k get cp -A -o name)"
