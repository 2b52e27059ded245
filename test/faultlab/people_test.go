package faultlab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// passphrase is everybody's.
const passphrase = "plums in the icebox, so cold"

// person is a browser at an address of this machine: each of 127.0.0.0/8 is
// somebody else.
type person struct {
	t     *testing.T
	http  *http.Client
	base  string // where requests go
	page  string // the origin of the page that sends them
	agent string
	token string // the CSRF token
}

// somebody is the n-th person in front of an address.
func somebody(t *testing.T, base string, n int) *person {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n/250), byte(1+n%250))}}
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", u.Port()))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	p := &person{t: t, base: base, page: base, agent: fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64) Firefox/%d.0", 120+n)}
	p.http = &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return p
}

// forgets makes the browser drop every cookie.
func (p *person) forgets() *person {
	p.http.Jar = nil
	return p
}

type object = map[string]any

// send sends JSON, a form (url.Values) or nothing.
func (p *person) send(method, path string, body any, headers ...string) (int, object) {
	p.t.Helper()
	var reader io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("User-Agent", p.agent)
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet && p.page != "" {
		r.Header.Set("Origin", p.page)
	}
	if p.token != "" {
		r.Header.Set("X-CSRF-TOKEN", p.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	out := object{}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &out); err != nil {
			p.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
		}
	}
	return res.StatusCode, out
}

// greet fetches the CSRF token.
func (p *person) greet() {
	p.t.Helper()
	_, out := p.send("GET", "/api/v1/auth/csrf-token", nil)
	p.token, _ = out["csrf_token"].(string)
}

// try signs in, however it ends.
func (p *person) try(email, text string) (int, object) {
	p.t.Helper()
	p.greet()
	return p.send("POST", "/api/v1/auth/jwt/login", object{"email": email, "password": text})
}

// signIn signs in, which must succeed.
func (p *person) signIn(email string) object {
	p.t.Helper()
	status, out := p.try(email, passphrase)
	if status != http.StatusOK {
		p.t.Fatalf("%s signs in: %d %v", email, status, out)
	}
	return out
}

// people makes accounts and returns their addresses; the first is an administrator's.
func people(t *testing.T, s *ground.Instance, n int) []string {
	t.Helper()
	list := make([]string, n)
	for i := range list {
		role := "user"
		if i == 0 {
			role = "admin"
		}
		list[i] = fmt.Sprintf("person%d@example.com", i)
		r := s.RunInput(passphrase, "user", "create", "--email", list[i], "--role", role, "--password-stdin")
		if r.Code != 0 {
			t.Fatalf("user create: %d %s", r.Code, r.Stderr)
		}
	}
	return list
}

// watched asks the running server for what it sees, as an administrator, until
// something is found.
func watched(t *testing.T, s *ground.Instance, admin string) (d api.Diagnosis) {
	t.Helper()
	_, out := somebody(t, s.URL, 240).try(admin, passphrase)
	return asked(t, s, out["access_token"], "", func(d api.Diagnosis) bool { return !d.Healthy })
}

// examined has the running server examine itself now.
func examined(t *testing.T, s *ground.Instance, admin string) api.Diagnosis {
	t.Helper()
	out := somebody(t, s.URL, 241).signIn(admin)
	return asked(t, s, out["access_token"], "?fresh=1", func(api.Diagnosis) bool { return true })
}

func asked(t *testing.T, s *ground.Instance, token any, query string, enough func(api.Diagnosis) bool) (d api.Diagnosis) {
	t.Helper()
	program := somebody(t, s.URL, 242)
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		status, out := program.send("GET", "/api/v1/admin/doctor"+query, nil, "Authorization", fmt.Sprint("Bearer ", token))
		text, err := json.Marshal(out)
		if err != nil || status != http.StatusOK {
			t.Fatalf("the doctor over HTTP: %d %s %v", status, text, err)
		}
		d = api.Diagnosis{}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		if enough(d) {
			return d
		}
	}
	return d
}
