{{/*
What differs between the services. Ports are those of their config schemas. health: the port and path that the probes ask;
stopSeconds: longer than every step of the service's shutdown at its bound of 10 s.
*/}}
{{- define "cfd-broker.components" -}}
api-server:
  values: {{ toJson .Values.apiServer }}
  ports: { http: 3001, ws: 8080, internal: 9464 }
  health: { port: internal, live: /healthz, ready: /readyz }
  stopSeconds: {{ add .Values.apiServer.stopDelaySeconds 80 }}
  secrets: [DATABASE_URL, REDIS_URL, SMTP_URL, JWT_SECRET, REFRESH_SECRET, OTP_SECRET, SEALING_PUBLIC_KEY]
  spread: ScheduleAnyway
db-processor:
  values: {{ toJson .Values.dbProcessor }}
  ports: { internal: 9464 }
  health: { port: internal, live: /healthz, ready: /readyz }
  stopSeconds: 60
  secrets: [DATABASE_URL, SEALING_PRIVATE_KEY]
  spread: ScheduleAnyway
trading-engine:
  values: {{ toJson .Values.tradingEngine }}
  ports: { internal: 9464 }
  health: { port: internal, live: /healthz, ready: /readyz }
  stopSeconds: 60
  secrets: [DATABASE_URL]
  # With both on one node, losing it would stop all trading until another has started.
  spread: DoNotSchedule
poller:
  values: {{ toJson .Values.poller }}
  ports: { internal: 9464 }
  health: { port: internal, live: /healthz, ready: /readyz }
  stopSeconds: 70
  secrets: [DATABASE_URL, REDIS_URL]
  # A standby on the node of the active one would be lost with it.
  spread: DoNotSchedule
web:
  values: {{ toJson .Values.web }}
  ports: { http: 3000 }
  # A file of its own that asks nobody else: pages are shown, and say so, also while the API is away.
  health: { port: http, live: /icon.svg, ready: /icon.svg }
  # It ends at once at SIGTERM, so the wait for the balancers comes before.
  preStopSeconds: 10
  stopSeconds: 30
  spread: ScheduleAnyway
{{- end }}
