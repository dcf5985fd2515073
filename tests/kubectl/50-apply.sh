#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# server-side apply: twice, by two managers, with conflicts; diff; and apply as kubectl does it by itself
. "$(dirname "$0")/lib.sh"

cat >"$work/one.yaml" <<EOF
apiVersion: $group/v1beta1
kind: ContainerProfile
metadata:
  name: applied
  namespace: shop
  labels: {team: red, tier: web}
spec:
  architectures: [amd64]
EOF
sed 's/team: red, tier: web/team: blue/; /^spec:/,$d' "$work/one.yaml" >"$work/two.yaml"
managers() { k get cp -n shop applied --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}/{.operation} {end}'; }
version() { k get cp -n shop applied -o jsonpath='{.metadata.resourceVersion}'; }

contains "server-side apply" "serverside-applied" "$(k apply --server-side -f "$work/one.yaml")"
before=$(version)
contains "again" "serverside-applied" "$(k apply --server-side -f "$work/one.yaml")"
equal "the same again changes nothing" "$before" "$(version)"
equal "manager" "kubectl/Apply " "$(managers)"
equal "no difference" "" "$(k diff --server-side -f "$work/one.yaml")"

refuses "another manager" 'conflict with "kubectl": .metadata.labels.team' k apply --server-side --field-manager second -f "$work/two.yaml"
k apply --server-side --field-manager second --force-conflicts -f "$work/two.yaml" >/dev/null
equal "forced" "blue web" "$(k get cp -n shop applied -o jsonpath='{.metadata.labels.team} {.metadata.labels.tier}')"
contains "both manage" "second/Apply" "$(managers)"
refuses "and back" 'conflict with "second": .metadata.labels.team' k apply --server-side -f "$work/one.yaml"

sed -i 's/team: red, tier: web/tier: web/; s/amd64/arm64/' "$work/one.yaml"
if k diff --server-side -f "$work/one.yaml" >"$work/diff"; then fail "diff finds nothing"; fi
contains "diff" "arm64" "$(cat "$work/diff")"
equal "diff stores nothing" "amd64" "$(k get cp -n shop applied -o jsonpath='{.spec.architectures[0]}')"
k apply --server-side -f "$work/one.yaml" >/dev/null
equal "a list is replaced" '["arm64"]' "$(k get cp -n shop applied -o jsonpath='{.spec.architectures}')"
sed -i 's/labels: {tier: web}/labels: {}/' "$work/one.yaml"
k apply --server-side -f "$work/one.yaml" >/dev/null
equal "a label that is applied no more goes, another's stays" '{"team":"blue"}' "$(k get cp -n shop applied -o jsonpath='{.metadata.labels}')"
k delete cp -n shop applied >/dev/null

# As kubectl does it by itself, then server-side: it hands its fields over.
profile own nginx >"$work/own.yaml"
k apply -f "$work/own.yaml" >/dev/null
equal "client side" "kubectl-client-side-apply/Update " "$(k get cp -n shop own --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}/{.operation} {end}')"
sed -i 's/daemon off;/daemon on;/' "$work/own.yaml"
k apply -f "$work/own.yaml" >/dev/null
contains "changed client side" "daemon on;" "$(k get cp -n shop own -o jsonpath='{.spec.execs[0].args}')"
k apply --server-side -f "$work/own.yaml" >/dev/null
# kubectl keeps its annotation up to date as a manager of its own. They stand by time, and the second may change between the two.
equal "handed over" "kubectl-last-applied/Apply kubectl/Apply" \
	"$(k get cp -n shop own --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}/{.operation}{"\n"}{end}' | LC_ALL=C sort | paste -sd ' ')"
k label cp -n shop own extra=yes >/dev/null
contains "label" "kubectl-label/Update" "$(k get cp -n shop own --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}/{.operation} {end}')"
k delete cp -n shop own >/dev/null
