package otlp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Options is what an exporter needs.
type Options struct {
	// Endpoint is the base address of the collector; Traces and Logs are whole
	// addresses that stand in place of those below it. A signal without an address
	// is not sent.
	Endpoint, Traces, Logs string
	// Headers are sent with each request: name=value, separated by commas.
	Headers secret.Value
	// Service is the name of the service, Attributes are further facts about it:
	// name=value, separated by commas.
	Service, Attributes string
	Version, Instance   string
	// Sampler is one of Samplers, and its argument.
	Sampler, SamplerArg string
	// Log is told of a collector that is away. It must not lead here.
	Log *slog.Logger
}

// Exporter sends spans and log records. One that is nil is off.
type Exporter struct {
	o            Options
	client       *http.Client
	headers      http.Header
	sampler      sampler
	spans, lines *queue // nil where the signal is not sent

	mu   sync.Mutex
	away map[string]bool
}

// New gives nil where no address is set.
func New(o Options) (*Exporter, error) {
	if o.Endpoint != "" {
		base := strings.TrimSuffix(o.Endpoint, "/")
		o.Traces, o.Logs = or(o.Traces, base+"/v1/traces"), or(o.Logs, base+"/v1/logs")
	}
	if o.Traces == "" && o.Logs == "" {
		return nil, nil
	}
	if o.Log == nil {
		return nil, errors.New("otlp: a log is needed")
	}
	e := &Exporter{o: o, headers: http.Header{}, away: map[string]bool{}}
	e.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	pairs, err := parsePairs("OTEL_EXPORTER_OTLP_HEADERS", string(o.Headers.Reveal()))
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		e.headers.Set(p.Key, p.s)
	}
	if e.sampler, err = newSampler(o.Sampler, o.SamplerArg); err != nil {
		return nil, err
	}
	resource, err := o.resource()
	if err != nil {
		return nil, err
	}
	if o.Traces != "" {
		e.spans = newQueue(envelope("resourceSpans", "scopeSpans", "spans", resource, o.Version))
	}
	if o.Logs != "" {
		e.lines = newQueue(envelope("resourceLogs", "scopeLogs", "logRecords", resource, o.Version))
	}
	return e, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Traces says whether spans are sent, Logs whether log records are.
func (e *Exporter) Traces() bool { return e != nil && e.spans != nil }
func (e *Exporter) Logs() bool   { return e != nil && e.lines != nil }

// lastTime is how long the end of the program waits for the collector.
const lastTime = 2 * time.Second

// Run sends until ctx ends, and then what is left.
func (e *Exporter) Run(ctx context.Context) {
	if e == nil {
		return
	}
	var all sync.WaitGroup
	for to, q := range map[string]*queue{e.o.Traces: e.spans, e.o.Logs: e.lines} {
		if q == nil {
			continue
		}
		send := func(ctx context.Context, body []byte) error { return e.post(ctx, to, body) }
		all.Go(func() {
			q.run(ctx, send)
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
			defer cancel()
			q.drain(last, send)
		})
	}
	all.Wait()
}

// Sent is what became of the items of one signal.
type Sent struct {
	Signal      string
	Taken, Lost int64
}

// Sent counts by signal; nothing where it is off.
func (e *Exporter) Sent() (list []Sent) {
	if e.Traces() {
		list = append(list, Sent{"traces", e.spans.sent.Load(), e.spans.lost.Load()})
	}
	if e.Logs() {
		list = append(list, Sent{"logs", e.lines.sent.Load(), e.lines.lost.Load()})
	}
	return list
}

// told writes one line when a collector ceases to take what it is sent.
func (e *Exporter) told(to string, err error) {
	e.mu.Lock()
	before := e.away[to]
	e.away[to] = true
	e.mu.Unlock()
	if !before {
		e.o.Log.Warn("telemetry cannot be sent; what finds no room is dropped until it can", "error", err)
	}
}

func (e *Exporter) well(to string) {
	e.mu.Lock()
	before := e.away[to]
	delete(e.away, to)
	e.mu.Unlock()
	if before {
		e.o.Log.Info("telemetry is sent again", "to", to)
	}
}
