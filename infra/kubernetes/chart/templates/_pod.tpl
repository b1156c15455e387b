{{/* What every pod has, the migration's too. Given: root, component, values. */}}
{{- define "cfd-broker.podSettings" -}}
serviceAccountName: {{ include "cfd-broker.fullname" .root }}-{{ .component }}
automountServiceAccountToken: false
# Otherwise Kubernetes adds variables of its own for every Service of the namespace.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .values.affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- end }}

{{/* What every container has. Given: root, component, values, secrets. */}}
{{- define "cfd-broker.containerSettings" -}}
image: {{ include "cfd-broker.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
env:
  {{- include "cfd-broker.env" . | trim | nindent 2 }}
resources: {{ toJson .values.resources }}
{{- if .root.Values.trustedCertificates.configMap }}
volumeMounts:
  - { name: certificates, mountPath: /etc/cfd-broker/certificates, readOnly: true }
{{- end }}
{{- end }}

{{- define "cfd-broker.volumes" -}}
{{- with .root.Values.trustedCertificates.configMap }}
volumes:
  - name: certificates
    configMap: { name: {{ . | quote }} }
{{- end }}
{{- end }}
