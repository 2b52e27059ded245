package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
)

// How often the running server examines itself: seldom while all is well, and
// sooner while something is wrong, so that what was mended is not told of for
// long. What only the public address shows is never asked often.
const (
	roundsWell = 5 * time.Minute
	roundsIll  = time.Minute
	// roundsLimit bounds one examination; it is shorter than what an answer over
	// HTTP may take.
	roundsLimit = 20 * time.Second
)

// rounds keeps the last diagnosis of the running server.
type rounds struct {
	s  *Server
	id string
	// look asks for an examination now.
	look chan struct{}
	// busy is held by whoever examines: one at a time.
	busy chan struct{}

	mu   sync.Mutex
	last *api.Diagnosis
	deep bool // the last one asked the public address too, and found something
}

func newRounds(s *Server, id string) *rounds {
	return &rounds{s: s, id: id, look: make(chan struct{}, 1), busy: make(chan struct{}, 1)}
}

// run goes the rounds until ctx ends. An examination that is under way then is
// not waited for.
func (d *rounds) run(ctx context.Context) {
	for {
		pause := roundsWell
		if last, deep := d.state(); last != nil && !last.Healthy && !deep {
			pause = roundsIll
		}
		next := time.NewTimer(pause)
		select {
		case <-d.look:
		case <-next.C:
		case <-ctx.Done():
			next.Stop()
			return
		}
		next.Stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			if _, err := d.s.Store.Version(ctx); err != nil {
				return // health tells of a database that is away, and turns back at once
			}
			_, deep := d.state()
			_, _ = d.Examine(ctx, deep)
		}()
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}

// soon asks for an examination without waiting for it.
func (d *rounds) soon() {
	select {
	case d.look <- struct{}{}:
	default:
	}
}

// state is the last diagnosis, and whether the next has to go as deep.
func (d *rounds) state() (last *api.Diagnosis, deep bool) {
	if d == nil {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last, d.deep
}

// Last is the last diagnosis, nil before the first.
func (d *rounds) Last() *api.Diagnosis {
	last, _ := d.state()
	return last
}

// Findings are those of the last diagnosis.
func (d *rounds) Findings() []api.Finding {
	if last := d.Last(); last != nil {
		return last.Findings
	}
	return nil
}

// Examine looks now. Deep asks the public address and other machines too.
// Whoever comes while somebody examines waits for that, and is given the same
// answer if it went as deep.
func (d *rounds) Examine(ctx context.Context, deep bool) (api.Diagnosis, error) {
	came := time.Now()
	select {
	case d.busy <- struct{}{}:
		defer func() { <-d.busy }()
	case <-ctx.Done():
		return api.Diagnosis{}, ctx.Err()
	}
	if last := d.Last(); last != nil && last.At.After(came) && !deep {
		return *last, nil
	}
	limited, cancel := context.WithTimeout(ctx, roundsLimit)
	defer cancel()
	found := examine(limited, inside.Options{
		Config: d.s.live().Config, Serving: true, Cheap: !deep, Node: d.id, Store: d.s.Store,
		Seen: func() []api.Finding { return append(d.s.refusedNow(), d.s.seen.Findings(time.Now())...) },
	})
	if ctx.Err() != nil {
		return api.Diagnosis{}, ctx.Err() // it was cut off: what it says of the rest is not so
	}
	d.keep(found, deep)
	return found, nil
}

// keep remembers a diagnosis, and tells the log what is new and what is gone.
func (d *rounds) keep(found api.Diagnosis, deep bool) {
	d.mu.Lock()
	before := d.last
	d.last, d.deep = &found, deep && !found.Healthy
	d.mu.Unlock()
	var known []api.Finding
	if before != nil {
		known = before.Findings
	}
	for _, f := range found.Findings {
		if !contains(known, f.Code) {
			d.s.Log.Warn("the doctor found a cause", "code", string(f.Code), "severity", string(f.Severity),
				"title", f.Title, "evidence", f.Evidence, "setting", f.Setting, "remedy", f.Remedy)
		}
	}
	for _, f := range known {
		if !contains(found.Findings, f.Code) {
			d.s.Log.Info("what the doctor found is gone", "code", string(f.Code))
		}
	}
}

func contains(list []api.Finding, code api.Cause) bool {
	return slices.ContainsFunc(list, func(f api.Finding) bool { return f.Code == code })
}

// outdated says whether the settings were changed and could not be taken over.
func (d *rounds) outdated() bool { return len(d.s.refusedNow()) > 0 }
