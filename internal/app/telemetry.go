package app

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/otlp"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// telemetry is what is sent to an OpenTelemetry collector; nil where none is set.
type telemetry struct {
	*otlp.Exporter
	system string // the database, as the conventions name it
	ids    secret.Value
}

// newTelemetry gives the log that is sent beside being written.
func newTelemetry(cfg *config.Config, log *slog.Logger, node string) (*telemetry, *slog.Logger, error) {
	if cfg.OTelDisabled {
		return nil, log, nil
	}
	e, err := otlp.New(otlp.Options{
		Endpoint: cfg.OTLPEndpoint, Traces: cfg.OTLPTraces, Logs: cfg.OTLPLogs, Headers: cfg.OTLPHeaders,
		Service: cfg.OTelService, Attributes: cfg.OTelAttributes, Version: version.String(), Instance: node,
		Sampler: cfg.OTelSampler, SamplerArg: cfg.OTelSamplerArg, Log: log,
	})
	if e == nil || err != nil {
		return nil, log, err
	}
	t := &telemetry{Exporter: e, system: "sqlite"}
	if cfg.Database.Engine == store.Postgres {
		t.system = "postgresql"
	}
	if cfg.OTelIDs {
		t.ids = secret.Derive(cfg.DataEncryptionKey, "telemetry")
	}
	if h, ok := log.Handler().(hasty); ok {
		h.Handler = e.Handler(h.Handler)
		log = slog.New(h)
	}
	return t, log, nil
}

// run sends until ctx ends.
func (t *telemetry) run(ctx context.Context) {
	if t != nil {
		t.Exporter.Run(ctx)
	}
}

// counts are what became of what was to be sent.
func (t *telemetry) counts() (list []monitor.Sent) {
	if t == nil {
		return nil
	}
	for _, one := range t.Exporter.Sent() {
		list = append(list, monitor.Sent(one))
	}
	return list
}

// spans gives what follows requests; nil where no traces are sent.
func (t *telemetry) spans() httpkit.Spans {
	if t == nil || !t.Traces() {
		return nil
	}
	return t
}

// Begin follows a request. Only a trusted proxy may say that it belongs to a
// trace: a stranger could else choose whose, and have everything sampled.
func (t *telemetry) Begin(r *http.Request, trusted bool, began time.Time) (*http.Request, string) {
	var remote otlp.Context
	if sent := r.Header["Traceparent"]; trusted && len(sent) == 1 {
		remote = otlp.ParseTraceparent(sent[0])
	}
	ctx, span := t.Start(r.Context(), r.Method, otlp.Server, began, remote)
	return r.WithContext(ctx), span.Context().TraceID()
}

// End sends what is known of the request: the route and never the path, since
// ids and what links prove stand in it.
func (t *telemetry) End(d httpkit.Done) {
	q := d.Request
	span := otlp.From(q.Context())
	method, route, routed := strings.Cut(d.Route, " ")
	if !routed {
		method, route = "_OTHER", d.Route
	}
	attrs := []otlp.Attr{
		otlp.String("http.request.method", method), otlp.Int("http.response.status_code", int64(d.Status)),
		otlp.String("aiwfe.request_id", q.ID),
	}
	span.Rename(method)
	if route != "" {
		span.Rename(method + " " + route)
		attrs = append(attrs, otlp.String("http.route", route))
	}
	if d.Code != "" {
		attrs = append(attrs, otlp.String("aiwfe.code", string(d.Code)), otlp.String("aiwfe.reason", d.Reason))
	}
	failed := ""
	if d.Status >= http.StatusInternalServerError {
		failed = http.StatusText(d.Status)
		attrs = append(attrs, otlp.String("error.type", string(d.Code)))
	}
	if user, session := q.Who(); user != "" && !t.ids.Empty() {
		attrs = append(attrs,
			otlp.String("enduser.id", t.id("user", user)), otlp.String("session.id", t.id("session", session)))
	}
	span.End(d.At, failed, attrs...)
}

// id is a hash that nobody can make who has not the key of this installation.
func (t *telemetry) id(kind, id string) string {
	sum := secret.Sum(t.ids, []byte(kind), []byte(id))
	return hex.EncodeToString(sum[:8])
}

// asked sends a question to the database that belongs to a request.
func (t *telemetry) asked(ctx context.Context, a store.Asked) {
	if otlp.From(ctx) != nil {
		otlp.Child(ctx, a.Step, otlp.Client, a.Began, time.Now(), failure(a.Err),
			otlp.String("db.system.name", t.system), otlp.String("db.query.summary", a.Step))
	}
}

// followed sends the hash of a password.
func (t *telemetry) followed(ctx context.Context, began time.Time) {
	otlp.Child(ctx, "password hash", otlp.Internal, began, time.Now(), "")
}

// mailed sends that a letter was sent; the request that wrote it is long over.
func (t *telemetry) mailed(began time.Time, err error) {
	if t == nil {
		return
	}
	_, span := t.Start(context.Background(), "send mail", otlp.Client, began, otlp.Context{})
	span.End(time.Now(), failure(err))
}

// failure is the public code of an error; "" for none.
func failure(err error) string {
	if err == nil {
		return ""
	}
	return string(fault.From(err).Code)
}
