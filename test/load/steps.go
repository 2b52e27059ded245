package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
)

// rounds is how often the measurements that are compared take turns.
const rounds = 5

// checks drives the session check, by token and by cookie, and csrf-token in
// turn with the bare handler.
func checks(ctx context.Context, s *server, length time.Duration) ([]row, error) {
	targets := []target{
		{url: s.bare + "/hello"},
		{url: s.url + "/api/v1/auth/status", header: http.Header{"Authorization": {"Bearer " + s.token}}},
		{url: s.url + "/api/v1/auth/status", header: http.Header{"Cookie": {s.cookie}}},
		{url: s.url + "/api/v1/auth/csrf-token"},
	}
	rates := make([][]float64, len(targets))
	for range rounds {
		for i, t := range targets {
			rate, err := drive(ctx, t, 16, length)
			if err != nil {
				return nil, err
			}
			rates[i] = append(rates[i], rate)
		}
	}
	bare := median(rates[0])
	out := []row{{what: "bare net/http handler", got: fmt.Sprintf("%.0f/s", bare)}}
	for i, name := range []string{"session check by bearer token", "session check by cookie", "csrf-token"} {
		ratio := median(quotients(rates[i+1], rates[0]))
		out = append(out, row{what: name + " ÷ bare handler", got: fmt.Sprintf("%.2f", ratio), floor: "≥ 0.50", ok: ratio >= 0.5})
	}
	return out, nil
}

// logins compares logins with argon2id alone on all processors, in turn.
func logins(ctx context.Context, s *server, length time.Duration) ([]row, error) {
	var raw, full []float64
	for range rounds {
		raw = append(raw, hashRate(length))
		login, err := s.loginTarget(ctx)
		if err != nil {
			return nil, err
		}
		rate, err := drive(ctx, login, 16, length)
		if err != nil {
			return nil, err
		}
		full = append(full, rate)
	}
	ratio := median(quotients(full, raw))
	return []row{
		{what: "argon2id alone, all processors", got: fmt.Sprintf("%.1f/s", median(raw))},
		{what: "logins ÷ argon2id alone", got: fmt.Sprintf("%.2f", ratio), floor: "≥ 0.85", ok: ratio >= 0.85},
	}, nil
}

// loginTarget is a login of each person in turn.
func (s *server) loginTarget(ctx context.Context) (target, error) {
	var csrf struct {
		CSRFToken string `json:"csrf_token"`
	}
	_, err := s.call(ctx, http.MethodGet, "/api/v1/auth/csrf-token", nil, nil, &csrf)
	t := s.loginAs(csrf.CSRFToken, person(0), password)
	for i := range people {
		t.bodies = append(t.bodies, s.loginAs("", person(i), password).bodies...)
	}
	return t, err
}

func (s *server) loginAs(token, address, text string) target {
	body, _ := json.Marshal(map[string]string{"email": address, "password": text})
	return target{
		method: http.MethodPost, url: s.url + "/api/v1/auth/jwt/login", bodies: [][]byte{body},
		header: http.Header{"Content-Type": {"application/json"}, "X-Csrf-Token": {token}},
	}
}

// hashRate is how many hashes of our parameters the machine makes in a second.
func hashRate(length time.Duration) float64 {
	var n int
	var mu sync.Mutex
	var all sync.WaitGroup
	began := time.Now()
	for range runtime.NumCPU() {
		all.Go(func() {
			for time.Since(began) < length {
				argon2.IDKey([]byte(password), []byte("sixteen byte sal"), 2, 19*1024, 1, 32)
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// storm asks for session checks at a steady rate, alone and while 64 clients
// sign in without pause. A check counts from the moment it was due.
func storm(ctx context.Context, s *server, length time.Duration) ([]row, error) {
	check := target{url: s.url + "/api/v1/auth/status", header: http.Header{"Authorization": {"Bearer " + s.token}}}
	alone, err := steady(ctx, check, 100, 2*length)
	if err != nil {
		return nil, err
	}
	login, err := s.loginTarget(ctx)
	if err != nil {
		return nil, err
	}
	stormCtx, calm := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); flood(stormCtx, login, 64) }()
	time.Sleep(length / 2)
	busy, err := steady(ctx, check, 100, 3*length)
	calm()
	<-done
	if err != nil {
		return nil, err
	}
	// The storm counted against the session limit, so the session may be gone.
	return []row{
		{what: "session check, 100/s, alone: p50 / p99", got: spread(alone)},
		{what: "session check, 100/s, while 64 clients sign in: p50 / p99", got: spread(busy)},
	}, s.login(ctx)
}

func spread(all []time.Duration) string {
	slices.Sort(all)
	ms := func(q float64) float64 {
		return float64(all[min(len(all)-1, int(q*float64(len(all))))].Microseconds()) / 1000
	}
	return fmt.Sprintf("%.1f / %.1f ms of %d", ms(0.5), ms(0.99), len(all))
}

// timing interleaves refusals of a known and of an unknown address. The AUC is
// the chance that the slower one is the known one: 0.5 tells nothing.
func timing(ctx context.Context, s *server, _ time.Duration) ([]row, error) {
	t, err := s.loginTarget(ctx)
	if err != nil {
		return nil, err
	}
	token := t.header.Get("X-Csrf-Token")
	known := s.loginAs(token, email, "a wrong sentence to measure by")
	unknown := s.loginAs(token, "nobody@example.com", "a wrong sentence to measure by")
	const samples = 200
	var a, b []float64
	for i := range samples {
		first, second := known, unknown
		if i%2 == 1 {
			first, second = unknown, known
		}
		d1, err := once(ctx, first)
		if err != nil {
			return nil, err
		}
		d2, err := once(ctx, second)
		if err != nil {
			return nil, err
		}
		if i%2 == 1 {
			d1, d2 = d2, d1
		}
		a, b = append(a, d1.Seconds()), append(b, d2.Seconds())
	}
	auc := areaUnderCurve(a, b)
	return []row{{
		what: "refusal, known against unknown address: AUC", got: fmt.Sprintf("%.2f", auc), floor: "≤ 0.60", ok: max(auc, 1-auc) <= 0.60,
	}}, nil
}

func areaUnderCurve(a, b []float64) float64 {
	var wins float64
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(a)*len(b))
}

// cold starts the program with a migrated database, to its first ready answer.
func cold(ctx context.Context, s *server, _ time.Duration) ([]row, error) {
	var all []float64
	for range 5 {
		_ = s.main.Process.Signal(os.Interrupt)
		_ = s.main.Wait()
		began := time.Now()
		c, err := s.serve(ctx)
		if err != nil {
			return nil, err
		}
		s.main = c
		all = append(all, time.Since(began).Seconds())
	}
	got := median(all)
	return []row{{what: "cold start to ready", got: fmt.Sprintf("%.0f ms", got*1000), floor: "< 500 ms", ok: got < 0.5}}, nil
}

func idle(_ context.Context, s *server, _ time.Duration) ([]row, error) {
	time.Sleep(8 * time.Second) // past the hash that start made
	got, err := pss(s.main.Process.Pid)
	return []row{{what: "memory when idle (PSS)", got: fmt.Sprintf("%.0f MiB", got), floor: "< 60 MiB", ok: got < 60}}, err
}

func size(context.Context, *server, time.Duration) ([]row, error) {
	info, err := os.Stat(binary)
	if err != nil {
		return nil, err
	}
	mb := float64(info.Size()) / 1e6
	return []row{{what: "binary", got: fmt.Sprintf("%.1f MB", mb), floor: "< 45 MB", ok: mb < 45}}, nil
}

// quotients pairs what was measured in the same round: the machine may be
// twice as fast a minute later.
func quotients(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
