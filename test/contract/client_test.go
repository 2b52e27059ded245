package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// object is a JSON object to send.
type object = map[string]any

// client is a program or a browser that talks to one server. A browser keeps cookies and says where it comes from.
type client struct {
	w      *world
	origin string // what a browser says; empty for a program
	agent  string
	bearer string
	csrf   string

	mu      sync.Mutex
	cookies map[string]string
}

// program keeps no cookies and sends no header of a browser, as curl does.
func (w *world) program() *client { return &client{w: w, agent: "curl/8.5.0"} }

// browser is a page of our own origin.
func (w *world) browser() *client {
	return &client{
		w: w, origin: w.public, cookies: map[string]string{},
		agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
}

// option changes a request after everything usual is in it.
type option func(*http.Request)

func with(name, value string) option {
	return func(r *http.Request) {
		if value == "" {
			r.Header.Del(name)
			return
		}
		r.Header.Set(name, value)
	}
}

func without(names ...string) option {
	return func(r *http.Request) {
		for _, name := range names {
			r.Header.Del(name)
		}
	}
}

// patience is how often a client asks again where a busy machine tells it to.
const patience = 20

// do sends a request, and again while the server is too busy to check a password, as its Retry-After asks for. The body is nothing, a string as it is (JSON unless an option says otherwise), a form, or what is
// to be encoded as JSON.
func (c *client) do(t testing.TB, method, path string, body any, options ...option) answer {
	t.Helper()
	a := c.once(t, method, path, body, options...)
	for i := 0; i < patience && a.status == http.StatusServiceUnavailable; i++ {
		time.Sleep(300 * time.Millisecond)
		a = c.once(t, method, path, body, options...)
	}
	return a
}

func (c *client) once(t testing.TB, method, path string, body any, options ...option) answer {
	t.Helper()
	var in io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
		kind = ""
	case string:
		in = strings.NewReader(b)
	case url.Values:
		in, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Errorf("%s %s: %v", method, path, err)
			return answer{}
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, c.w.URL+path, in)
	if err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return answer{}
	}
	c.dress(r, kind)
	for _, o := range options {
		o(r)
	}
	return c.send(t, r)
}

// dress sets the headers that this client always sends.
func (c *client) dress(r *http.Request, kind string) {
	unsafe := r.Method != "GET" && r.Method != "HEAD"
	set := func(name, value string) {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	set("Content-Type", kind)
	set("User-Agent", c.agent)
	if c.bearer != "" {
		set("Authorization", "Bearer "+c.bearer)
	}
	if unsafe {
		set("X-CSRF-TOKEN", c.csrf)
		set("Origin", c.origin)
	}
	if c.origin != "" {
		set("Sec-Fetch-Site", "same-origin")
	}
	set("Cookie", c.cookieHeader())
}

func (c *client) cookieHeader() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c.cookies)) {
		parts = append(parts, name+"="+c.cookies[name])
	}
	return strings.Join(parts, "; ")
}

// cookie is the value of a cookie whatever prefix its name has.
func (c *client) cookie(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for full, value := range c.cookies {
		if strings.HasSuffix(full, name) {
			return value
		}
	}
	return ""
}

func (c *client) send(t testing.TB, r *http.Request) answer {
	t.Helper()
	h := http.Client{
		Transport: c.w.transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := h.Do(r)
	if err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		return answer{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("%s %s: read the answer: %v", r.Method, r.URL.Path, err)
	}
	if c.cookies != nil {
		c.keep(res.Cookies())
	}
	a := answer{method: r.Method, path: r.URL.Path, status: res.StatusCode, header: res.Header, body: text}
	c.w.checkAnswer(a)
	return a
}

func (c *client) keep(cookies []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range cookies {
		if k.MaxAge < 0 || k.Value == "" {
			delete(c.cookies, k.Name)
			continue
		}
		c.cookies[k.Name] = k.Value
	}
}

// greet fetches a CSRF token, which is sent from then on.
func (c *client) greet(t testing.TB) *client {
	t.Helper()
	c.csrf = c.do(t, "GET", "/api/v1/auth/csrf-token", nil).text("csrf_token")
	if c.csrf == "" {
		t.Error("the server gave no CSRF token")
	}
	return c
}

// login tries to sign in by JSON.
func (c *client) login(t testing.TB, email, pass string) answer {
	t.Helper()
	if c.csrf == "" {
		c.greet(t)
	}
	return c.do(t, "POST", "/api/v1/auth/jwt/login", object{"email": email, "password": pass})
}

// signIn signs in; a program sends the access token from then on, a browser has its cookie.
func (c *client) signIn(t testing.TB, email, pass string) *client {
	t.Helper()
	a := c.login(t, email, pass)
	if a.status != http.StatusOK {
		t.Fatalf("sign in as %s: %s", email, a)
	}
	if c.origin == "" {
		c.bearer = a.text("access_token")
	}
	return c
}
