package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// caller is one client of one server.
type caller struct {
	url  string
	http *http.Client

	mu   sync.Mutex
	csrf string
}

// newCaller is a program: it keeps no cookies.
func newCaller(s *ground.Instance) *caller { return callFrom(s, "127.0.0.1") }

// callFrom is a program at another loopback address.
func callFrom(s *ground.Instance, ip string) *caller {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	return &caller{url: s.URL, http: &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", s.Addr)
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// newBrowser keeps cookies, and so gets a device of its own.
func newBrowser(t testing.TB, s *ground.Instance) *caller {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(s)
	c.http.Jar = jar
	return c
}

// answer is what came back; err is set when nothing whole did.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
	err    error
}

func (a answer) code() string {
	var p api.Problem
	_ = json.Unmarshal(a.body, &p)
	return string(p.Code)
}

func (a answer) tokens() (out api.Tokens) {
	_ = json.Unmarshal(a.body, &out)
	return out
}

func (a answer) requestID() string { return a.header.Get("X-Request-Id") }

func (a answer) String() string {
	if a.err != nil {
		return "no answer: " + a.err.Error()
	}
	return fmt.Sprintf("%d %s after %s", a.status, a.code(), a.took.Round(time.Millisecond))
}

// call sends one request; body is sent as JSON unless nil, bearer unless empty.
func (c *caller) call(method, path, bearer string, body any) answer {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{err: err}
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, c.url+path, in)
	if err != nil {
		return answer{err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	c.mu.Lock()
	if c.csrf != "" {
		req.Header.Set("X-CSRF-TOKEN", c.csrf)
	}
	c.mu.Unlock()
	return c.send(req)
}

// forwarded posts as a proxy does for a client at that address.
func (c *caller) forwarded(path, address string, body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		return answer{err: err}
	}
	req, err := http.NewRequest("POST", c.url+path, bytes.NewReader(text))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", address)
	req.Header.Set("X-CSRF-TOKEN", c.csrf)
	return c.send(req)
}

func (c *caller) send(req *http.Request) answer {
	began := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{err: err, took: time.Since(began)}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: text, took: time.Since(began), err: err}
}

// greet fetches a CSRF token, which is sent from then on, and opens a connection.
func (c *caller) greet() answer {
	a := c.call("GET", "/api/v1/auth/csrf-token", "", nil)
	var token api.CSRFToken
	_ = json.Unmarshal(a.body, &token)
	c.mu.Lock()
	c.csrf = token.CSRFToken
	c.mu.Unlock()
	return a
}

func (c *caller) greeted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.csrf != ""
}

func (c *caller) login(email, password string) answer {
	if !c.greeted() {
		if a := c.greet(); a.err != nil || a.status != http.StatusOK {
			return a
		}
	}
	return c.call("POST", "/api/v1/auth/jwt/login", "", api.LoginRequest{Email: email, Password: password})
}

func (c *caller) refresh(token string) answer {
	return c.call("POST", "/api/v1/auth/jwt/refresh", "", api.RefreshRequest{RefreshToken: token})
}

func (c *caller) status(access string) answer {
	return c.call("GET", "/api/v1/auth/status", access, nil)
}

func (c *caller) logout(access string) answer {
	return c.call("POST", "/api/v1/auth/jwt/logout", access, nil)
}

func (c *caller) register(email, password string) answer {
	return c.call("POST", "/api/v1/auth/register", "", map[string]string{"email": email, "password": password})
}

func (c *caller) changePassword(access, from, to string) answer {
	return c.call("POST", "/api/v1/auth/password", access, api.PasswordChange{CurrentPassword: from, NewPassword: to})
}

func (c *caller) sessions(access string) (answer, []api.Session) {
	a := c.call("GET", "/api/v1/auth/sessions", access, nil)
	var list api.SessionList
	_ = json.Unmarshal(a.body, &list)
	return a, list.Items
}
