{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/*
Certificates of the release's own servers. All of these take: root, name (of the server's objects), secret (its Secret's name), host (by which the
API server verifies it), names (all of its names, by comma), tls (the values), labels.

Made by the chart: an authority that signs one certificate and whose key is then forgotten, so that nothing else is ever
signed by it. An upgrade keeps what stands in the cluster (lookup). When two thirds of the time are over, or the names are
others, it makes both anew; the former authority stays in the bundle, since the pods go on with the former certificate
until the kubelet has written the new one, which the servers then read without a restart. What only renders
(helm template, and tools that apply its output) cannot look anything up and gets a new one each time: use certManager or
secret there.
*/}}

{{/* Shape: JSON with bundle, certificate, key and renewAt. Once for each rendering. */}}
{{- define "node-agent.certificate.make" -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $found := lookup "v1" "Secret" .root.Release.Namespace .secret -}}
{{- $data := default dict (($found).data) -}}
{{- $notes := default dict ((($found).metadata).annotations) -}}
{{- $known := and (index $data "tls.crt") (index $data "tls.key") (index $data "ca.crt") -}}
{{- $renewAt := index $notes "node-agent.io/renew-at" | default "0" | int64 -}}
{{- $keep := and $known (eq (index $notes "node-agent.io/dns-names" | default "") .names) (lt $now $renewAt) -}}
{{- if $keep -}}
{{- dict "bundle" (index $data "ca.crt" | b64dec) "certificate" (index $data "tls.crt" | b64dec) "key" (index $data "tls.key" | b64dec) "renewAt" ($renewAt | toString) | toJson -}}
{{- else -}}
{{- $days := int .tls.validityDays -}}
{{- $authority := genCAWithKey (printf "%s-ca-%d" .name $now) $days (genPrivateKey "ecdsa") -}}
{{- $pair := genSignedCertWithKey .host nil (printf "[%s]" .names | fromYamlArray) $days $authority (genPrivateKey "ecdsa") -}}
{{- $bundle := $authority.Cert -}}
{{- if $known -}}
{{- $first := regexFind "(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?" (index $data "ca.crt" | b64dec) -}}
{{- $bundle = printf "%s%s" $authority.Cert $first -}}
{{- end -}}
{{- dict "bundle" $bundle "certificate" $pair.Cert "key" $pair.Key "renewAt" (add $now (div (mul $days 86400 2) 3) | toString) | toJson -}}
{{- end -}}
{{- end -}}

{{/* Takes also: made. */}}
{{- define "node-agent.certificate.secret" -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .secret }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
  annotations:
    node-agent.io/dns-names: {{ .names | quote }}
    # Seconds since 1970; the first upgrade after it makes a new certificate.
    node-agent.io/renew-at: {{ .made.renewAt | quote }}
type: kubernetes.io/tls
data:
  ca.crt: {{ .made.bundle | b64enc }}
  tls.crt: {{ .made.certificate | b64enc }}
  tls.key: {{ .made.key | b64enc }}
{{- end -}}

{{/* The issuers where the values name none, and the certificate. */}}
{{- define "node-agent.certificate.certManager" -}}
{{- $name := .name -}}
{{- $tls := .tls -}}
{{- if not $tls.certManager.issuerRef.name -}}
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  name: {{ $name }}-selfsigned
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  selfSigned: {}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ $name }}-ca
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  isCA: true
  commonName: {{ $name }}-ca
  secretName: {{ $name }}-ca
  # Longer than any certificate that it signs.
  duration: 87600h
  privateKey:
    algorithm: ECDSA
    size: 256
  issuerRef:
    group: cert-manager.io
    kind: Issuer
    name: {{ $name }}-selfsigned
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  name: {{ $name }}-ca
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  ca:
    secretName: {{ $name }}-ca
---
{{ end -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  secretName: {{ .secret }}
  duration: {{ $tls.certManager.duration }}
  renewBefore: {{ $tls.certManager.renewBefore }}
  dnsNames:
    {{- splitList "," .names | toYaml | nindent 4 }}
  usages: [digital signature, key encipherment, server auth]
  privateKey:
    algorithm: ECDSA
    size: 256
    rotationPolicy: Always
  issuerRef:
    group: {{ $tls.certManager.issuerRef.group }}
    {{- if $tls.certManager.issuerRef.name }}
    kind: {{ $tls.certManager.issuerRef.kind }}
    name: {{ $tls.certManager.issuerRef.name }}
    {{- else }}
    kind: Issuer
    name: {{ $name }}-ca
    {{- end }}
{{- end -}}
