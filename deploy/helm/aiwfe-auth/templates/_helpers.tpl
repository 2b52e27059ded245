{{- define "auth.name" -}}
{{ .Values.fullnameOverride | default (printf "%s" .Release.Name) | trunc 53 | trimSuffix "-" }}
{{- end }}

{{- define "auth.selector" -}}
app.kubernetes.io/name: aiwfe-auth
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "auth.labels" -}}
{{ include "auth.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "auth.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Seconds of SHUTDOWN_DELAY, which the schema wants as "10s". */}}
{{- define "auth.delay" -}}
{{ .Values.settings.SHUTDOWN_DELAY | default "5s" | trimSuffix "s" }}
{{- end }}

{{- define "auth.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "auth.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities: {drop: [ALL]}
{{- end }}

{{/* What server and migration are both given. */}}
{{- define "auth.env" -}}
{{- range $name, $value := .Values.settings }}
{{- if ne $value "" }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
- {name: LISTEN_ADDR, value: ":8080"}
- {name: DATA_DIR, value: /data}
{{- range .Values.secretKeys }}
- {name: {{ . }}_FILE, value: /run/secrets/aiwfe-auth/{{ . }}}
{{- end }}
{{- end }}

{{- define "auth.mounts" -}}
- {name: secrets, mountPath: /run/secrets/aiwfe-auth, readOnly: true}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "auth.volumes" -}}
- name: secrets
  secret:
    secretName: {{ .Values.existingSecret }}
    defaultMode: 0440
    items:
      {{- range .Values.secretKeys }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
- name: data
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim: {claimName: {{ .Values.persistence.existingClaim | default (include "auth.name" .) }}}
  {{- else }}
  emptyDir: {sizeLimit: 256Mi}
  {{- end }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end }}
