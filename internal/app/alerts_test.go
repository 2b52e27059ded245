package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// posts is a receiver of webhooks that keeps what it took.
type posts struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(http.ResponseWriter, *http.Request) // nil takes everything
	took   []post
}

type post struct{ delivery, signature, body string }

func newPosts(t *testing.T) *posts {
	t.Helper()
	p := &posts{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.answer != nil {
			p.answer(w, r)
			return
		}
		p.took = append(p.took, post{r.Header.Get("X-Aiwfe-Delivery"), r.Header.Get("X-Aiwfe-Signature"), string(body)})
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *posts) all() []post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]post(nil), p.took...)
}

// syslogLines is a syslog server over UDP.
func syslogLines(t *testing.T) (url string, got chan string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	got = make(chan string, 100)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, _, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			got <- string(buffer[:n])
		}
	}()
	return "udp://" + conn.LocalAddr().String(), got
}

const hookKey = "a-key-that-only-the-receiver-has-too"

// server is one node on the database of a folder; it serves nobody.
func server(t *testing.T, dir string, env ...string) *Server {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: append([]string{
		"ENVIRONMENT=test", "DATA_DIR=" + dir, "LISTEN_ADDR=127.0.0.1:0", "PUBLIC_URL=http://localhost:8080",
		"OUTBOUND_ALLOW=127.0.0.1", "ALERT_WEBHOOK_SECRET=" + hookKey,
	}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewServer(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// judge has a node judge at that moment of a clock of the test; false where
// another has the lease.
func (s *Server) judgeAt(t *testing.T, at time.Time) bool {
	t.Helper()
	held, err := s.Store.Hold(t.Context(), "alerts", s.node.row.ID, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if held == nil {
		return false
	}
	held.At = at
	if err := s.alerts.judge(t.Context(), *held); err != nil {
		t.Fatal(err)
	}
	return true
}

// sendNotices sends what waits, by all nodes at once.
func sendNotices(ctx context.Context, nodes ...*Server) {
	var all sync.WaitGroup
	for _, s := range nodes {
		for name := range s.alerts.wake {
			all.Go(func() {
				for s.alerts.sendOne(ctx, name) {
				}
			})
		}
	}
	all.Wait()
}

func sees(t *testing.T, s *store.Store, l alert.Local) {
	t.Helper()
	l.Node, l.Host = "another", "another"
	if err := s.KeepReading(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

func TestEveryReceiverHearsOnceOfTwoNodes(t *testing.T) {
	office, hook, slack := ground.SMTP(t), newPosts(t), newPosts(t)
	log, logged := syslogLines(t)
	dir := filepath.Join(t.TempDir(), "data")
	env := []string{
		"SMTP_URL=" + office.URL, "MAIL_FROM=auth@example.com", "ALERT_MAIL=ops@example.com,night@example.com",
		"ALERT_WEBHOOK_URL=" + hook.URL + "/a", "ALERT_SLACK_URL=" + slack.URL + "/services/T/B/secret", "ALERT_SYSLOG=" + log,
	}
	one, two := server(t, dir, env...), server(t, dir, env...)
	ctx, cancel := context.WithCancel(t.Context())
	var letters sync.WaitGroup
	for _, s := range []*Server{one, two} {
		letters.Go(func() { s.Mail.Outbox.Run(ctx) })
	}
	t.Cleanup(func() { cancel(); letters.Wait() })

	at := time.Now().UTC().Truncate(time.Millisecond)
	sees(t, one.Store, alert.Local{CSRFFailed: 3})
	if !one.judgeAt(t, at) || two.judgeAt(t, at) {
		t.Fatal("not one of the two judges")
	}
	one.judgeAt(t, at.Add(10*time.Second))
	sendNotices(t.Context(), one, two)
	told := hook.all()
	if len(told) != 1 || len(slack.all()) != 1 {
		t.Fatalf("webhook heard %d times, Slack %d times", len(told), len(slack.all()))
	}
	var m api.AlertNotice
	if err := json.Unmarshal([]byte(told[0].body), &m); err != nil {
		t.Fatal(err)
	}
	if a := m.Alerts[0]; len(m.Alerts) != 1 || a.Rule != "csrf_failures" || a.State != "firing" || a.Severity != "critical" ||
		told[0].delivery != m.ID+".webhook" || m.PublicURL != "http://localhost:8080" {
		t.Errorf("%+v", m)
	}
	signed(t, told[0])
	if body := slack.all()[0]; !strings.Contains(body.body, "csrf_failures") || !strings.Contains(body.body, `"blocks"`) || body.signature != "" {
		t.Errorf("%+v", body)
	}
	if line := <-logged; !strings.HasPrefix(line, "<82>1 ") || !strings.Contains(line, `rule="csrf_failures"`) || !strings.Contains(line, "3 CSRF tokens") {
		t.Errorf("%q", line)
	}
	for _, to := range []string{"ops@example.com", "night@example.com"} {
		if link := office.Link(t, to, "/admin/alerts"); link == "" {
			t.Error("no link")
		}
		l := office.Letters(to)
		if len(l) != 1 || !strings.HasSuffix(l[0].Subject, ": 1 critical (csrf_failures)") || !strings.Contains(l[0].Text, "CRITICAL csrf_failures: 3 CSRF tokens") {
			t.Errorf("%s got %+v", to, l)
		}
	}

	// The lease goes to the other node, in the middle of it: it goes on.
	if err := one.Store.Release(t.Context(), store.Held{Name: "alerts", Holder: one.node.row.ID, Number: 1}); err != nil {
		t.Fatal(err)
	}
	sees(t, one.Store, alert.Local{})
	for i := range 20 { // it is well for ten minutes, and its end waits a minute for others
		if !two.judgeAt(t, at.Add(time.Duration(i)*40*time.Second)) {
			t.Fatal("the other one does not take over")
		}
	}
	sendNotices(t.Context(), one, two)
	if told = hook.all(); len(told) != 2 || len(slack.all()) != 2 {
		t.Fatalf("webhook heard %d times, Slack %d times", len(told), len(slack.all()))
	}
	var end api.AlertNotice
	if err := json.Unmarshal([]byte(told[1].body), &end); err != nil || end.Alerts[0].State != "resolved" || end.Alerts[0].ID != m.Alerts[0].ID {
		t.Errorf("%+v, %v", end, err)
	}
	if line := <-logged; !strings.HasPrefix(line, "<85>1 ") || !strings.Contains(line, `state="resolved"`) {
		t.Errorf("%q", line)
	}
}

// signed checks as the guide says.
func signed(t *testing.T, p post) {
	t.Helper()
	moment, sum, _ := strings.Cut(strings.TrimPrefix(p.signature, "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte(hookKey))
	mac.Write([]byte(moment + "." + p.body))
	if hex.EncodeToString(mac.Sum(nil)) != sum {
		t.Errorf("the signature %q is not that of the body", p.signature)
	}
}

// A node that is killed between judging and sending leaves it to the next; one
// that was killed after it had sent has it sent again, under the same name.
func TestNoticeOutlivesTheNodeThatWroteIt(t *testing.T) {
	hook := newPosts(t)
	dir := filepath.Join(t.TempDir(), "data")
	one := server(t, dir, "ALERT_WEBHOOK_URL="+hook.URL)
	sees(t, one.Store, alert.Local{CSRFBroken: true})
	one.judgeAt(t, time.Now().UTC().Truncate(time.Millisecond))
	past := time.Now().Add(-2 * noticeLease)
	if n, ok, err := one.Store.LeaseNotice(t.Context(), alert.ByWebhook, time.Now(), past); !ok || err != nil || n.Tries != 1 {
		t.Fatalf("%+v, %v, %v", n, ok, err) // taken, and its node was killed
	}
	two := server(t, dir, "ALERT_WEBHOOK_URL="+hook.URL)
	sendNotices(t.Context(), two)
	if told := hook.all(); len(told) != 1 {
		t.Fatalf("heard %d times", len(told))
	}
	list, err := two.Store.Notices(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].SentAt.IsZero() || list[0].Tries != 2 || hook.all()[0].delivery != list[0].ID {
		t.Errorf("%+v, %v", list, err)
	}
	sendNotices(t.Context(), one, two)
	if told := hook.all(); len(told) != 1 {
		t.Errorf("heard %d times", len(told))
	}
}

// What a receiver answers decides whether a notice is tried again.
func TestReceiverThatDoesNotTakeItIsTriedAgainOrGivenUp(t *testing.T) {
	hook, inner := newPosts(t), newPosts(t)
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
		cause  string
		gaveUp bool
	}{
		{"is ill", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "answer: it answered 502", false},
		{"is gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, "answer: it answered 410", true},
		{"leads inwards", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, inner.URL, http.StatusTemporaryRedirect)
		}, "answer: it answered 307, a redirect", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			hook.mu.Lock()
			hook.answer = c.answer
			hook.mu.Unlock()
			s := server(t, filepath.Join(t.TempDir(), "data"), "ALERT_WEBHOOK_URL="+hook.URL)
			sees(t, s.Store, alert.Local{CSRFFailed: 1})
			s.judgeAt(t, time.Now().UTC().Truncate(time.Millisecond))
			sendNotices(t.Context(), s)
			list, err := s.Store.Notices(t.Context(), 10)
			if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Cause, c.cause) || list[0].GaveUpAt.IsZero() == c.gaveUp || !list[0].SentAt.IsZero() {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
	if len(inner.all()) > 0 {
		t.Error("a redirect was followed")
	}
}

// TestTestMessageSaysAtWhichStepItFailed is what `alert test` tells.
func TestTestMessageSaysAtWhichStepItFailed(t *testing.T) {
	hook := newPosts(t)
	hook.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	_ = closed.Close()
	for url, want := range map[string][2]string{
		hook.URL:                                   {"answer", "check the secret"},
		"http://" + nobody:                         {"connect", "nothing listens there"},
		"http://" + silent.Addr().String():         {"answer", "did not answer"},
		"https://" + hook.Listener.Addr().String(): {"TLS", "does not speak TLS"},
		"http://10.255.255.1/hook":                 {"guard", "OUTBOUND_ALLOW"},
		"http://hooks.invalid":                     {"name", "cannot be resolved"},
	} {
		cfg, err := config.Load(config.Sources{Env: []string{
			"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir(), "OUTBOUND_ALLOW=127.0.0.1", "ALERT_WEBHOOK_URL=" + url,
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		results, err := TryAlerts(ctx, cfg, nil, "")
		cancel()
		if err != nil || len(results) != 1 || results[0].Sent || results[0].Step != want[0] || !strings.Contains(results[0].Detail, want[1]) {
			t.Errorf("%s: %+v, %v", url, results, err)
		}
	}
	cfg, err := config.Load(config.Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"", "mail", "slack"} {
		if _, err := TryAlerts(t.Context(), cfg, nil, to); err == nil || !strings.Contains(err.Error(), "ALERT_") {
			t.Errorf("%q with no receiver: %v", to, err)
		}
	}
}
