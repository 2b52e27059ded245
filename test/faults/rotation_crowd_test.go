package faults

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// guest is somebody who is signed in, by bearer and refresh token or by cookie.
type guest struct {
	mu    sync.Mutex
	name  string
	c     *caller
	other *caller // the second server
	token api.Tokens
	at    time.Time
	turn  int
	// failed are the answers that a person would have noticed.
	failed []string
}

// crowd is signed in before anything is exchanged, half of it in browsers.
func (r *rotating) crowd(n int) (all []*guest) {
	r.t.Helper()
	emails := r.people(n)
	all = make([]*guest, n)
	var wait sync.WaitGroup
	lanes := make(chan struct{}, 8)
	for i, email := range emails {
		wait.Go(func() {
			lanes <- struct{}{}
			defer func() { <-lanes }()
			v := &guest{name: email, c: r.caller(i%len(r.nodes), i%2 == 0), at: time.Now()}
			v.other = r.caller((i+1)%len(r.nodes), false)
			if a := patiently(func() answer { return v.c.login(email, password) }); a.status == http.StatusOK {
				v.token = a.tokens()
			} else {
				v.failed = append(v.failed, "login: "+a.String())
			}
			if v.c.http.Jar != nil {
				v.c.greet() // the token of a page that stays open all the time
			}
			all[i] = v
		})
	}
	wait.Wait()
	for _, v := range all {
		if len(v.failed) > 0 {
			r.t.Fatalf("%s: %v", v.name, v.failed)
		}
	}
	return all
}

// visit is one request, as an application or a page makes it.
func (v *guest) visit() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.turn++
	what, a := "", answer{}
	switch {
	case v.c.http.Jar != nil && v.turn%2 == 0:
		what, a = "the page asks for a token", v.c.call("POST", "/api/v1/auth/jwt/refresh", "", map[string]string{})
	case v.c.http.Jar != nil:
		what, a = "the cookie is checked", v.c.status("")
	case time.Since(v.at) > 6*time.Second:
		what, a = "the token is refreshed", v.c.refresh(v.token.RefreshToken)
		if a.status == http.StatusOK {
			v.token, v.at = a.tokens(), time.Now()
		}
	case v.turn%2 == 0:
		what, a = "the token is checked at the other server", v.other.status(v.token.AccessToken)
	default:
		what, a = "the token is checked", v.c.status(v.token.AccessToken)
	}
	if a.err != nil || a.status != http.StatusOK {
		v.failed = append(v.failed, fmt.Sprintf("%s: %s: %v", time.Now().Format("05.000"), what, a))
	}
}

// walk has them come by at about fifty requests a second until it is told to stop.
func walk(all []*guest) (stop func() (requests int)) {
	done := make(chan struct{})
	ended := make(chan int)
	go func() {
		var wait sync.WaitGroup
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		n := 0
		for {
			select {
			case <-every.C:
				v := all[n%len(all)]
				n++
				wait.Go(v.visit)
			case <-done:
				wait.Wait()
				ended <- n
				return
			}
		}
	}()
	return func() int { close(done); return <-ended }
}

// unnoticed says of each of them whether they are still signed in and met no refusal.
func unnoticed(t *testing.T, all []*guest) {
	t.Helper()
	out, failed := 0, 0
	for _, v := range all {
		v.visit()
		a := v.c.status("")
		if v.c.http.Jar == nil {
			a = v.c.refresh(v.token.RefreshToken)
		}
		if a.status != http.StatusOK {
			out++
			t.Logf("%s is signed out: %v", v.name, a)
		}
		failed += len(v.failed)
		for _, f := range v.failed {
			t.Logf("%s at %s", v.name, f)
		}
	}
	if out > 0 || failed > 0 {
		t.Errorf("of %d people %d were signed out, and %d requests failed", len(all), out, failed)
	}
}

// Keys, certificate and the password of the database are exchanged under people's hands; nobody notices.
func TestNobodyNoticesARotation(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRotating(t, kind)
			all := r.crowd(200)
			stop := walk(all)
			r.keys("rotate", "jwt")
			r.keys("rotate", "data")
			before := r.serial()
			r.certify()
			if kind == "PostgreSQL" {
				r.newPassword("the second password")
			}
			r.keys("rotate", "jwt")
			r.keys("rotate", "data")
			eventually(t, 30*time.Second, "the new certificate is shown", func() bool { return r.serial() != before })
			requests := stop()
			unnoticed(t, all)
			t.Logf("%d requests were answered meanwhile", requests)
		})
	}
}
