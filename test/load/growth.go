package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// tokens is how many live sessions are looked at, on both sizes.
const tokens = 10_000

// There are many paths: each is driven for a shorter time, in fewer rounds. A login is dear and keeps the whole time.
const (
	growthRounds = 3
	growthShare  = 5
)

// growth compares the paths on a small and on a large database, on both engines.
func growth(ctx context.Context, w *world) ([]bench.Row, error) {
	var rows []bench.Row
	for _, engine := range []string{onSQLite, onPostgres} {
		more, err := w.grow(ctx, engine)
		if err != nil {
			return rows, fmt.Errorf("%s: %w", engine, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// grow compares them on one engine. Of the small database all live sessions are looked at, of the large one ten thousand.
func (w *world) grow(ctx context.Context, engine string) ([]bench.Row, error) {
	name := "growth-" + engine[:3]
	most := w.options.users
	small, err := w.fill(ctx, engine, name+"-small", size{users: 1000, sessions: 1000, audit: 1000, live: 900})
	if err != nil {
		return nil, err
	}
	large, err := w.fill(ctx, engine, name+"-large", size{users: most, sessions: most, audit: most, live: min(tokens, most*9/10)})
	if err != nil {
		return nil, err
	}
	sweep, err := w.compareSweeps(ctx, engine, small, large)
	if err != nil {
		return nil, err
	}
	rows := []bench.Row{sweep}
	// Strict comes first: a login ends old sessions, and what is remembered of them is not looked at again.
	for _, mode := range []string{"strict", "cached"} {
		one, err := w.node(ctx, name+"-small-"+mode, small, "SESSION_CHECK="+mode)
		if err != nil {
			return rows, err
		}
		other, err := w.node(ctx, name+"-large-"+mode, large, "SESSION_CHECK="+mode)
		if err != nil {
			return rows, err
		}
		own, err := settle(ctx, one)
		if err != nil {
			return rows, err
		}
		its, err := settle(ctx, other)
		if err != nil {
			return rows, err
		}
		if mode == "cached" {
			rows = append(rows, bench.Row{
				ID: "growth-" + engine[:3] + "-start", What: w.growthOn(engine) + "CPU of a start, until the server is at rest", Unit: "ms",
				Got: its, Against: "1000 rows", Baseline: own, Ratio: its / own,
			}.AtMost(1.1))
		}
		more, err := w.compareSizes(ctx, engine, mode, one, other)
		one.stop()
		other.stop()
		if rows = append(rows, more...); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// settle waits until the server does nothing by itself any more, and gives the milliseconds of CPU that it used since its
// start: what it does once at its start is no part of a request.
func settle(ctx context.Context, n *node) (float64, error) {
	var last float64
	for range 100 {
		u, err := bench.UsageOf(n.cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		now := float64(u.Since(bench.Usage{}).Microseconds()) / 1000
		if last > 0 && now-last < 10 {
			return now, nil
		}
		last = now
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return last, nil
}

// compareSizes drives each path on both in turn.
func (w *world) compareSizes(ctx context.Context, engine, mode string, small, large *node) ([]bench.Row, error) {
	var few, many []*contender
	for _, n := range []*node{small, large} {
		all, err := n.paths(ctx, mode, w.length/growthShare)
		if err != nil {
			return nil, err
		}
		if n == small {
			few = all
		} else {
			many = all
		}
	}
	var rows []bench.Row
	for i := range few {
		if err := w.race(ctx, growthRounds, few[i], many[i]); err != nil {
			return rows, err
		}
		r := cpuRow(fmt.Sprintf("growth-%s-%d-%s", engine[:3], i, mode), many[i], few[i])
		r.What = w.growthOn(engine) + "CPU of " + many[i].name
		r.Against = "1000 rows"
		rows = append(rows, r.AtMost(1.1))
	}
	return rows, nil
}

// growthOn is how the rows of growth begin.
func (w *world) growthOn(engine string) string {
	return "growth to " + strconv.Itoa(w.options.users) + " rows, " + engine + ": "
}

// path is a request whose cost may grow with the number of rows.
type path struct {
	name string
	at   func(i int, l live) string // the address for the i-th live session
	own  bool                       // shown with that session's token, not the administrator's
}

func (n *node) paths(ctx context.Context, mode string, length time.Duration) ([]*contender, error) {
	p, err := n.signIn(ctx, boss)
	if err != nil {
		return nil, err
	}
	list := []path{
		{"a session check (" + mode + ", many tokens)", func(int, live) string { return "/api/v1/auth/status" }, true},
	}
	if mode == "cached" {
		list = append(list, readPaths()...)
	}
	var all []*contender
	for _, one := range list {
		c := &contender{name: one.name, on: n, clients: 2, length: length}
		if strings.HasPrefix(one.name, "a session check") {
			c.warm = 2 * time.Second // until each token was seen
		}
		var requests []bench.Request
		for i, l := range n.db.live {
			shown := p.token
			if one.own {
				shown = l.Token
			}
			requests = append(requests, bench.Request{URL: n.url + one.at(i, l), Header: []string{"Authorization: Bearer " + shown}})
		}
		rand.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
		if c.wires, err = bench.Prepare(requests...); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if mode != "cached" {
		return all, nil
	}
	login := &contender{name: "a login", on: n, clients: 2}
	login.wires, err = n.loginWires(ctx)
	return append(all, login), err
}

// readPaths are the lists and searches.
func readPaths() []path {
	admin := "/api/v1/admin/"
	query := func(place string, more ...string) func(int, live) string {
		return func(i int, l live) string {
			v := url.Values{}
			for j := 0; j < len(more); j += 2 {
				text := more[j+1]
				switch text {
				case "EMAIL":
					text = l.Email
				case "USER":
					text = l.User
				case "IP":
					text = fmt.Sprintf("10.0.0.%d", i%250)
				case "DAY":
					text = time.Now().Add(-time.Duration(i%29+1) * 24 * time.Hour).UTC().Format(time.RFC3339)
				}
				v.Set(more[j], text)
			}
			return admin + place + "?" + v.Encode()
		}
	}
	return []path{
		{"the list of one's sessions", func(int, live) string { return "/api/v1/auth/sessions" }, true},
		{"one's activity", func(int, live) string { return "/api/v1/users/me/activity" }, true},
		{"the list of accounts", query("users"), false},
		{"accounts by role", query("users", "role", "admin"), false},
		{"accounts by status", query("users", "status", "disabled"), false},
		{"accounts searched, many found", query("users", "q", "meyer"), false},
		{"accounts searched by whole address", query("users", "q", "EMAIL"), false},
		{"accounts searched, none found", query("users", "q", "nobody at all"), false},
		{"an account's sessions", func(_ int, l live) string { return admin + "users/" + l.User + "/sessions" }, false},
		{"the audit", query("audit"), false},
		{"the audit by frequent event", query("audit", "event", "logout"), false},
		{"the audit by rare event", query("audit", "event", "user_created"), false},
		{"the audit by event that never was", query("audit", "event", "user_deleted"), false},
		{"the audit by user", query("audit", "user", "EMAIL"), false},
		{"the audit by user id", query("audit", "user_id", "USER"), false},
		{"the audit by address", query("audit", "address", "EMAIL"), false},
		{"the audit by network address", query("audit", "ip", "IP"), false},
		{"the audit by network address of nobody", query("audit", "ip", "192.0.2.7"), false},
		{"the audit by outcome", query("audit", "outcome", "refused"), false},
		{"the audit until a day", query("audit", "until", "DAY"), false},
		{"the audit since a day", query("audit", "since", "DAY"), false},
		{"the audit of an event until a day", query("audit", "event", "login", "until", "DAY"), false},
		{"the audit by request id", query("audit", "request_id", "aaaaaaaaaaaaaaaa"), false},
		{"the metrics", func(int, live) string { return "/metrics" }, false},
	}
}
