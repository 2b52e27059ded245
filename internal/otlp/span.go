package otlp

import (
	"context"
	"strconv"
	"time"
)

// Kind is what a span is to others.
type Kind int

// The kinds that we have, by the numbers of the protocol.
const (
	Internal Kind = 1
	Server   Kind = 2
	Client   Kind = 3
)

// Span is work that goes on. Its methods do nothing where it is nil.
type Span struct {
	e       *Exporter
	context Context
	parent  [8]byte
	name    string
	kind    Kind
	began   time.Time
}

type spanKey struct{}

// From gives the span that goes on; nil for none.
func From(ctx context.Context) *Span {
	s, _ := ctx.Value(spanKey{}).(*Span)
	return s
}

// Context names the span; zero where there is none.
func (s *Span) Context() Context {
	if s == nil {
		return Context{}
	}
	return s.context
}

// Start begins a span below remote, or a trace of its own where that is zero.
func (e *Exporter) Start(
	ctx context.Context, name string, kind Kind, began time.Time, remote Context,
) (context.Context, *Span) {
	if !e.Traces() {
		return ctx, nil
	}
	s := &Span{e: e, context: fresh(remote), parent: remote.Span, name: name, kind: kind, began: began}
	s.context.Sampled = e.sampler.samples(remote, s.context)
	return context.WithValue(ctx, spanKey{}, s), s
}

// Rename gives it the name that is known only later.
func (s *Span) Rename(name string) {
	if s != nil {
		s.name = name
	}
}

// End sends it. A text of what failed makes it a failure.
func (s *Span) End(at time.Time, failed string, attrs ...Attr) {
	if s == nil || !s.context.Sampled {
		return
	}
	s.e.spans.put(s.form(at, failed, attrs))
}

// Child sends a span that is over already, below the one that goes on; nothing
// where none does.
func Child(ctx context.Context, name string, kind Kind, began, at time.Time, failed string, attrs ...Attr) {
	up := From(ctx)
	if up == nil || !up.context.Sampled {
		return
	}
	s := &Span{e: up.e, context: fresh(up.context), parent: up.context.Span, name: name, kind: kind, began: began}
	s.context.Sampled = true
	s.End(at, failed, attrs...)
}

func (s *Span) form(at time.Time, failed string, attrs []Attr) []byte {
	b := appendHex(append(make([]byte, 0, 512), '{'), "traceId", s.context.Trace[:])
	b = appendHex(append(b, ','), "spanId", s.context.Span[:])
	if s.parent != [8]byte{} {
		b = appendHex(append(b, ','), "parentSpanId", s.parent[:])
	}
	b = appendText(append(b, `,"name":`...), s.name)
	b = strconv.AppendInt(append(b, `,"kind":`...), int64(s.kind), 10)
	b = appendTime(append(b, ','), "startTimeUnixNano", s.began)
	b = appendTime(append(b, ','), "endTimeUnixNano", at)
	b = appendAttrs(append(b, ','), attrs)
	if failed != "" {
		b = append(appendText(append(b, `,"status":{"code":2,"message":`...), clean(failed)), '}')
	}
	return append(b, '}')
}
