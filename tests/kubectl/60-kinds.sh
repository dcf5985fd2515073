#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# the kinds of scanners, host data and rules; status; the metadata that every kind has
. "$(dirname "$0")/lib.sh"

contains "explain the managers of fields" "fieldsV1" "$(k explain applicationprofile.metadata.managedFields)"
contains "explain an owner" "blockOwnerDeletion" "$(k explain sbomsyft.metadata.ownerReferences)"
contains "explain a rule" "profileDataRequired" "$(k explain rules.spec.rules)"
contains "what is required" "-required-" "$(k explain rules.spec.rules)"
contains "explain a status" "lastSensed" "$(k explain kubeletinfo.status)"
contains "explain a foreign document" "syft" "$(k explain sbomsyft.spec)"
contains "host data" "cniinfos.hostdata.kubescape.cloud" "$(k api-resources --categories=hostdata -o name)"
contains "api versions" "kubescape.io/v1" "$(k api-versions)"

cat >"$work/rules.yaml" <<'EOF'
apiVersion: kubescape.io/v1
kind: Rules
metadata: {name: my-rules, namespace: kubescape}
spec:
  rules:
  - id: R9001
    name: "Shell started"
    enabled: true
    description: "shell"
    severity: 5
    profileDependency: 2
    supportPolicy: false
    isTriggerAlert: true
    mitreTactic: TA0002
    mitreTechnique: T1059
    tags: ["context:kubernetes", "exec"]
    profileDataRequired: {execs: all, opens: [{prefix: /etc}]}
    state: {includePrefixes: ["/bin"]}
    expressions:
      message: "'shell ' + event.comm"
      uniqueId: "event.comm"
      ruleExpression:
      - eventType: exec
        expression: "event.comm in ['sh']"
EOF
warned=$(k apply --server-side -f "$work/rules.yaml" 2>&1)
equal "applied without a warning" "rules.kubescape.io/my-rules serverside-applied" "$warned"
equal "again, client side" "rules.kubescape.io/my-rules configured" "$(k apply -f "$work/rules.yaml" 2>/dev/null)"
equal "free members stay" '{"execs":"all","opens":[{"prefix":"/etc"}]}' "$(k get rules -n kubescape my-rules -o jsonpath='{.spec.rules[0].profileDataRequired}')"
contains "columns" "my-rules   1" "$(k get rules -n kubescape)"
refuses "a rule without an id" "spec.rules[0].id: Required value" sh -c "grep -v 'id: R9001' '$work/rules.yaml' | sed 's/^    name: /  - name: /' | kubectl --cache-dir '$work/cache' apply -f -"

k patch rules -n kubescape my-rules --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Compiled","status":"True"}]}}' >/dev/null
equal "status" "Compiled" "$(k get rules -n kubescape my-rules --subresource=status -o jsonpath='{.status.conditions[0].type}')"
equal "generation" 1 "$(k get rules -n kubescape my-rules -o jsonpath='{.metadata.generation}')"
k wait -n kubescape rules/my-rules --for=condition=Compiled --timeout=10s >/dev/null
k patch rules -n kubescape my-rules --type=merge -p '{"status":null}' >/dev/null
equal "the object's address leaves the status" "Compiled" "$(k get rules -n kubescape my-rules -o jsonpath='{.status.conditions[0].type}')"

k create -f - >/dev/null <<'EOF'
apiVersion: kubescape.io/v1
kind: RuntimeRuleAlertBinding
metadata: {name: shells}
spec:
  namespaceSelector: {matchLabels: {team: a}}
  podSelector: {}
  rules:
  - {ruleID: R9001, severity: "high", parameters: {ignorePrefixes: ["/bin/busybox"], excludeProcesses: [{name: sh, path: /bin/sh}]}}
EOF
equal "parameters" "/bin/sh" "$(k get rab shells -o jsonpath='{.spec.rules[0].parameters.excludeProcesses[0].path}')"

k create -f - >/dev/null <<'EOF'
apiVersion: kubescape.io/v1
kind: RuleException
metadata: {name: backup}
spec: {ruleIds: [R0010], workload: {kind: CronJob, name: backup}, condition: 'event.comm == "tar"', expiresAt: "2030-01-31T00:00:00Z", reason: the nightly backup reads it}
EOF
k patch ruleexception backup --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Expired","status":"False"},{"type":"Compiled","status":"True"}]}}' >/dev/null
equal "columns of an exception" "backup 1 2030-01-31T00:00:00Z True False" "$(k get ruleexceptions --no-headers | awk '{print $1, $2, $3, $4, $5}')"
contains "explain an exception" "expiresAt" "$(k explain ruleexception.spec)"

k create -f - >/dev/null <<EOF
apiVersion: $group/v1beta1
kind: WorkloadConfigurationScanSummary
metadata: {name: web, namespace: shop}
spec: {severities: {critical: 2, high: 3, medium: 0, low: 0, unknown: 0}}
EOF
equal "a namespace's summary" "shop 2 3" "$(k get configurationscansummaries --no-headers | awk '{print $1, $2, $3}')"
contains "describe a summary" "WorkloadConfigurationScanSummary" "$(k describe configurationscansummary shop)"
refuses "computed kinds are not written" "not allow" k delete configurationscansummary shop

k delete rules,workloadconfigurationscansummaries --all -A >/dev/null
k delete rab/shells ruleexception/backup >/dev/null
equal "gone" "" "$(k get rules,rab,ruleexceptions,css -A -o name)"
