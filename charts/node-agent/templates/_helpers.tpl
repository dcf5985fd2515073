{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "node-agent.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "node-agent.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "node-agent.labels" -}}
{{ include "node-agent.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "node-agent.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "node-agent.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "node-agent.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* A volume's name has no dots, a Secret's may. */}}
{{- define "node-agent.alertSecretVolume" -}}
{{- printf "alert-%s" (sha256sum . | trunc 16) -}}
{{- end -}}

{{/* Whether a sink writes events, for which it needs a right. */}}
{{- define "node-agent.writesEvents" -}}
{{- range ((.Values.config.alerts).sinks) -}}
{{- if and (eq .type "kubernetesEvents") (not .url) -}}
yes
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The configuration file: the values without what is empty, and what only the chart can know. */}}
{{- define "node-agent.config" -}}
{{- $config := dict -}}
{{- range $key, $value := .Values.config -}}
{{- if $value -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config "dataDirectory" "/var/lib/node-agent" -}}
{{- $_ := set $config "operations" (dict "address" (printf "0.0.0.0:%d" (int .Values.operations.port))) -}}
{{- if .Values.admission.enabled -}}
{{- $_ := set $config "admission" (dict "address" (printf "0.0.0.0:%d" (int .Values.admission.port)) "certFile" "/etc/node-agent-admission/tls/tls.crt" "keyFile" "/etc/node-agent-admission/tls/tls.key") -}}
{{- if .Values.admission.clientCa.name -}}
{{- $_ := set $config.admission "clientCaFile" "/etc/node-agent-admission/clients/ca.crt" -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "node-agent.admission.fullname" -}}
{{- printf "%s-admission" (include "node-agent.fullname" . | trunc 53 | trimSuffix "-") -}}
{{- end -}}

{{/* Every name by which the API server may call it, by comma. */}}
{{- define "node-agent.admission.dnsNames" -}}
{{- $space := printf "%s.%s" (include "node-agent.admission.fullname" .) .Release.Namespace -}}
{{- join "," (list $space (printf "%s.svc" $space)) -}}
{{- end -}}

{{- define "node-agent.admission.tlsSecret" -}}
{{- if eq .Values.admission.tls.source "secret" -}}
{{- .Values.admission.tls.secret.name -}}
{{- else -}}
{{- printf "%s-tls" (include "node-agent.admission.fullname" .) -}}
{{- end -}}
{{- end -}}

{{/* What the values cannot be together; the schema holds each of them alone. */}}
{{- define "node-agent.admission.validate" -}}
{{- with .Values.admission -}}
{{- if and (eq .tls.source "secret") (not (and .tls.secret.name .tls.secret.caBundle)) -}}
{{- fail "admission.tls.secret.name and admission.tls.secret.caBundle are needed: admission.tls.source is secret, and the API server has to know whom to trust" -}}
{{- end -}}
{{- end -}}
{{- if eq (int .Values.admission.port) (int .Values.operations.port) -}}
{{- fail "admission.port and operations.port are the same" -}}
{{- end -}}
{{- end -}}

{{/* "true" unless config.hostScan.enabled is off and no file of the node is watched. */}}
{{- define "node-agent.readsHost" -}}
{{- $scan := .Values.config.hostScan | default dict -}}
{{- $integrity := .Values.config.integrity | default dict -}}
{{- if or (not (hasKey $scan "enabled")) $scan.enabled $integrity.paths $integrity.watches -}}true{{- end -}}
{{- end -}}
