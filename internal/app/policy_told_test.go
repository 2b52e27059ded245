package app

import (
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// TestEachAddressOfApplicationsIsTriedOnce, whatever is served from it.
func TestEachAddressOfApplicationsIsTriedOnce(t *testing.T) {
	here, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var came atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := here.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = c.Close()
		}
	}()
	away, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = away.Close()
	at := func(l net.Listener) *url.URL { return &url.URL{Scheme: "http", Host: l.Addr().String()} }
	got := applicationsTold(t.Context(), []config.Upstream{
		{Path: "/api", URL: at(here)}, {Host: "a.example.com", Path: "/", URL: at(away)}, {Path: "/", URL: at(here)},
	})
	want := []api.PolicyApplication{
		{Path: "/api", URL: at(here).String(), Connects: true},
		{Host: "a.example.com", Path: "/", URL: at(away).String()},
		{Path: "/", URL: at(here).String(), Connects: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	_ = here.Close()
	<-done
	if n := came.Load(); n > 1 {
		t.Errorf("%d connections to one address", n)
	}
}
