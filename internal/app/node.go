package app

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// goneFor is how long the row of a server stays that no longer says anything.
const goneFor = 24 * time.Hour

// node keeps this server's row among those on the database.
type node struct {
	s    *Server
	row  store.Node
	told []api.Finding // what the row says at the moment
	beat time.Time
	of   *config.Config // that the marks are of
}

func newNode(s *Server) *node {
	host, _ := os.Hostname()
	return &node{s: s, row: store.Node{ID: secret.RandomText(10), Host: host, Version: version.String()}}
}

// run keeps the row fresh, and writes what is seen as soon as it changes. The
// first row is there when run returns from begin.
func (n *node) run(ctx context.Context, changed func()) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	n.tell(ctx, nil)
	changed()
	swept := time.Now()
	for {
		select {
		case <-every.C:
			now := time.Now()
			found := n.s.seen.Findings(now)
			turned := !same(found, n.told)
			if turned || n.of != n.s.live().Config || now.Sub(n.beat) >= inside.Heartbeat {
				n.tell(ctx, found)
			}
			if turned {
				changed()
			}
			if now.Sub(swept) > goneFor {
				swept = now
				n.warn(ctx, "rows of servers that are gone could not be dropped", n.s.Store.SweepNodes(ctx, goneFor))
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			n.warn(last, "the row of this server could not be taken away", n.s.Store.Leave(last, n.row.ID))
			return
		}
	}
}

// tell writes the row, and compares the clocks on the way: the database's is
// read about halfway between question and answer.
func (n *node) tell(ctx context.Context, found []api.Finding) {
	if (n.row.Marks == nil || n.of != n.s.live().Config) && !n.begin(ctx) {
		return
	}
	n.row.Findings = append([]api.Finding{}, found...)
	asked := time.Now()
	at, err := n.s.Store.Beat(ctx, n.row)
	took := time.Since(asked)
	n.beat = time.Now() // whether or not it succeeded: a database that is away is not asked each second
	n.told = found
	if err != nil {
		n.warn(ctx, "the row of this server could not be written", err)
		return
	}
	if took < time.Second { // a clock that was long on its way tells little
		n.row.Ahead = asked.Add(took / 2).Sub(at)
	}
}

// begin gathers what a reload alone changes.
func (n *node) begin(ctx context.Context) bool {
	salt, err := n.s.Store.Salt(ctx, true)
	if err != nil {
		n.warn(ctx, "the row of this server could not be written", err)
		return false
	}
	if n.row.Schema, _, err = n.s.Store.Schema(ctx); err != nil {
		n.warn(ctx, "the row of this server could not be written", err)
		return false
	}
	n.of = n.s.live().Config
	n.row.Marks = inside.Marks(n.of, salt)
	maps.Copy(n.row.Marks, inside.Place())
	maps.Copy(n.row.Marks, inside.KeyMarks(n.of))
	return true
}

func (n *node) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		n.s.Log.Debug(what, "error", err) // health tells of a database that is away
	}
}

// same compares by what is wrong: counts in the evidence move all the time.
func same(a, b []api.Finding) bool {
	return slices.EqualFunc(a, b, func(a, b api.Finding) bool { return a.Code == b.Code })
}
