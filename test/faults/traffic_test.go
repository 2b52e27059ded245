package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// traffic is people at work, of every kind, who say what went wrong.
type traffic struct {
	b    *balancer
	stop chan struct{}
	all  sync.WaitGroup
	done atomic.Int64

	mu     sync.Mutex
	kinds  map[string]int
	failed []string
}

// flow starts people of each kind; each is an account of their own.
func flow(t *testing.T, b *balancer) *traffic {
	t.Helper()
	f := &traffic{b: b, stop: make(chan struct{}), kinds: map[string]int{}}
	for i, kind := range []func(*caller, api.Tokens) func(){
		f.bearer, f.bearer, f.cookie, f.cookie, f.tokens, f.logins, f.refreshes, f.refreshes, f.slow, f.slow,
	} {
		c := b.caller()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		c.http.Jar = jar
		email := fmt.Sprintf("person%d@example.com", i)
		person(t, c, email)
		step := kind(c, signIn(t, c, email))
		f.all.Go(func() {
			for {
				select {
				case <-f.stop:
					return
				default:
					step()
					time.Sleep(20 * time.Millisecond) // others use this machine too
				}
			}
		})
	}
	return f
}

// end waits for everybody, and says how many requests of which kind there were.
func (f *traffic) end(t *testing.T) {
	t.Helper()
	close(f.stop)
	f.all.Wait()
	for _, one := range f.failed[:min(10, len(f.failed))] {
		t.Error(one)
	}
	t.Logf("%d of %d requests failed: %v", len(f.failed), f.done.Load(), f.kinds)
	for _, kind := range []string{"bearer", "cookie", "csrf-token", "login", "logout", "refresh", "retried refresh", "slow login"} {
		if f.kinds[kind] == 0 {
			t.Errorf("there was no %s, so nothing is known of it", kind)
		}
	}
}

// held notes one answer; anything but 200 and 204 is a failure.
func (f *traffic) held(kind string, a answer) bool {
	f.done.Add(1)
	good := a.err == nil && (a.status == http.StatusOK || a.status == http.StatusNoContent)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kinds[kind]++
	if !good {
		f.failed = append(f.failed, fmt.Sprintf("%s at %s: %v %s", kind, time.Now().Format("15:04:05.000"), a, a.body))
	}
	return good
}

func (f *traffic) bearer(c *caller, of api.Tokens) func() {
	c.http.Jar = nil
	return func() { f.held("bearer", c.status(of.AccessToken)) }
}

// cookie answers 200 to nobody too, so it is looked at who is meant.
func (f *traffic) cookie(c *caller, of api.Tokens) func() {
	return func() {
		a := c.status("")
		var s api.Status
		if json.Unmarshal(a.body, &s) == nil && a.status == http.StatusOK && s.User.ID != of.User.ID {
			a.err = fmt.Errorf("signed out: %s", a.body)
		}
		f.held("cookie", a)
	}
}

func (f *traffic) tokens(c *caller, _ api.Tokens) func() {
	return func() { f.held("csrf-token", c.greet()) }
}

func (f *traffic) logins(c *caller, of api.Tokens) func() {
	return func() {
		a := c.login(of.User.Email, password)
		if f.held("login", a) {
			f.held("logout", c.logout(a.tokens().AccessToken))
			f.held("csrf-token", c.greet()) // the browser is a new one
		}
	}
}

// refreshes lose an answer now and then, and ask again with the same token.
func (f *traffic) refreshes(c *caller, of api.Tokens) func() {
	c.http.Jar = nil
	n := 0
	return func() {
		a := c.refresh(of.RefreshToken)
		if n++; f.held("refresh", a) && n%4 == 0 {
			again := c.refresh(of.RefreshToken)
			if again.tokens().RefreshToken != a.tokens().RefreshToken {
				again.err = fmt.Errorf("another child: %v", again)
			}
			f.held("retried refresh", again)
		}
		if got := a.tokens(); got.RefreshToken != "" {
			of = got
			f.held("bearer", c.status(of.AccessToken))
		}
	}
}

// slow sends the half of a login, waits, and sends the rest.
func (f *traffic) slow(c *caller, of api.Tokens) func() {
	return func() {
		text, err := json.Marshal(api.LoginRequest{Email: of.User.Email, Password: password})
		if err != nil {
			panic(err)
		}
		r, w := io.Pipe()
		go func() {
			_, _ = io.Copy(w, bytes.NewReader(text[:10]))
			time.Sleep(400 * time.Millisecond) // the person at the other end of a bad line
			_, _ = io.Copy(w, bytes.NewReader(text[10:]))
			_ = w.Close()
		}()
		req, err := http.NewRequest(http.MethodPost, c.url+"/api/v1/auth/jwt/login", r)
		if err != nil {
			panic(err)
		}
		req.ContentLength = int64(len(text))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-CSRF-TOKEN", c.csrf)
		f.held("slow login", c.send(req))
	}
}
