#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# get in every output form, describe, explain, api-resources, namespaces
. "$(dirname "$0")/lib.sh"

contains "api-resources" "containerprofiles" "$(k api-resources --api-group=$group -o name)"
equal "empty list" "No resources found" "$(k get containerprofiles -A 2>&1)"
profile web-1 nginx | k apply -f - >/dev/null
profile db-1 postgres | k apply -f - >/dev/null

table=$(k get containerprofiles -A)
for column in NAMESPACE NAME WORKLOAD CONTAINER STATUS COMPLETION FINDINGS AGE; do contains "header" "$column" "$table"; done
contains "row" "Deployment/nginx" "$table"
equal "rows" 2 "$(k get cp -n shop --no-headers | wc -l)"
equal "short name" "containerprofile.$group/web-1" "$(k get cp -n shop web-1 -o name)"
contains "wide" "PARTIAL REASON" "$(k get cp -n shop -o wide)"
contains "yaml keeps its text" "/etc/nginx/⋯" "$(k get cp -n shop web-1 -o yaml)"
contains "json" '"kind": "ContainerProfile"' "$(k get cp -n shop web-1 -o json)"
equal "jsonpath" "/usr/sbin/nginx" "$(k get cp -n shop web-1 -o jsonpath='{.spec.execs[0].path}')"
equal "custom-columns" "web-1 nginx" "$(k get cp -n shop web-1 --no-headers \
	-o custom-columns='N:.metadata.name,W:.metadata.labels.kubescape\.io/workload-name' | tr -s ' ')"
equal "go-template" "db-1 web-1 " "$(k get cp -n shop -o go-template='{{range .items}}{{.metadata.name}} {{end}}')"
equal "sort-by" "web-1" "$(k get cp -n shop --sort-by=.spec.execs[0].path --no-headers | head -1 | cut -d' ' -f1)"
equal "chunks" "db-1 web-1" "$(k get cp -n shop --chunk-size=1 -o jsonpath='{.items[*].metadata.name}')"
equal "label selector" "web-1" "$(k get cp -A -l kubescape.io/workload-name=nginx -o jsonpath='{.items[*].metadata.name}')"
equal "set selector" "db-1 web-1" "$(k get cp -A -l 'kubescape.io/workload-name in (nginx, postgres)' -o jsonpath='{.items[*].metadata.name}')"
equal "field selector" "db-1" "$(k get cp -A --field-selector metadata.name=db-1 -o jsonpath='{.items[*].metadata.name}')"
contains "label column" "nginx" "$(k get cp -n shop web-1 -L kubescape.io/workload-name)"
described=$(k describe cp -n shop web-1)
contains "describe" "/usr/sbin/nginx" "$described"
contains "describe" "kubescape.io/status: completed" "$described"
contains "explain" "argsRequired" "$(k explain containerprofiles.spec.execs)"
contains "namespaces" "shop" "$(k get ns -o name)"
refuses "absent object" 'containerprofiles.'$group' "nope" not found' k get cp -n shop nope
refuses "absent kind" "the server doesn't have a resource type" k get nonsense
refuses "field selector" "field label not supported: spec.x" k get cp -A --field-selector spec.x=1
equal "raw" "ok" "$(k get --raw /readyz)"
contains "version" "node-agent" "$(k version)"
k delete cp -n shop --all >/dev/null
equal "all gone" "" "$(k get cp -A -o name)"
