package otlp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestSpansAreSentAsTheProtocolHasThem(t *testing.T) {
	s := newSink(t)
	e := exporter(t, options(s.URL+"/"))
	stop := running(t, e)
	began := time.Now()
	remote := ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	ctx, span := e.Start(t.Context(), "GET", Server, began, remote)
	Child(ctx, "read the session", Client, began, began.Add(time.Millisecond), "", String("db.system.name", "sqlite"))
	span.Rename("GET /api/v1/auth/status")
	span.End(began.Add(time.Second), "database_unavailable", Int("http.response.status_code", 503), Bool("aiwfe.proxied", true), Float("x", 0.5))
	stop()
	got, _ := s.got()
	if len(got) != 2 {
		t.Fatalf("%d spans", len(got))
	}
	child, up := got[0], got[1]
	if child.TraceID != "0af7651916cd43dd8448eb211c80319c" || up.TraceID != child.TraceID || up.ParentSpanID != "b7ad6b7169203331" ||
		child.ParentSpanID != up.SpanID || child.SpanID == up.SpanID {
		t.Errorf("not of one trace: %+v %+v", child, up)
	}
	a := attrs(up.Attributes)
	if up.Name != "GET /api/v1/auth/status" || up.Kind != 2 || up.Status == nil || up.Status.Code != 2 || up.Status.Message != "database_unavailable" ||
		a["http.response.status_code"] != "503" || a["aiwfe.proxied"] != "true" || a["x"] != "0.5" {
		t.Errorf("%+v %v", up, a)
	}
	if child.Kind != 3 || child.Status != nil || attrs(child.Attributes)["db.system.name"] != "sqlite" {
		t.Errorf("%+v", child)
	}
	for key, want := range map[string]string{
		"service.name": "aiwfe-auth", "service.version": "1.2.3", "service.instance.id": "node1", "deployment.environment.name": "test",
	} {
		if s.about[key] != want {
			t.Errorf("%s is %q", key, s.about[key])
		}
	}
	if c := e.Sent(); c[0] != (Sent{"traces", 2, 0}) {
		t.Errorf("%+v", c)
	}
}

func TestLogsAreSentBesideTheLog(t *testing.T) {
	s := newSink(t)
	e := exporter(t, options(s.URL))
	stop := running(t, e)
	var text strings.Builder
	log := slog.New(e.Handler(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelInfo}))).With("node", "a").WithGroup("g")
	ctx, span := e.Start(t.Context(), "x", Server, time.Now(), Context{})
	log.DebugContext(ctx, "not written, not sent")
	log.WarnContext(ctx, "a sentence", "n", 7, "error", errors.New("it broke"), slog.Group("h", "ok", true))
	stop()
	_, got := s.got()
	if len(got) != 1 || !strings.Contains(text.String(), "a sentence") {
		t.Fatalf("%+v, and the log has %q", got, text.String())
	}
	r, a := got[0], attrs(got[0].Attributes)
	if r.SeverityNumber != 13 || r.SeverityText != "WARN" || r.Body.text() != "a sentence" || r.TraceID != span.Context().TraceID() ||
		a["node"] != "a" || a["g.n"] != "7" || a["g.error"] != "it broke" || a["g.h.ok"] != "true" {
		t.Errorf("%+v %v", r, a)
	}
}

// TestNothingPersonalLeaves puts what must stay into each place that is sent.
func TestNothingPersonalLeaves(t *testing.T) {
	s := newSink(t)
	e := exporter(t, options(s.URL))
	stop := running(t, e)
	secrets := []string{
		"ada@example.com", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl", "aiwfe_rt_b25lLXVzZQ", "aiwfe_pat_q6y3nb9d",
		"ses_m3v6x2k7q6y3nb9d", "/reset-password?token=b25lLXRpbWU", strings.Repeat("a1B2", 11),
	}
	kept := slog.New(e.Handler(slog.NewTextHandler(&strings.Builder{}, nil)))
	for _, one := range secrets {
		_, span := e.Start(t.Context(), "x", Client, time.Now(), Context{})
		span.End(time.Now(), "to "+one+" it failed", String("what", "<"+one+">"))
		kept.Error("for "+one, "error", errors.New("550 "+one+": no such"), "path", one, "client_ip", "192.0.2.7", "user_id", "4711")
	}
	stop()
	body := s.bodies.String()
	for _, one := range append(secrets, "192.0.2.7", "4711", "b25lLXRpbWU") {
		if strings.Contains(body, one) {
			t.Errorf("%s was sent", one)
		}
	}
	if spans, records := s.got(); len(spans) != len(secrets) || len(records) != len(secrets) {
		t.Errorf("%d spans, %d records", len(spans), len(records))
	}
	for _, fine := range []string{"POST /api/v1/auth/2fa/webauthn/register/options", "database_unavailable", "4kq2v7m5xw3ynbtd", "why? because"} {
		if clean(fine) != fine {
			t.Errorf("%q is sent as %q", fine, clean(fine))
		}
	}
}

func TestOffCostsNothing(t *testing.T) {
	e := exporter(t, Options{Sampler: "always_on"})
	if e != nil || e.Traces() || e.Logs() || e.Sent() != nil {
		t.Fatal("it is on")
	}
	beside := slog.Handler(slog.NewTextHandler(&strings.Builder{}, nil))
	if e.Handler(beside) != beside {
		t.Error("the log goes through it")
	}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		got, span := e.Start(ctx, "x", Server, time.Time{}, Context{})
		Child(got, "y", Client, time.Time{}, time.Time{}, "")
		span.End(time.Time{}, "")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	e.Run(ctx)
}

// TestCollectorThatIsBusy answers 429 and 503, asks for patience, and gets all
// in the end.
func TestCollectorThatIsBusy(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	var pauses [3]time.Time
	s.answer = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n > 3 {
			return false
		}
		pauses[n-1] = time.Now()
		w.Header().Set("Retry-After", "1")
		w.WriteHeader([]int{429, 503, 502}[n-1])
		return true
	}
	e := exporter(t, options(s.URL))
	e.lines = nil
	running(t, e)
	_, span := e.Start(t.Context(), "x", Server, time.Now(), Context{})
	span.End(time.Now(), "")
	until(t, "the span is taken", func() bool { return e.Sent()[0].Taken == 1 })
	if pauses[1].Sub(pauses[0]) < time.Second {
		t.Errorf("it was asked for a second, and came after %s", pauses[1].Sub(pauses[0]))
	}
	if e.Sent()[0].Lost != 0 {
		t.Errorf("%+v", e.Sent())
	}
}

// TestCollectorThatRefuses is not asked again, and what was sent is counted as lost.
func TestCollectorThatRefuses(t *testing.T) {
	t.Parallel()
	for note, answer := range map[string]func(w http.ResponseWriter){
		"bad request": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadRequest) },
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://192.0.2.1/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"a part alone": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}`))
		},
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			s := newSink(t)
			s.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool { answer(w); return true }
			e := exporter(t, options(s.URL))
			e.lines = nil
			stop := running(t, e)
			_, span := e.Start(t.Context(), "x", Server, time.Now(), Context{})
			span.End(time.Now(), "")
			until(t, "it is lost", func() bool { return e.Sent()[0].Lost == 1 })
			stop()
			if s.posts != 1 {
				t.Errorf("asked %d times", s.posts)
			}
		})
	}
}

// TestCollectorThatIsAwayHoldsNobody: one that hangs, and one that is not there.
func TestCollectorThatIsAwayHoldsNobody(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(func() { close(hang); hung.Close() })
	gone := httptest.NewServer(nil)
	gone.Close()
	for note, to := range map[string]string{"hangs": hung.URL, "away": gone.URL} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			e := exporter(t, options(to))
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { e.Run(ctx); close(done) }()
			log := slog.New(e.Handler(slog.NewTextHandler(&strings.Builder{}, nil)))
			for range 2 * queueItems { // returns although nothing is taken
				_, span := e.Start(t.Context(), "x", Server, time.Now(), Context{})
				span.End(time.Now(), "")
				log.Info("x")
			}
			for _, c := range e.Sent() {
				if c.Taken != 0 || c.Lost < queueItems-batchItems {
					t.Errorf("%+v", c)
				}
			}
			e.spans.mu.Lock()
			n, b := len(e.spans.waiting), e.spans.bytes
			e.spans.mu.Unlock()
			if n > queueItems || b > queueBytes {
				t.Errorf("%d items of %d bytes wait", n, b)
			}
			cancel()
			<-done // within lastTime, or the test's own limit ends it
		})
	}
}

func TestTraceparent(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for text, want := range map[string]bool{
		good: true, good[:53] + "00": true, "cc" + good[2:] + "-what-comes": true,
		"": false, "ff" + good[2:]: false, good + "-more": false, good[:54]: false, strings.ToUpper(good): false,
		"00-00000000000000000000000000000000-b7ad6b7169203331-01": false,
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01": false,
		"00-0af7651916cd43dd8448eb211c80319-b7ad6b71692033311-01": false,
		strings.Repeat("-", 1000):                                 false,
	} {
		if c := ParseTraceparent(text); c.Valid() != want || want && c.Sampled != !strings.HasSuffix(text, "00") {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

func TestSamplers(t *testing.T) {
	sampled := Context{Trace: [16]byte{1}, Span: [8]byte{1}, Sampled: true}
	not := sampled
	not.Sampled = false
	for _, c := range []struct {
		name, arg            string
		alone, below, beside bool // without a parent, below a sampled one, below one that is not
	}{
		{"always_on", "", true, true, true},
		{"always_off", "", false, false, false},
		{"traceidratio", "0", false, false, false},
		{"traceidratio", "1", true, true, true},
		{"parentbased_always_on", "", true, true, false},
		{"parentbased_always_off", "", false, true, false},
		{"parentbased_traceidratio", "0", false, true, false},
	} {
		s, err := newSampler(c.name, c.arg)
		if got := [3]bool{s.samples(Context{}, fresh(Context{})), s.samples(sampled, fresh(sampled)), s.samples(not, fresh(not))}; err != nil ||
			got != [3]bool{c.alone, c.below, c.beside} {
			t.Errorf("%s %s: %v, %v", c.name, c.arg, got, err)
		}
	}
	half, _ := newSampler("traceidratio", "0.5")
	n := 0
	for range 2000 {
		if half.samples(Context{}, fresh(Context{})) {
			n++
		}
	}
	if n < 800 || n > 1200 {
		t.Errorf("half of 2000 traces are %d", n)
	}
	for _, bad := range [][2]string{{"sometimes", ""}, {"traceidratio", "2"}, {"traceidratio", "NaN"}, {"parentbased_traceidratio", "half"}} {
		if _, err := newSampler(bad[0], bad[1]); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestHeadersAreNeverTold(t *testing.T) {
	o := options("http://127.0.0.1:1")
	o.Headers = secret.FromString("authorization=Bearer%2-hush")
	if _, err := New(o); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}
