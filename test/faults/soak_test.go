package faults

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// soakFor is how long the soak lasts: AIWFE_SOAK=30m for the whole one.
func soakFor(t *testing.T) time.Duration {
	t.Helper()
	if text := os.Getenv("AIWFE_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("AIWFE_SOAK is no duration: %v", err)
		}
		return d
	}
	return time.Duration(rounds(20, 300)) * time.Second
}

// A hundred requests a second of every common kind: files and goroutines stay as they are, and over minutes memory does.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	c := newBrowser(t, s)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	work := []func() answer{
		func() answer { return c.status(token) }, func() answer { return c.call("GET", "/login", "", nil) },
		func() answer { return c.call("GET", "/api/v1/config", "", nil) }, func() answer { return c.status("nonsense") },
		func() answer { return c.call("GET", "/api/health", "", nil) }, func() answer { return c.call("GET", "/nothing", "", nil) },
		func() answer { return c.call("GET", "/api/v1/auth/sessions", token, nil) }, func() answer { return newCaller(s).once("GET", "/api/v1/auth/csrf-token") },
		func() answer { return c.call("POST", "/api/v1/auth/jwt/login", "", "no object") },
	}
	soak(t, s, work, 5*time.Second, false)
	watch := watched(t, s)
	alive, taken := soak(t, s, append(work, func() answer { return comeAndGo(s) }), soakFor(t), true)
	watch(0)
	t.Logf("a minute, what is alive grew by %s, and what is taken of the machine by %s", alive, taken)
	if soakFor(t) >= 2*time.Minute && alive.share() > 0.01 {
		t.Errorf("what is alive grows by %s a minute", alive)
	}
	// The collector fills what it may before it gives back: that takes minutes to come to rest.
	if soakFor(t) >= 10*time.Minute && taken.share() > 0.01 {
		t.Errorf("what is taken of the machine grows by %s a minute", taken)
	}
}

// comeAndGo signs in, refreshes and signs out.
func comeAndGo(s *ground.Instance) answer {
	c := newCaller(s)
	defer c.http.CloseIdleConnections()
	a := c.login(ada, password)
	if a.status != http.StatusOK {
		return a
	}
	a = c.refresh(a.tokens().RefreshToken)
	c.logout(a.tokens().AccessToken)
	return a
}

// soak makes a hundred requests a second, the last kind of them twice a second, and gives how what is alive and what the
// process took of the machine grew in the second half.
func soak(t *testing.T, s *ground.Instance, work []func() answer, long time.Duration, slowLast bool) (alive, taken rise) {
	t.Helper()
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	busy := make(chan struct{}, 100)
	began := time.Now()
	var at, live, anon []float64
	looked := began
	for n := 0; time.Since(began) < long; n++ {
		<-tick.C
		kind := work[n%len(work)]
		if last := len(work) - 1; slowLast && n%len(work) == last && n%50 > len(work) {
			kind = work[n%last]
		}
		busy <- struct{}{}
		all.Go(func() {
			defer func() { <-busy }()
			if a := kind(); a.err != nil || a.status >= 500 && a.status != http.StatusServiceUnavailable {
				t.Errorf("amid the soak: %v", a)
			}
		})
		if now := time.Now(); now.Sub(looked) > time.Second && now.Sub(began) > long/2 {
			looked = now
			at = append(at, now.Sub(began).Minutes())
			live, anon = append(live, takeVitals(s).goal/2), append(anon, anonymous(s))
		}
	}
	return trend(at, live), trend(at, anon)
}

// rise is by how many bytes a minute something grows, and how many it is.
type rise struct{ slope, middle float64 }

func (g rise) share() float64 { return g.slope / max(g.middle, 1) }

func (g rise) String() string {
	return fmt.Sprintf("%.2f %% of %.0f MiB", 100*g.share(), g.middle/mebibyte)
}

// trend is the median of the slopes between any two points (Theil and Sen), which a single hash under way does not move,
// and the median of the values.
func trend(x, y []float64) rise {
	var slopes []float64
	for i := range x {
		for j := range i {
			slopes = append(slopes, (y[i]-y[j])/(x[i]-x[j]))
		}
	}
	return rise{median(slopes), median(y)}
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(all))[len(all)/2]
}
