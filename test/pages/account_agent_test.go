package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// agent is a browser that talks to the API of one server: it keeps cookies and
// says where it comes from.
type agent struct {
	s    *ground.Instance
	http *http.Client
	csrf string
}

func newAgent(t *testing.T, s *ground.Instance) *agent {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := &agent{s: s, http: &http.Client{Jar: jar, CheckRedirect: stay}}
	var body struct {
		Token string `json:"csrf_token"`
	}
	a.ask(t, "GET", "/api/v1/auth/csrf-token", nil, &body)
	a.csrf = body.Token
	return a
}

// send sends a body, JSON or a form, and gives the status, the headers and the body.
func (a *agent) send(t *testing.T, method, path string, in any) (int, http.Header, []byte) {
	t.Helper()
	var body io.Reader
	kind := "application/json"
	switch in := in.(type) {
	case nil:
	case url.Values:
		kind, body = "application/x-www-form-urlencoded", strings.NewReader(in.Encode())
	default:
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, a.s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", a.s.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	r.Header.Set("X-Csrf-Token", a.csrf)
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	res, err := a.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, text
}

// ask is send for what must go well.
func (a *agent) ask(t *testing.T, method, path string, in, out any) {
	t.Helper()
	status, _, text := a.send(t, method, path, in)
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatal(err)
		}
	}
}

// signIn signs in, with the code of a second factor where one is given.
func (a *agent) signIn(t *testing.T, address, text, code string, trust bool) {
	t.Helper()
	var owed struct {
		Challenge string `json:"challenge_token"`
	}
	a.ask(t, "POST", "/api/v1/auth/jwt/login", map[string]any{"email": address, "password": text}, &owed)
	if (owed.Challenge != "") != (code != "") {
		t.Fatalf("the login owes %q, and there is the code %q", owed.Challenge, code)
	}
	if code != "" {
		answer := map[string]any{"challenge_token": owed.Challenge, "code": code, "trust_device": trust}
		a.ask(t, "POST", "/api/v1/auth/2fa/challenge", answer, nil)
	}
	var body struct {
		Token string `json:"csrf_token"`
	}
	a.ask(t, "GET", "/api/v1/auth/csrf-token", nil, &body)
	a.csrf = body.Token
}

// enter gives the cookies to a tab, which is then signed in as the agent is.
func (a *agent) enter(t *testing.T, ctx context.Context) {
	t.Helper()
	at, err := url.Parse(a.s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range a.http.Jar.Cookies(at) {
		cookie := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: a.s.URL, HTTPOnly: new(true)}
		if _, err := chromedp.Call(ctx, network.SetCookie, cookie); err != nil {
			t.Fatal(err)
		}
	}
}

// codeOf is what an authenticator app shows now, or one step of 30 s later: the
// server takes each step once, and a clock may be a step ahead.
func codeOf(t *testing.T, key string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(key, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// eventually waits for what happens by itself.
func eventually(so func() bool) bool {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}
