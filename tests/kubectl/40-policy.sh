#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# a generated network policy is computed from the neighbourhood of its name, with known servers
. "$(dirname "$0")/lib.sh"

k apply -f - >/dev/null <<EOF
apiVersion: $group/v1beta1
kind: NetworkNeighborhood
metadata:
  name: deployment-client
  namespace: shop
  labels: {kubescape.io/workload-kind: Deployment, kubescape.io/workload-name: client}
  annotations: {kubescape.io/status: ready, kubescape.io/completion: complete}
spec:
  matchLabels: {app: client}
  containers:
  - name: main
    egress:
    - identifier: a
      type: external
      dns: github.com.
      ipAddress: 140.82.121.4
      ports: [{name: TCP-443, protocol: TCP, port: 443}]
EOF
policy() { k get -n shop generatednetworkpolicies deployment-client -o jsonpath="$1"; }
equal "the resolver is always allowed" "53 53" "$(policy '{.spec.spec.egress[0].ports[*].port}')"
equal "block of one address" "140.82.121.4/32" "$(policy '{.spec.spec.egress[1].to[0].ipBlock.cidr}')"
k apply -f - >/dev/null <<EOF
apiVersion: $group/v1beta1
kind: KnownServer
metadata: {name: github}
spec: [{name: github-workflows, server: github.com, ipBlock: 140.82.112.0/20}]
EOF
equal "block of the known server" "140.82.112.0/20" "$(policy '{.spec.spec.egress[1].to[0].ipBlock.cidr}')"
equal "where it comes from" "github.com" "$(policy '{.policyRef[0].server}')"
k delete ks github >/dev/null
k patch nn -n shop deployment-client --type=json -p '[{"op":"add","path":"/spec/containers/0/egress/-","value":{"type":"external","ipAddress":"140.82.121.5","ports":[{"protocol":"TCP","port":443}]}}]' >/dev/null
equal "addresses as they were seen" "140.82.121.4/32 140.82.121.5/32" "$(policy '{.spec.spec.egress[1].to[*].ipBlock.cidr}')"
k apply -f - >/dev/null <<EOF
apiVersion: $group/v1beta1
kind: CollapseConfiguration
metadata: {name: default}
spec: {networkIPGroupThreshold: 1, networkCIDRFloorBits: 24}
EOF
equal "addresses as one block, by configuration" "140.82.121.4/31" "$(policy '{.spec.spec.egress[1].to[*].ipBlock.cidr}')"
k delete collapseconfigurations default >/dev/null
k patch nn -n shop deployment-client --type=json -p '[{"op":"remove","path":"/spec/containers/0/egress/1"}]' >/dev/null
k apply -f - >/dev/null <<EOF
apiVersion: $group/v1beta1
kind: KnownServer
metadata: {name: github}
spec: [{name: github-workflows, server: github.com, ipBlock: 140.82.112.0/20}]
EOF
equal "pods" '{"app":"client"}' "$(policy '{.spec.spec.podSelector.matchLabels}')"
contains "list" "Deployment/client" "$(k get gnp -A)"
refuses "absent" "not found" k get gnp -n shop nope
refuses "read-only" "the server does not allow this method" k delete gnp -n shop deployment-client
k annotate --overwrite nn -n shop deployment-client kubescape.io/status=initializing >/dev/null
refuses "not ready" "is not ready" k get gnp -n shop deployment-client
equal "not listed" "" "$(k get gnp -A -o name)"
# The policy can be given to a cluster as it stands.
k annotate --overwrite nn -n shop deployment-client kubescape.io/status=completed >/dev/null
policy '{.spec}' >"$work/policy.json"
contains "kind" '"kind":"NetworkPolicy"' "$(cat "$work/policy.json")"
# A watch follows the neighbourhoods behind the policies.
kubectl --cache-dir "$work/cache" get gnp -n shop -w --output-watch-events \
	-o jsonpath='{.type}:{.object.metadata.name}:{.object.spec.spec.egress[1].ports[0].port}{"\n"}' >"$work/watch" 2>"$work/watch.err" &
watcher=$!
trap 'kill $watcher 2>/dev/null || true; rm -rf "$work"' EXIT
until_true "the policy is told" grep -q "ADDED:deployment-client:443" "$work/watch"
k patch nn -n shop deployment-client --type=json -p '[{"op":"replace","path":"/spec/containers/0/egress/0/ports/0/port","value":8443}]' >/dev/null
until_true "a change is told" grep -q "MODIFIED:deployment-client:8443" "$work/watch"
k annotate --overwrite nn -n shop deployment-client kubescape.io/status=initializing >/dev/null
until_true "a policy that is justified no more is gone" grep -q "DELETED:deployment-client" "$work/watch"
k annotate --overwrite nn -n shop deployment-client kubescape.io/status=completed >/dev/null
told() { test "$(grep -c "$2:deployment-client" "$work/watch")" -eq "$1"; }
until_true "and back" told 2 ADDED
k delete nn -n shop --all >/dev/null
until_true "a deletion is told" told 2 DELETED
kill $watcher
wait $watcher 2>/dev/null || true
k delete ks github >/dev/null
equal "cluster-scoped is gone" "" "$(k get knownservers -o name)"
