{{/* Variables of each component that are no secret, as a map. */}}

{{- define "cfd-broker.environment.service" -}}
LOG_LEVEL: {{ .Values.logLevel }}
INTERNAL_HOST: 0.0.0.0
INTERNAL_PORT: 9464
KAFKA_BROKERS: {{ join "," .Values.kafka.brokers }}
KAFKA_TLS: {{ .Values.kafka.tls }}
{{- with .Values.kafka.saslMechanism }}
KAFKA_SASL_MECHANISM: {{ . }}
{{- end }}
{{- with .Values.kafka.replication }}
KAFKA_REPLICATION: {{ . }}
{{- end }}
{{- with .Values.tracing.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "cfd-broker.environment.redis" -}}
{{- with .Values.redis.keyPrefix }}
REDIS_KEY_PREFIX: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "cfd-broker.environment.api-server" -}}
{{ include "cfd-broker.environment.service" . }}
{{- include "cfd-broker.environment.redis" . }}
HOST: 0.0.0.0
HTTP_PORT: 3001
WS_PORT: 8080
STOP_DELAY_MS: {{ mul .Values.apiServer.stopDelaySeconds 1000 }}
WEB_ORIGINS: {{ .Values.publicUrl | quote }}
{{- with .Values.apiServer.trustedProxies }}
TRUSTED_PROXIES: {{ join "," . | quote }}
{{- end }}
MAIL_FROM: {{ .Values.mail.from | quote }}
{{- end }}

{{- define "cfd-broker.environment.db-processor" -}}
{{ include "cfd-broker.environment.service" . }}
{{- end }}

{{- define "cfd-broker.environment.trading-engine" -}}
{{ include "cfd-broker.environment.service" . }}
{{- end }}

{{- define "cfd-broker.environment.poller" -}}
{{ include "cfd-broker.environment.service" . }}
{{- include "cfd-broker.environment.redis" . }}
PRICE_SOURCE: {{ .Values.poller.priceSource }}
{{- end }}

{{- define "cfd-broker.environment.web" -}}
HOST: 0.0.0.0
WEB_PORT: 3000
PROFILE: distributed
API_URL: {{ .Values.publicUrl | quote }}
API_INTERNAL_URL: http://{{ include "cfd-broker.fullname" . }}-api-server:3001
WS_URL: {{ .Values.publicUrl | replace "http" "ws" }}/ws
{{- end }}

{{/*
The variables of a container: those above, with the operator's own over them, and the secrets by reference.
Given: root, component, values, secrets.
*/}}
{{- define "cfd-broker.env" -}}
{{- $plain := dict }}
{{- if ne .component "migrate" }}
{{- $plain = include (printf "cfd-broker.environment.%s" .component) .root | fromYaml }}
{{- end }}
{{- if .root.Values.trustedCertificates.configMap }}
{{- $_ := set $plain "NODE_EXTRA_CA_CERTS" (printf "/etc/cfd-broker/certificates/%s" .root.Values.trustedCertificates.key) }}
{{- end }}
{{- range $name, $value := merge (.values.env | default dict) $plain }}
- name: {{ $name }}
  value: {{ include "cfd-broker.plain" $value | quote }}
{{- end }}
{{- $secrets := .secrets | default list }}
{{- if and .root.Values.kafka.saslMechanism (has .component (list "api-server" "db-processor" "trading-engine" "poller")) }}
{{- $secrets = concat $secrets (list "KAFKA_SASL_USERNAME" "KAFKA_SASL_PASSWORD") }}
{{- end }}
{{- $refs := .values.secretRefs | default dict }}
{{- range $name := concat $secrets (keys $refs | sortAlpha) | uniq }}
{{- $ref := get $refs $name | default (dict "name" $.values.existingSecret "key" $name) }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $ref.name | quote }}, key: {{ $ref.key | quote }} } }
{{- end }}
{{- end }}

{{/* Whole numbers come from YAML as floats, which print as 1e+06 from a million on. */}}
{{- define "cfd-broker.plain" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}
