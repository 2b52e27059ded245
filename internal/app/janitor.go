package app

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// How long what has ended stays in the database. A session that ended is kept
// for a while, so that a token of it is told why it no longer counts.
var keep = store.Keep{
	Sessions: 7 * 24 * time.Hour, Devices: 400 * 24 * time.Hour, Attempts: 30 * 24 * time.Hour, Links: 30 * 24 * time.Hour, Revocations: time.Hour,
	Challenges: time.Hour, Letters: 30 * 24 * time.Hour, Reports: selftest.Keep,
	Figures:     [...]time.Duration{48 * time.Hour, 35 * 24 * time.Hour, 400 * 24 * time.Hour},
	Notices:     30 * 24 * time.Hour,
	AttemptRows: 1_000_000,
}

// work runs everything that goes on beside the requests, until ctx ends.
func (c *Core) work(ctx context.Context, t *tally) *sync.WaitGroup {
	var all sync.WaitGroup
	all.Go(func() { c.Sessions.Run(ctx) })
	all.Go(func() { t.run(ctx) })
	all.Go(func() { c.sweep(ctx) })
	all.Go(func() { c.alone(ctx, job{"sweep", sweepEvery, c.sweepAll}) })
	c.audits(ctx, &all)
	all.Go(func() { c.sendMail(ctx) }) // each letter is leased by itself, so that all nodes may send
	if c.shared != nil {
		all.Go(func() { c.shared.Run(ctx) })
	}
	return &all
}

const sweepEvery = 10 * time.Minute

// sweepAll clears away what ended long ago, for all nodes. What is old is
// judged by the clock of the database: a node whose own is a day ahead would
// else take away what the others need.
func (c *Core) sweepAll(ctx context.Context, held store.Held) error {
	k := keep
	k.Under = &held
	return c.Store.Sweep(ctx, held.At, k)
}

// sweep clears the memory of this node, and looks which kinds of password hash
// the table holds: refusals are held for the dearest of them.
func (c *Core) sweep(ctx context.Context) {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		if kinds, err := c.Store.HashKinds(ctx); err == nil {
			c.Passwords.KnowKinds(kinds)
		}
		c.addresses.Sweep(time.Now())
		c.ceremonies.Sweep(time.Now())
		c.selfTests.Sweep(time.Now())
		c.Reports.Sweep(time.Now())
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// tallyRoom bounds the refusals that wait to be written; beyond it they are
// counted in the metrics only.
const tallyRoom = 10_000

// tally gathers refusals and writes them once a second.
type tally struct {
	c     *Core
	mu    sync.Mutex
	rows  []audit.Row
	names names // of flush alone
}

func (t *tally) add(r audit.Row) {
	t.mu.Lock()
	if len(t.rows) < tallyRoom {
		t.rows = append(t.rows, r)
	}
	t.mu.Unlock()
}

func (t *tally) run(ctx context.Context) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			t.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			t.flush(last)
			return
		}
	}
}

func (t *tally) flush(ctx context.Context) {
	t.mu.Lock()
	rows := t.rows
	t.rows = nil
	t.mu.Unlock()
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		t.names.bound(&rows[i])
	}
	if err := t.c.Store.Tally(ctx, merge(rows)); err != nil {
		t.c.Log.Warn("refusals could not be counted in the audit", "refusals", len(rows), "error", err)
	}
}

// wide is the network of an IPv6 address: whoever holds a /64 has more
// addresses than any disk has room for rows.
func wide(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || !a.Is6() {
		return ip
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

// How many account addresses of one minute are written beside refusals; see
// names.
const (
	namesOfNetwork = 10
	namesOfAll     = 200
)

// names are the account addresses that counted refusals of this minute name.
// An operator who asks for an address must find that it is at its limit, but
// the address is the stranger's text: with a new one in each request every
// request would earn a row. Asking the database which of them exist would cost
// a query per address and tell an account from none by what is written, so
// they are counted instead. Beyond the bound a refusal goes into the row of its
// network without a name, as it did before: nothing is lost but the name. The
// bound is per network, so that one stranger does not push another person's
// address out of sight, and over all of them, since networks are many.
type names struct {
	minute int64
	seen   map[[2]string]bool
	of     map[string]int
}

func (n *names) bound(r *audit.Row) {
	if r.Address == "" {
		return
	}
	if minute := r.At.Unix() / 60; minute != n.minute || n.seen == nil {
		n.minute, n.seen, n.of = minute, map[[2]string]bool{}, map[string]int{}
	}
	network := wide(r.Client.IP)
	one := [2]string{network, r.Address}
	switch {
	case n.seen[one]:
	case n.of[network] >= namesOfNetwork, len(n.seen) >= namesOfAll:
		r.Address = ""
	default:
		n.seen[one] = true
		n.of[network]++
	}
}

// merge adds up rows that would be one row anyway.
func merge(rows []audit.Row) []audit.Row {
	type name struct {
		event                              audit.Event
		code, reason, session, ip, address string
		minute                             int64
	}
	at := map[name]int{}
	var out []audit.Row
	for _, r := range rows {
		r.Client.IP = wide(r.Client.IP)
		n := name{r.Event, string(r.Code), r.Reason, r.Session, r.Client.IP, r.Address, r.At.Unix() / 60}
		if i, ok := at[n]; ok {
			out[i].Count += max(1, r.Count)
			continue
		}
		at[n] = len(out)
		out = append(out, r)
	}
	return out
}
