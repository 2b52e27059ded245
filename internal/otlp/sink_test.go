package otlp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// The forms of the protocol (opentelemetry-proto 1.x in JSON), with no member
// that it does not have.
type (
	traces struct {
		ResourceSpans []struct {
			Resource   resource
			ScopeSpans []struct {
				Scope scope
				Spans []span
			}
		}
	}
	logs struct {
		ResourceLogs []struct {
			Resource  resource
			ScopeLogs []struct {
				Scope      scope
				LogRecords []logRecord
			}
		}
	}
	resource struct{ Attributes []keyValue }
	scope    struct{ Name, Version string }
	span     struct {
		TraceID, SpanID, ParentSpanID      string
		Name                               string
		Kind                               int
		StartTimeUnixNano, EndTimeUnixNano string
		Attributes                         []keyValue
		Status                             *struct {
			Code    int
			Message string
		}
	}
	logRecord struct {
		TimeUnixNano, ObservedTimeUnixNano string
		SeverityNumber                     int
		SeverityText                       string
		Body                               value
		Attributes                         []keyValue
		TraceID, SpanID                    string
	}
	keyValue struct {
		Key   string
		Value value
	}
	value struct {
		StringValue *string
		IntValue    *string
		DoubleValue *float64
		BoolValue   *bool
	}
)

func (v value) text() string {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.IntValue != nil:
		return *v.IntValue
	case v.DoubleValue != nil:
		return fmt.Sprint(*v.DoubleValue)
	case v.BoolValue != nil:
		return fmt.Sprint(*v.BoolValue)
	}
	return ""
}

func attrs(list []keyValue) map[string]string {
	m := map[string]string{}
	for _, a := range list {
		m[a.Key] = a.Value.text()
	}
	return m
}

// sink is a collector that checks what it is sent.
type sink struct {
	*httptest.Server
	t testing.TB

	mu      sync.Mutex
	spans   []span
	records []logRecord
	about   map[string]string
	bodies  bytes.Buffer
	posts   int
	// answer is asked first; it says true when it answered.
	answer func(n int, w http.ResponseWriter, r *http.Request) bool
}

func newSink(t testing.TB) *sink {
	s := &sink{t: t}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.posts++
	n, answer := s.posts, s.answer
	s.mu.Unlock()
	if answer != nil && answer(n, w, r) {
		return
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Api-Key") != "a key" {
		s.t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies.Write(body)
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	switch r.URL.Path {
	case "/v1/traces":
		var one traces
		if err := d.Decode(&one); err != nil {
			s.t.Errorf("%v: %s", err, body)
			return
		}
		s.about = attrs(one.ResourceSpans[0].Resource.Attributes)
		for _, sp := range one.ResourceSpans[0].ScopeSpans[0].Spans {
			s.check(hex32, sp.TraceID)
			s.check(hex16, sp.SpanID)
			s.check(`^([0-9a-f]{16})?$`, sp.ParentSpanID)
			s.moment(sp.StartTimeUnixNano)
			s.moment(sp.EndTimeUnixNano)
			s.spans = append(s.spans, sp)
		}
	case "/v1/logs":
		var one logs
		if err := d.Decode(&one); err != nil {
			s.t.Errorf("%v: %s", err, body)
			return
		}
		for _, r := range one.ResourceLogs[0].ScopeLogs[0].LogRecords {
			s.moment(r.TimeUnixNano)
			s.moment(r.ObservedTimeUnixNano)
			s.records = append(s.records, r)
		}
	default:
		s.t.Errorf("sent to %s", r.URL)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"partialSuccess":{}}`)
}

const hex32, hex16 = `^[0-9a-f]{32}$`, `^[0-9a-f]{16}$`

func (s *sink) check(form, text string) {
	if !regexp.MustCompile(form).MatchString(text) {
		s.t.Errorf("%q is not %s", text, form)
	}
}

func (s *sink) moment(text string) {
	n, err := strconv.ParseInt(text, 10, 64)
	if at := time.Unix(0, n); err != nil || time.Since(at).Abs() > time.Hour {
		s.t.Errorf("%q is no time of now", text)
	}
}

func (s *sink) got() (spans []span, records []logRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spans, s.records
}

// options lead to an address.
func options(to string) Options {
	return Options{
		Endpoint: to, Headers: secret.FromString("api-key=a%20key"), Service: "aiwfe-auth", Version: "1.2.3", Instance: "node1",
		Attributes: "deployment.environment.name=test,service.name=another", Sampler: "parentbased_always_on",
		Log: slog.New(slog.DiscardHandler),
	}
}

func exporter(t testing.TB, o Options) *Exporter {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// running sends until the test calls stop, which returns when all is sent.
func running(t testing.TB, e *Exporter) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { e.Run(ctx); close(done) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

// until waits for a condition.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("waited in vain: ", what)
		}
	}
}
