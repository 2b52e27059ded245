package outward

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const canary = "hook-key-0123456789-canary"

func hook(t *testing.T, o WebhookOptions, url string) *Webhook {
	t.Helper()
	if o.Guard == nil {
		o.Guard, _ = NewGuard("127.0.0.1")
	}
	o.URL, o.Plain = secret.FromString(url), true
	w, err := NewWebhook(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestWebhookIsSigned(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	ok := make(chan bool, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		m := hmac.New(sha256.New, []byte(canary))
		m.Write([]byte("1800000000." + string(body)))
		ok <- r.Header.Get(SignatureHeader) == "t=1800000000,v1="+hex.EncodeToString(m.Sum(nil)) &&
			r.Header.Get(DeliveryHeader) == "audit-7" && r.Header.Get("Content-Type") == "application/json" && string(body) == `{"a":1}`
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	w := hook(t, WebhookOptions{Secret: secret.FromString(canary), Roots: roots, Now: func() time.Time { return now }}, server.URL)
	if err := w.Send(t.Context(), "audit-7", []byte(`{"a":1}`)); err != nil || !<-ok {
		t.Errorf("not as it should be: %v", err)
	}
	stranger := hook(t, WebhookOptions{}, server.URL)
	if err := stranger.Send(t.Context(), "", nil); err == nil || !AsFault(err).Again {
		t.Errorf("a certificate of nobody was trusted: %v", err)
	}
}

// TestWebhookSaysWhetherToTryAgain gives each kind of answer.
func TestWebhookSaysWhetherToTryAgain(t *testing.T) {
	var followed atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/followed":
			followed.Add(1)
		case "/redirect":
			http.Redirect(w, r, "/followed", http.StatusTemporaryRedirect)
		case "/busy":
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/forever":
			w.Header().Set("Retry-After", "99999999")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/endless":
			_, _ = io.Copy(w, endless{})
		case "/headers":
			for range 100 {
				w.Header().Add("X-Much", strings.Repeat("x", 1000))
			}
		}
	}))
	defer server.Close()
	for path, want := range map[string]*Fault{
		"/ok": nil, "/endless": nil,
		"/redirect": {Status: 307},
		"/gone":     {Status: 410},
		"/busy":     {Status: 429, Again: true, After: 90 * time.Second},
		"/forever":  {Status: 503, Again: true, After: longest},
		"/headers":  {Again: true},
	} {
		err := hook(t, WebhookOptions{}, server.URL+path+"?key="+canary).Send(t.Context(), "", []byte("{}"))
		if want == nil {
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			continue
		}
		f, ok := errors.AsType[*Fault](err)
		if !ok || f.Status != want.Status || f.Again != want.Again || f.After != want.After {
			t.Errorf("%s: %+v", path, err)
		}
		if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), server.URL) {
			t.Errorf("the address is told: %v", err)
		}
	}
	if followed.Load() != 0 {
		t.Error("the redirect was followed")
	}
	away := hook(t, WebhookOptions{}, "http://127.0.0.1:1/?key="+canary).Send(t.Context(), "", nil)
	if !AsFault(away).Again || strings.Contains(away.Error(), canary) {
		t.Errorf("nobody there: %v", away)
	}
	none, _ := NewGuard()
	inner := hook(t, WebhookOptions{Guard: none}, server.URL).Send(t.Context(), "", nil)
	if !errors.Is(inner, ErrRefused) || AsFault(inner).Again {
		t.Errorf("the inner network was reached: %v", inner)
	}
}

// TestWebhookEndsWithASinkThatHangsOrDrips keeps answering for ever.
func TestWebhookEndsWithASinkThatHangsOrDrips(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.URL.Path == "/drips" {
			if _, err := w.Write([]byte("x")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			time.Sleep(10 * time.Millisecond)
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	for path, taken := range map[string]bool{"/hangs": false, "/drips": true} { // the status was said, the rest does not matter
		w := hook(t, WebhookOptions{}, server.URL+path)
		w.patience = 200 * time.Millisecond
		if err := w.Send(t.Context(), "", nil); taken != (err == nil) || err != nil && !AsFault(err).Again {
			t.Errorf("%s: %v", path, err)
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestWebhookRefusesAddresses(t *testing.T) {
	g, _ := NewGuard()
	for _, url := range []string{"", "hooks", "http://a.example.com", "ftp://a.example.com", "https://", "https://u:p@a.example.com", "https:a"} {
		_, err := NewWebhook(WebhookOptions{URL: secret.FromString(url), Guard: g})
		if err == nil || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
