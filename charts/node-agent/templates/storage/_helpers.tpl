{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "node-agent.storage.fullname" -}}
{{- printf "%s-storage" (include "node-agent.fullname" . | trunc 55 | trimSuffix "-") -}}
{{- end -}}

{{/* Another name than the agent's: the DaemonSet's selector, which cannot change, must not match these pods. */}}
{{- define "node-agent.storage.selectorLabels" -}}
app.kubernetes.io/name: {{ printf "%s-storage" (default .Chart.Name .Values.nameOverride | trunc 55 | trimSuffix "-") }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "node-agent.storage.labels" -}}
{{ include "node-agent.storage.selectorLabels" . }}
app.kubernetes.io/component: storage
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "node-agent.storage.serviceAccountName" -}}
{{- if .Values.storage.serviceAccount.create -}}
{{- default (include "node-agent.storage.fullname" .) .Values.storage.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.storage.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The name by which the API server verifies the certificate, and by which agents call. */}}
{{- define "node-agent.storage.host" -}}
{{- printf "%s.%s.svc" (include "node-agent.storage.fullname" .) .Release.Namespace -}}
{{- end -}}

{{/* Every name of the service, by comma. */}}
{{- define "node-agent.storage.dnsNames" -}}
{{- $name := include "node-agent.storage.fullname" . -}}
{{- $space := printf "%s.%s" $name .Release.Namespace -}}
{{- join "," (list $name $space (printf "%s.svc" $space) (printf "%s.svc.%s" $space .Values.storage.tls.clusterDomain)) -}}
{{- end -}}

{{- define "node-agent.storage.tlsSecret" -}}
{{- if eq .Values.storage.tls.source "secret" -}}
{{- .Values.storage.tls.secret.name -}}
{{- else -}}
{{- printf "%s-tls" (include "node-agent.storage.fullname" .) -}}
{{- end -}}
{{- end -}}

{{/*
What the storage serves behind the aggregation layer. An APIService for a group that it does not serve would be
unavailable for ever, and with it every namespace that is deleted: a test compares this with what the program serves.
Stored kinds take all verbs, computed ones are read; of kinds with a status (status), that is for programs to write.
*/}}
{{- define "node-agent.storage.groups" -}}
- group: hostdata.kubescape.cloud
  version: v1beta1
  cluster: [cloudproviderinfos, cniinfos, containerruntimeinfos, controlplaneinfos, diskencryptions, firmwarestatuses, hostfilepermissions, hostmounts, hostusers, kernelmodules, kernelversions, kubeletinfos, kubeproxyinfos, linuxkernelvariables, linuxsecurityhardeningstatuses, openportslists, osreleasefiles, packagesummaries, scheduledtasks, sshdsettings, sudorules, timesynchronisations]
  status: [cloudproviderinfos, cniinfos, containerruntimeinfos, controlplaneinfos, diskencryptions, firmwarestatuses, hostfilepermissions, hostmounts, hostusers, kernelmodules, kernelversions, kubeletinfos, kubeproxyinfos, linuxkernelvariables, linuxsecurityhardeningstatuses, openportslists, osreleasefiles, packagesummaries, scheduledtasks, sshdsettings, sudorules, timesynchronisations]
- group: node-agent.io
  version: v1alpha1
  namespaced: [profiledrifts]
- group: spdx.softwarecomposition.kubescape.io
  version: v1beta1
  namespaced:
    - applicationprofiles
    - containerprofiles
    - networkneighborhoods
    - openvulnerabilityexchangecontainers
    - sbomsyftfiltereds
    - sbomsyfts
    - seccompprofiles
    - vulnerabilitymanifests
    - vulnerabilitymanifestsummaries
    - workloadconfigurationscans
    - workloadconfigurationscansummaries
  computed: [configurationscansummaries, generatednetworkpolicies, vulnerabilitysummaries]
  cluster: [collapseconfigurations, knownservers]
  status: [sbomsyftfiltereds, sbomsyfts, seccompprofiles, vulnerabilitymanifests, vulnerabilitymanifestsummaries]
{{- end -}}

{{/* What agents ask of it, each with its reason; a test compares this with what the agent's code requests. */}}
{{- define "node-agent.storage.agentRules" -}}
# Tells what is new in profiles, removes those of workloads that are gone, follows those that people wrote.
- apiGroups: [spdx.softwarecomposition.kubescape.io]
  resources: [containerprofiles]
  verbs: [create, delete, get, list, watch]
# Follows what people add to learned profiles, and how far profiles are generalised.
- apiGroups: [spdx.softwarecomposition.kubescape.io]
  resources: [applicationprofiles, collapseconfigurations, networkneighborhoods]
  verbs: [get, list, watch]
# Names the files of images one by one in profiles.
- apiGroups: [spdx.softwarecomposition.kubescape.io]
  resources: [sbomsyfts]
  verbs: [get]
# Keeps what completed profiles would have to allow.
- apiGroups: [node-agent.io]
  resources: [profiledrifts]
  verbs: [create, delete, get, list, update]
# Tells what its node is, and writes the status of that.
- apiGroups: [hostdata.kubescape.cloud]
  resources: [cloudproviderinfos, cniinfos, containerruntimeinfos, controlplaneinfos, diskencryptions, firmwarestatuses, hostfilepermissions, hostmounts, hostusers, kernelmodules, kernelversions, kubeletinfos, kubeproxyinfos, linuxkernelvariables, linuxsecurityhardeningstatuses, openportslists, osreleasefiles, packagesummaries, scheduledtasks, sshdsettings, sudorules, timesynchronisations]
  verbs: [create, delete, get, update]
- apiGroups: [hostdata.kubescape.cloud]
  resources: [cloudproviderinfos/status, cniinfos/status, containerruntimeinfos/status, controlplaneinfos/status, diskencryptions/status, firmwarestatuses/status, hostfilepermissions/status, hostmounts/status, hostusers/status, kernelmodules/status, kernelversions/status, kubeletinfos/status, kubeproxyinfos/status, linuxkernelvariables/status, linuxsecurityhardeningstatuses/status, openportslists/status, osreleasefiles/status, packagesummaries/status, scheduledtasks/status, sshdsettings/status, sudorules/status, timesynchronisations/status]
  verbs: [update]
# Tells what the checks of its node came to.
- apiGroups: [spdx.softwarecomposition.kubescape.io]
  resources: [workloadconfigurationscans, workloadconfigurationscansummaries]
  verbs: [create, get, update]
{{- end -}}

{{/* Shape: postgres://user@host:5432/database?…, without the password. */}}
{{- define "node-agent.storage.database" -}}
{{- with .Values.storage.postgresql -}}
{{- $host := .host -}}
{{- if not (contains "," $host) -}}
{{- $host = printf "%s:%d" $host (int .port) -}}
{{- end -}}
{{- $query := list (printf "sslmode=%s" .tls.mode) -}}
{{- if .tls.ca.name -}}
{{- $query = append $query "sslrootcert=/etc/node-agent-storage/database-ca/ca.crt" -}}
{{- end -}}
{{- if .tls.clientSecret -}}
{{- $query = concat $query (list "sslcert=/etc/node-agent-storage/database-client/tls.crt" "sslkey=/etc/node-agent-storage/database-client/tls.key") -}}
{{- end -}}
postgres://{{ .user | urlquery | replace "+" "%20" }}@{{ $host }}/{{ .database | urlquery | replace "+" "%20" }}?{{ join "&" $query }}
{{- end -}}
{{- end -}}

{{/* The configuration file: the values without what is empty, and what only the chart can know. */}}
{{- define "node-agent.storage.config" -}}
{{- $postgresql := eq .Values.storage.engine "postgresql" -}}
{{- $config := dict -}}
{{- range $key, $value := .Values.storage.config -}}
{{- if $value -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config "dataDirectory" "/var/lib/node-agent-storage" -}}
{{- $_ := set $config "listen" (dict "address" (printf "%s:8443" .Values.storage.bindAddress)) -}}
{{- $_ := set $config "tls" (dict "certFile" "/etc/node-agent-storage/tls/tls.crt" "keyFile" "/etc/node-agent-storage/tls/tls.key") -}}
{{- $_ := set $config "access" (merge (dict "tokenAudience" (include "node-agent.storage.host" .)) (default dict $config.access)) -}}
{{- $database := dict -}}
{{- if $postgresql -}}
{{- $_ := set $database "address" (include "node-agent.storage.database" .) -}}
{{- if .Values.storage.postgresql.passwordSecret.name -}}
{{- $_ := set $database "passwordFile" "/etc/node-agent-storage/database-password/password" -}}
{{- end -}}
{{- else if .Values.storage.sqlite.backupFile -}}
{{- $_ := set $database "backupFile" .Values.storage.sqlite.backupFile -}}
{{- end -}}
{{- if $database -}}
{{- $_ := set $config "database" $database -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* What the values cannot be together; the schema holds each of them alone. */}}
{{- define "node-agent.storage.validate" -}}
{{- with .Values.storage -}}
{{- if eq .engine "postgresql" -}}
{{- if not .postgresql.host -}}
{{- fail "storage.postgresql.host is needed: storage.engine is postgresql" -}}
{{- end -}}
{{- if and (hasPrefix "verify-" .postgresql.tls.mode) (not .postgresql.tls.ca.name) -}}
{{- fail (printf "storage.postgresql.tls.ca.name is needed for storage.postgresql.tls.mode %s: the image knows no authority" .postgresql.tls.mode) -}}
{{- end -}}
{{- if not (or .postgresql.passwordSecret.name .postgresql.tls.clientSecret) -}}
{{- fail "storage.postgresql.passwordSecret.name or storage.postgresql.tls.clientSecret is needed: nobody is let into a database without either" -}}
{{- end -}}
{{- end -}}
{{- if eq .tls.source "secret" -}}
{{- if not (and .tls.secret.name .tls.secret.caBundle) -}}
{{- fail "storage.tls.secret.name and storage.tls.secret.caBundle are needed: storage.tls.source is secret, and the API server and the agents have to know whom to trust" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The credentials of the agents: no secret in it, what is secret is a token that the kubelet makes. */}}
{{- define "node-agent.storage.kubeconfig" -}}
{{- $server := eq .Values.storage.agents.via "apiServer" | ternary "https://kubernetes.default.svc" (printf "https://%s" (include "node-agent.storage.host" .)) -}}
apiVersion: v1
kind: Config
clusters:
  - name: storage
    cluster:
      server: {{ $server }}
      certificate-authority: ca.crt
users:
  - name: agent
    user:
      tokenFile: token
contexts:
  - name: storage
    context: { cluster: storage, user: agent }
current-context: storage
{{- end -}}
