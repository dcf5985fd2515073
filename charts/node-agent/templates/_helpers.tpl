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
{{- toYaml $config -}}
{{- end -}}

{{/* "true" unless config.hostScan.enabled is off and no file of the node is watched. */}}
{{- define "node-agent.readsHost" -}}
{{- $scan := .Values.config.hostScan | default dict -}}
{{- $integrity := .Values.config.integrity | default dict -}}
{{- if or (not (hasKey $scan "enabled")) $scan.enabled $integrity.paths $integrity.watches -}}true{{- end -}}
{{- end -}}
