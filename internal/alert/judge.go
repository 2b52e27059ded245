package alert

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Book is what is known: each alert, and the silences that count.
type Book struct {
	Alerts   []Alert
	Silences []Silence
}

// Change is what a step makes of a book. All of it is written together, or
// nothing.
type Change struct {
	Put  []Alert
	Drop []Key
	// Notice is what receivers are to be told now; nil for nothing.
	Notice *Notice
}

// Empty says that there is nothing to write.
func (c *Change) Empty() bool { return len(c.Put)+len(c.Drop) == 0 }

// Judge decides. It may be used by one goroutine at a time.
type Judge struct {
	Rules []Rule
	// Group is how long what began waits for what goes with it, Repeat after how
	// long what still fires is told of again.
	Group, Repeat time.Duration
	// Anybody says whether there is a receiver; what nobody could be told of is
	// told when there is one.
	Anybody bool
	// ID makes the name of an episode or a notice.
	ID func() string
}

// Step takes a book to the next one.
func (j *Judge) Step(now time.Time, s *Snapshot, b Book) Change {
	was := map[Key]Alert{}
	for _, a := range b.Alerts {
		was[a.Key] = a
	}
	is := maps.Clone(was)
	for i := range j.Rules {
		r := &j.Rules[i]
		if s.Unknown[r.Name] {
			continue
		}
		for key, seen := range r.read(s, b.Alerts) {
			if a := r.next(is[key].under(key), seen, now, j.ID); a.State == "" {
				delete(is, key)
			} else {
				is[key] = a
			}
		}
	}
	var c Change
	c.Notice = j.notice(now, is, b.Silences)
	for key, a := range is {
		if a.State == Resolved && now.Sub(a.ResolvedAt) > forgetAfter {
			delete(is, key)
		} else if a != was[key] {
			c.Put = append(c.Put, a)
		}
	}
	for key := range was {
		if _, still := is[key]; !still {
			c.Drop = append(c.Drop, key)
		}
	}
	slices.SortFunc(c.Put, func(x, y Alert) int { return x.compare(y.Key) })
	slices.SortFunc(c.Drop, Key.compare)
	return c
}

func (a Alert) under(k Key) Alert { a.Key = k; return a }

func (k Key) compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Rule, o.Rule), cmp.Compare(k.Label, o.Label))
}

// read looks at a snapshot: the worst reading of each label, and well for what
// was known and is not there any more.
func (r *Rule) read(s *Snapshot, known []Alert) map[Key]Reading {
	out := map[Key]Reading{}
	for _, a := range known {
		if a.Rule == r.Name {
			out[a.Key] = Reading{Level: Well}
		}
	}
	found := s.findings()
	for _, one := range r.look(s) {
		key := Key{r.Name, one.Label}
		if before, ok := out[key]; ok && (before.Level > one.Level || before.Level == one.Level && before.Severity.rank() >= one.Severity.rank()) {
			continue
		}
		if one.Level == Bad {
			one.explain(r, found)
		}
		out[key] = one
	}
	return out
}

// explain names the doctor's cause: what the reading shows by itself, else the
// gravest that was found and brings such a thing about, else the usual one.
func (r *Reading) explain(of *Rule, found []api.Finding) {
	if r.Finding != nil || r.Cause != "" {
		return
	}
	for i, f := range found {
		for _, begins := range of.Related {
			if strings.HasPrefix(string(f.Code), begins) {
				r.Finding = &found[i]
				return
			}
		}
	}
	r.Cause = of.Usual
}
