{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* The pod template of both engines. */}}
{{- define "node-agent.storage.pod" -}}
{{- $name := include "node-agent.storage.fullname" . -}}
{{- $postgresql := eq .Values.storage.engine "postgresql" -}}
{{- $storage := .Values.storage -}}
metadata:
  labels:
    {{- include "node-agent.storage.labels" . | nindent 4 }}
    {{- with $storage.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A changed configuration replaces the pods; a changed certificate or password need not, they are read again.
    checksum/config: {{ include "node-agent.storage.config" . | sha256sum }}
    {{- with $storage.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "node-agent.storage.serviceAccountName" . }}
  # It asks the API server who callers are and what they may.
  automountServiceAccountToken: true
  # Variables that are named after services would look like settings.
  enableServiceLinks: false
  # Longer than stopTimeout and the pause before it.
  terminationGracePeriodSeconds: 30
  {{- with $storage.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $storage.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  nodeSelector:
    kubernetes.io/os: linux
    {{- with $storage.nodeSelector }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $storage.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if $postgresql }}
  # Replicas apart, where there is room: what takes one node or zone away leaves the API.
  topologySpreadConstraints:
    {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "node-agent.storage.selectorLabels" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    # Volumes and secrets are its group's.
    fsGroup: 65532
    # Not file by file at each start: the keys in the data directory are their owner's alone.
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: storage
      image: {{ include "node-agent.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [/app/node-agent-storage]
      args: [run, --config, /etc/node-agent-storage/config/config.yaml]
      env:
        # The runtime's debugging socket: nobody to debug here has a shell.
        - name: DOTNET_EnableDiagnostics
          value: "0"
      ports:
        - name: https
          containerPort: 8443
          protocol: TCP
      # Before it listens it reads the whole database, or brings its schema up to date.
      startupProbe:
        httpGet: { path: /livez, port: https, scheme: HTTPS }
        periodSeconds: 2
        failureThreshold: 300
      livenessProbe:
        httpGet: { path: /livez, port: https, scheme: HTTPS }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      # A database that takes no writes still answers reads. Without endpoints the API would be unavailable, which holds up
      # the deletion of every namespace of the cluster.
      readinessProbe:
        httpGet: { path: "/readyz?exclude=database-write", port: https, scheme: HTTPS }
        periodSeconds: 5
        timeoutSeconds: 5
      {{- if and $postgresql (semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version) }}
      lifecycle:
        preStop:
          # Until nobody sends requests here any more; the other replicas serve meanwhile.
          sleep: { seconds: 5 }
      {{- end }}
      resources:
        {{- toYaml $storage.resources | nindent 8 }}
      securityContext:
        privileged: false
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - { name: config, mountPath: /etc/node-agent-storage/config, readOnly: true }
        - { name: tls, mountPath: /etc/node-agent-storage/tls, readOnly: true }
        - { name: data, mountPath: /var/lib/node-agent-storage }
        # Sorting and backups of the database.
        - { name: tmp, mountPath: /tmp }
        {{- if $postgresql }}
        {{- with $storage.postgresql.passwordSecret.name }}
        - { name: database-password, mountPath: /etc/node-agent-storage/database-password, readOnly: true }
        {{- end }}
        {{- with $storage.postgresql.tls.ca.name }}
        - { name: database-ca, mountPath: /etc/node-agent-storage/database-ca, readOnly: true }
        {{- end }}
        {{- with $storage.postgresql.tls.clientSecret }}
        - { name: database-client, mountPath: /etc/node-agent-storage/database-client, readOnly: true }
        {{- end }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ $name }}
    - name: tls
      secret:
        secretName: {{ include "node-agent.storage.tlsSecret" . }}
        defaultMode: 0440
        items:
          - { key: tls.crt, path: tls.crt }
          - { key: tls.key, path: tls.key }
    - name: data
      {{- if $postgresql }}
      # Nothing that has to last: the objects are in PostgreSQL.
      emptyDir: { sizeLimit: 16Mi }
      {{- else }}
      persistentVolumeClaim:
        claimName: {{ default $name $storage.sqlite.existingClaim }}
      {{- end }}
    - name: tmp
      emptyDir: { sizeLimit: {{ $storage.tmpSize }} }
    {{- if $postgresql }}
    {{- with $storage.postgresql.passwordSecret }}
    {{- if .name }}
    - name: database-password
      secret:
        secretName: {{ .name }}
        defaultMode: 0440
        items:
          - { key: {{ .key | quote }}, path: password }
    {{- end }}
    {{- end }}
    {{- with $storage.postgresql.tls.ca }}
    {{- if .name }}
    - name: database-ca
      {{- if eq .kind "Secret" }}
      secret:
        secretName: {{ .name }}
      {{- else }}
      configMap:
        name: {{ .name }}
      {{- end }}
        items:
          - { key: {{ .key | quote }}, path: ca.crt }
    {{- end }}
    {{- end }}
    {{- with $storage.postgresql.tls.clientSecret }}
    - name: database-client
      secret:
        secretName: {{ . }}
        defaultMode: 0440
        items:
          - { key: tls.crt, path: tls.crt }
          - { key: tls.key, path: tls.key }
    {{- end }}
    {{- end }}
{{- end -}}
