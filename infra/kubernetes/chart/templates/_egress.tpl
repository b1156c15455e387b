{{/* Rules for what networkPolicies names. Given: root, names. */}}
{{- define "cfd-broker.egress" -}}
{{- range $name := .names }}
{{- $target := get $.root.Values.networkPolicies $name }}
- ports:
    {{- range $target.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- if eq $name "dns" }}
    - { port: {{ . }}, protocol: UDP }
    {{- end }}
    {{- end }}
  {{- with $target.to }}
  to: {{ toJson . }}
  {{- end }}
{{- end }}
{{- end }}
