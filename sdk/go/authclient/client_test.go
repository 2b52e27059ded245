package authclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// office is a server whose answers a test writes, by method and path.
func office(t *testing.T, routes map[string]http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := routes[r.Method+" "+strings.TrimPrefix(r.URL.Path, api)]
		if h == nil {
			problem(w, 404, "not_found", "")
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func gives(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func TestALoginGetsANewTokenOnce(t *testing.T) {
	var tokens, logins atomic.Int64
	c := office(t, map[string]http.HandlerFunc{
		"GET /csrf-token": func(w http.ResponseWriter, _ *http.Request) {
			gives(w, map[string]string{"csrf_token": fmt.Sprint(tokens.Add(1))})
		},
		"POST /jwt/login": func(w http.ResponseWriter, r *http.Request) {
			logins.Add(1)
			if r.Header.Get("X-CSRF-Token") != "2" {
				problem(w, 403, "csrf_token_expired", "")
				return
			}
			gives(w, granted{AccessToken: "a", RefreshToken: "r", ExpiresIn: 3600})
		},
	})
	ctx := context.Background()
	in, waits, err := c.Login(ctx, "ada@example.com", "x")
	if err != nil || waits != nil || in.Tokens().AccessToken != "a" || tokens.Load() != 2 || logins.Load() != 2 {
		t.Errorf("%v %v, %d tokens, %d logins", in, err, tokens.Load(), logins.Load())
	}
	if _, _, err = c.Login(ctx, "ada@example.com", "x"); err != nil || tokens.Load() != 2 {
		t.Errorf("the token is not kept: %v", err)
	}
	tokens.Store(5)
	c.csrf = "old"
	if _, _, err = c.Login(ctx, "ada@example.com", "x"); !HasCode(err, "csrf_token_expired") || tokens.Load() != 6 {
		t.Errorf("asked for %d more tokens: %v", tokens.Load()-5, err)
	}
	if text := fmt.Sprintf("%v %+v %#v", in.Tokens(), in.Tokens(), in.Tokens()); text != "(tokens) (tokens) (tokens)" {
		t.Error(text)
	}
}

func TestARefreshIsDoneOnceForAll(t *testing.T) {
	var refreshed atomic.Int64
	hold := make(chan struct{})
	c := office(t, map[string]http.HandlerFunc{
		"POST /jwt/refresh": func(w http.ResponseWriter, r *http.Request) {
			var in struct {
				RefreshToken string `json:"refresh_token"`
			}
			_ = json.NewDecoder(r.Body).Decode(&in)
			<-hold
			if in.RefreshToken != "r0" {
				problem(w, 401, "session_ended", "")
				return
			}
			refreshed.Add(1)
			gives(w, granted{AccessToken: "a1", RefreshToken: "r1", ExpiresIn: 3600})
		},
		"GET /status": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer a1" {
				problem(w, 401, "token_expired", "")
				return
			}
			gives(w, Status{Authenticated: true, User: User{ID: "7"}})
		},
	})
	in := c.Resume(Tokens{AccessToken: "a0", RefreshToken: "r0", Expires: time.Now().Add(time.Hour)})
	gone, leave := context.WithCancel(context.Background())
	started := make(chan error)
	go func() { _, err := in.Status(gone); started <- err }()
	for { // until its refresh is under way
		in.mu.Lock()
		flying := in.flight != nil
		in.mu.Unlock()
		if flying {
			break
		}
		time.Sleep(time.Millisecond)
	}
	leave() // who began it gives up, and it goes on for the others
	if err := <-started; !IsUnavailable(err) {
		t.Errorf("who left is told %v", err)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if st, err := in.Status(context.Background()); err != nil || st.User.ID != "7" {
				t.Errorf("%+v %v", st, err)
			}
		}()
	}
	close(hold)
	wg.Wait()
	if refreshed.Load() != 1 || in.Tokens().RefreshToken != "r1" {
		t.Errorf("refreshed %d times", refreshed.Load())
	}
}

func TestRetryAfterIsRespected(t *testing.T) {
	for _, tt := range []struct {
		status   int
		code     string
		after    string
		patience time.Duration
		limit    time.Duration
		asked    int64
		ok       bool
	}{
		{503, "database_unavailable", "1", 3 * time.Second, time.Minute, 2, true},
		{429, "too_many_attempts", "1", 3 * time.Second, time.Minute, 2, true},
		{503, "database_unavailable", "60", 3 * time.Second, time.Minute, 1, false},
		{503, "database_unavailable", "1", 0, time.Minute, 1, false},
		{503, "database_unavailable", "120", time.Hour, time.Minute, 1, false},
		{503, "database_unavailable", "", 3 * time.Second, time.Minute, 1, false},
		{401, "session_ended", "1", 3 * time.Second, time.Minute, 1, false},
	} {
		var asked atomic.Int64
		c := office(t, map[string]http.HandlerFunc{"GET /status": func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) == 1 {
				problem(w, tt.status, tt.code, tt.after)
				return
			}
			gives(w, Status{})
		}})
		c.patience = tt.patience
		ctx, cancel := context.WithTimeout(context.Background(), tt.limit)
		in := c.Resume(Tokens{})
		_, err := in.Status(ctx)
		cancel()
		if asked.Load() != tt.asked || (err == nil) != tt.ok || err != nil && IsSignedOut(err) != (tt.status == 401) {
			t.Errorf("%+v: asked %d times, %v", tt, asked.Load(), err)
		}
	}
}

func TestAddressesOfServers(t *testing.T) {
	for _, bad := range []string{"", "auth.example.com", "ftp://a", "https://", "https://u:p@a", "https://a/path", "https://a?x", "https://a#x", "://"} {
		if c, err := NewClient(bad); err == nil {
			t.Errorf("%q: %v", bad, c)
		}
	}
	if c, err := NewClient("https://auth.example.com/"); err != nil || c.base != "https://auth.example.com" {
		t.Error(err)
	}
}

func TestProblemsAreTyped(t *testing.T) {
	c := office(t, map[string]http.HandlerFunc{"GET /status": func(w http.ResponseWriter, _ *http.Request) {
		problem(w, 503, "database_unavailable", "60")
	}})
	_, err := c.Resume(Tokens{Expires: time.Now().Add(time.Hour)}).Status(context.Background())
	p, ok := err.(*Problem)
	if !ok || p.RetryAfter != time.Minute || p.RequestID != "req_1" || !strings.Contains(err.Error(), "req_1") || IsSignedOut(err) || !IsUnavailable(err) {
		t.Errorf("%#v", err)
	}
}
