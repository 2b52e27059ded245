package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// otelSink keeps what it is sent.
type otelSink struct {
	*httptest.Server
	mu   sync.Mutex
	sent bytes.Buffer
}

func newCollector(t *testing.T) *otelSink {
	c := &otelSink{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sent.WriteString(r.URL.Path + " ")
		c.sent.Write(body)
		c.sent.WriteByte('\n')
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *otelSink) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent.String()
}

type sentSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	Attributes                          []struct {
		Key   string
		Value struct{ StringValue, IntValue string }
	}
}

func (s sentSpan) attr(key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.StringValue + a.Value.IntValue
		}
	}
	return ""
}

func (c *otelSink) spans(t *testing.T) (list []sentSpan) {
	t.Helper()
	for line := range strings.SplitSeq(c.text(), "\n") {
		body, ok := strings.CutPrefix(line, "/v1/traces ")
		if !ok {
			continue
		}
		var one struct {
			ResourceSpans []struct {
				ScopeSpans []struct{ Spans []sentSpan }
			}
		}
		if err := json.Unmarshal([]byte(body), &one); err != nil {
			t.Fatal(err)
		}
		list = append(list, one.ResourceSpans[0].ScopeSpans[0].Spans...)
	}
	return list
}

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// signs sends a sign-in, and gives the answer and its text.
func (p *running) signs(t *testing.T, email, text string, header http.Header) string {
	t.Helper()
	body := strings.NewReader("username=" + email + "&password=" + strings.ReplaceAll(text, " ", "+"))
	r := httptest.NewRequest(http.MethodPost, "/api/v1/auth/jwt/login?next=c2VjcmV0", body)
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header = header
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Body.String()
}

// TestLoginIsTraced: one trace with the request, the hash and the database, and
// nothing of the person in it.
func TestLoginIsTraced(t *testing.T) {
	c := newCollector(t)
	p := program(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.URL, "OTEL_IDS=on", "TRUSTED_PROXIES=127.0.0.1")
	ada := p.person(t, "ada@example.com")
	answer := p.signs(t, ada.email, "a sentence only for measuring", http.Header{"Traceparent": {parent}})
	var got struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || got.AccessToken == "" {
		t.Fatal(answer)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/api/v1/users/me?email=ada%40example.com", nil)
	r.Header.Set("Authorization", "Bearer "+got.AccessToken)
	p.handler.ServeHTTP(w, r)
	stopped(t, p)

	names := map[string]sentSpan{}
	for _, s := range c.spans(t) {
		if s.TraceID == "0af7651916cd43dd8448eb211c80319c" {
			names[s.Name] = s
		}
	}
	up, hash := names["POST /api/v1/auth/jwt/login"], names["password hash"]
	if up.ParentSpanID != "b7ad6b7169203331" || hash.ParentSpanID != up.SpanID || up.attr("http.response.status_code") != "200" ||
		up.attr("http.route") != "/api/v1/auth/jwt/login" {
		t.Errorf("the request %+v, the hash %+v, of %d spans", up, hash, len(names))
	}
	queries := 0
	for _, s := range names {
		if s.attr("db.system.name") == "sqlite" && s.ParentSpanID == up.SpanID {
			queries++
		}
	}
	if queries < 2 {
		t.Errorf("%d questions to the database in %v", queries, names)
	}
	text := c.text()
	if !strings.Contains(text, "/v1/logs ") || !regexp.MustCompile(`"enduser.id","value":\{"stringValue":"[0-9a-f]{16}"`).MatchString(text) {
		t.Error("no logs, or no hashed user")
	}
	for _, secret := range []string{
		ada.email, "ada%40", got.AccessToken, ada.AccessToken, ada.Cookie, ada.Session.ID, "c2VjcmV0", "only for measuring", "127.0.0.1",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("%s was sent", secret)
		}
	}
}

// TestStrangerChoosesNoTrace: what says to which trace a request belongs counts
// from a trusted proxy alone.
func TestStrangerChoosesNoTrace(t *testing.T) {
	c := newCollector(t)
	p := program(t, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+c.URL+"/v1/traces")
	p.signs(t, "nobody@example.com", "wrong", http.Header{"Traceparent": {parent}})
	stopped(t, p)
	spans := c.spans(t)
	if len(spans) == 0 || strings.Contains(c.text(), "0af7651916cd43dd8448eb211c80319c") || strings.Contains(c.text(), "/v1/logs") {
		t.Errorf("%d spans: %s", len(spans), c.text())
	}
	if strings.Contains(c.text(), "enduser.id") {
		t.Error("ids are sent that nobody asked for")
	}
}

// stopped has the telemetry sent as the end of the program does.
func stopped(t *testing.T, p *running) {
	t.Helper()
	if p.telemetry == nil {
		t.Fatal("there is no telemetry")
	}
	sendRest(t, p.telemetry)
}

func TestTelemetryIsOffUnlessAsked(t *testing.T) {
	for note, env := range map[string][]string{
		"nothing set": nil, "disabled": {"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_SDK_DISABLED=true"},
	} {
		p := program(t, env...)
		if p.telemetry != nil || linesOf(p.Log) == nil {
			t.Errorf("%s: it is on", note)
		}
	}
}

// TestCollectorThatIsAwayStopsNoRequest, and what the log says of it holds no secret.
func TestCollectorThatIsAwayStopsNoRequest(t *testing.T) {
	var text syncBuffer
	gone := httptest.NewServer(nil)
	gone.Close()
	cfg, err := config.Load(config.Sources{Env: []string{
		"ENVIRONMENT=test", "LOG_FORMAT=json", "LISTEN_ADDR=127.0.0.1:0", "PUBLIC_URL=http://localhost:8080",
		"DATA_DIR=" + filepath.Join(t.TempDir(), "d"), "OTEL_EXPORTER_OTLP_ENDPOINT=" + gone.URL, "OTEL_EXPORTER_OTLP_HEADERS=authorization=hush-hush",
	}})
	if err != nil {
		t.Fatal(err)
	}
	log, stop := NewServerLog(&text, cfg)
	s, err := NewServer(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.listen.Close(); s.Close() })
	p := &running{s, s.http.Handler}
	for range 50 {
		if w := p.check(asking{"", "/api/v1/auth/csrf-token", http.Header{}}.request()); w.status != http.StatusOK {
			t.Fatal(w.status)
		}
	}
	sendRest(t, p.telemetry)
	stop()
	if got := text.String(); !strings.Contains(got, "telemetry cannot be sent") || strings.Contains(got, "hush-hush") || !strings.Contains(got, `"trace_id":"`) {
		t.Error(got)
	}
	for _, one := range p.telemetry.counts() {
		if one.Taken != 0 {
			t.Errorf("%+v", one)
		}
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// sendRest is the end of a run: what waits is sent.
func sendRest(t *testing.T, of *telemetry) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	end()
	of.run(ctx)
}
