package otlp

import (
	"context"
	"log/slog"
	"strconv"
)

// Handler sends log records beside another handler, which decides what is
// written at all. Give a handler that is nil where the exporter sends no logs.
func (e *Exporter) Handler(beside slog.Handler) slog.Handler {
	if !e.Logs() {
		return beside
	}
	return &handler{Handler: beside, e: e}
}

type handler struct {
	slog.Handler
	e     *Exporter
	attrs []Attr
	group string
}

// Handle sends a copy.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	attrs := append(make([]Attr, 0, len(h.attrs)+r.NumAttrs()), h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		attrs = flatten(attrs, h.group, a)
		return true
	})
	h.e.lines.put(record(From(ctx).Context(), r, attrs))
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps them for each record.
func (h *handler) WithAttrs(list []slog.Attr) slog.Handler {
	c := *h
	c.Handler, c.attrs = h.Handler.WithAttrs(list), append([]Attr(nil), h.attrs...)
	for _, a := range list {
		c.attrs = flatten(c.attrs, h.group, a)
	}
	return &c
}

// WithGroup puts a name before those that follow.
func (h *handler) WithGroup(name string) slog.Handler {
	c := *h
	c.Handler, c.group = h.Handler.WithGroup(name), h.group+name+"."
	return &c
}

// personal are facts that name a person or a place; they stay in the log of the
// machine.
var personal = map[string]bool{
	"user_id": true, "session_id": true, "client_ip": true, "ip": true, "path": true, "address": true, "email": true,
	"to": true, "user": true, "device": true, "user_agent": true, "peer": true, "stack": true,
}

func flatten(list []Attr, group string, a slog.Attr) []Attr {
	v := a.Value.Resolve()
	if personal[a.Key] {
		return list
	}
	key := group + a.Key
	switch v.Kind() {
	case slog.KindGroup:
		for _, one := range v.Group() {
			list = flatten(list, key+".", one)
		}
		return list
	case slog.KindInt64:
		return append(list, Int(key, v.Int64()))
	case slog.KindFloat64:
		return append(list, Float(key, v.Float64()))
	case slog.KindBool:
		return append(list, Bool(key, v.Bool()))
	}
	return append(list, String(key, v.String()))
}

func record(c Context, r slog.Record, attrs []Attr) []byte {
	b := appendTime(append(make([]byte, 0, 512), '{'), "timeUnixNano", r.Time)
	b = appendTime(append(b, ','), "observedTimeUnixNano", r.Time)
	b = strconv.AppendInt(append(b, `,"severityNumber":`...), int64(severity(r.Level)), 10)
	b = appendText(append(b, `,"severityText":`...), r.Level.String())
	b = append(appendText(append(b, `,"body":{"stringValue":`...), clean(r.Message)), '}', ',')
	b = appendAttrs(b, attrs)
	if c.Valid() {
		b = appendHex(append(b, ','), "traceId", c.Trace[:])
		b = appendHex(append(b, ','), "spanId", c.Span[:])
	}
	return append(b, '}')
}

// severity is the number of the protocol: 5 is debug, 9 info, 13 warn, 17 error.
func severity(l slog.Level) int { return max(1, min(24, int(l)+9)) }
