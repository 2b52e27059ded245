package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// nodesAsked is how often one thing is asked: with two servers taking turns at
// random, all by the same one is a matter of one in five hundred.
const nodesAsked = 10

// nodes asks the same on connections of their own. Where several servers share
// the address, each must take what another gave.
func (p *proxied) nodes(ctx context.Context, r *doctor.Result) {
	if p.public.pace.limited() {
		r.Skip("asked too often for a limit in front of the server")
		return
	}
	keys, configs := map[string]int{}, map[string]int{}
	var mu sync.Mutex
	p.apart(func() {
		v := p.visitor()
		defer v.client.CloseIdleConnections()
		e, err := p.ask(ctx, v, request{path: api.EchoPath + strayPath})
		v.client.CloseIdleConnections()
		c, errC := v.ask(ctx, request{path: "/api/v1/config"})
		mu.Lock()
		defer mu.Unlock()
		if err == nil && e.ours && e.KeyID != "" {
			keys[e.KeyID]++
		}
		if errC == nil && c.status == http.StatusOK && json.Valid(c.body) {
			configs[string(c.body)]++
		}
	})
	accepted, refused := p.taken(ctx)
	var lines []string
	if accepted > 0 && refused > 0 {
		lines = append(lines, fmt.Sprintf("one CSRF token with its cookie, shown on %d connections: taken %d times, refused as invalid %d times",
			accepted+refused, accepted, refused))
	}
	if len(keys) > 1 {
		lines = append(lines, "the key that signs tokens differs from answer to answer: "+tally(keys))
	}
	if len(configs) > 1 {
		lines = append(
			lines,
			fmt.Sprintf("GET /api/v1/config has %d different answers: %s", len(configs), differing(configs)),
		)
	}
	if len(lines) == 0 {
		r.Say("one key, one configuration, tokens taken each time")
		return
	}
	p.find(r, api.Finding{
		Code: "nodes_differ", Evidence: strings.Join(lines, "\n"),
		Expected: "the same from every server behind the address",
	})
}

// visitor is a new one, who knows how hasty the others were.
func (p *proxied) visitor() *visitor {
	v := newVisitor(p.at, p.at.Host, p.at.Hostname(), true)
	v.pace = p.public.pace
	return v
}

// apart does something several times, a few at once.
func (p *proxied) apart(f func()) {
	var wait sync.WaitGroup
	places := make(chan struct{}, 3)
	for range nodesAsked {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			f()
		})
	}
	wait.Wait()
}

// taken shows one token again and again, with a login that names nobody: a
// server that takes the token goes on to miss the address, and no attempt counts.
func (p *proxied) taken(ctx context.Context) (accepted, refused int) {
	v := p.visitor()
	defer v.client.CloseIdleConnections()
	a, err := v.ask(ctx, request{path: "/api/v1/auth/csrf-token"})
	if err != nil {
		return 0, 0
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "X-Csrf-Token": {tokenOf(&echo{answer: a})}, "Origin": {p.at.Scheme + "://" + p.at.Host},
	}
	for _, c := range a.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(c, ";")
		header.Add("Cookie", pair)
	}
	header["Cookie"] = []string{strings.Join(header["Cookie"], "; ")}
	var mu sync.Mutex
	p.apart(func() {
		own := p.visitor()
		defer own.client.CloseIdleConnections()
		a, err := own.ask(
			ctx,
			request{method: "POST", path: "/api/v1/auth/jwt/login", header: header, body: `{"email":"","password":""}`},
		)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch (&echo{answer: a}).problem() {
		case string(api.CodeValidationFailed):
			accepted++
		case string(api.CodeCSRFTokenInvalid):
			refused++
		}
	})
	return accepted, refused
}

func tally(of map[string]int) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		texts = append(texts, fmt.Sprintf("%s (%d times)", name, of[name]))
	}
	return strings.Join(texts, ", ")
}

// differing names the members in which two answers are not alike.
func differing(answers map[string]int) string {
	var first map[string]any
	names := map[string]bool{}
	for _, text := range slices.Sorted(maps.Keys(answers)) {
		var one map[string]any
		if json.Unmarshal([]byte(text), &one) != nil {
			continue
		}
		if first == nil {
			first = one
		}
		for name := range one {
			if fmt.Sprint(one[name]) != fmt.Sprint(first[name]) {
				names[name] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}
