package figures

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Sheet is what happened within one span of time, by name. What did not happen
// is not on it.
type Sheet struct {
	Counts map[string]int64  `json:"c,omitempty"`
	Levels map[string]Level  `json:"l,omitempty"`
	Times  map[string]*Times `json:"t,omitempty"`
}

// Level is something that has a height at any time, looked at now and then.
type Level struct {
	N   int64   `json:"n"`
	Sum float64 `json:"s"`
	Max float64 `json:"m"`
}

// Mean is over all looks; zero without any.
func (l Level) Mean() float64 {
	if l.N == 0 {
		return 0
	}
	return l.Sum / float64(l.N)
}

func (l Level) merge(o Level) Level { return Level{l.N + o.N, l.Sum + o.Sum, max(l.Max, o.Max)} }

// Row is the sheet of one node and one span, as it is kept.
type Row struct {
	// Node is the id of the process that counted, Host the machine it ran on.
	Node, Host string
	// Step is the width of the span, At its beginning by the database's clock.
	Step  time.Duration
	At    time.Time
	Sheet Sheet
}

// Query selects rows of one width that began at Since or later. Node is an id
// or a host; empty selects all.
type Query struct {
	Step  time.Duration
	Since time.Time
	Node  string
}

// Count is zero for what did not happen.
func (s *Sheet) Count(name string) int64 { return s.Counts[name] }

// Timed gives durations by name, none for what did not happen.
func (s *Sheet) Timed(name string) *Times {
	if t := s.Times[name]; t != nil {
		return t
	}
	return &Times{}
}

// Under gives the counts whose names begin so, by the rest of their names.
func (s *Sheet) Under(prefix string) map[string]int64 {
	out := map[string]int64{}
	for name, n := range s.Counts {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out[rest] += n
		}
	}
	return out
}

// Routes lists the routes that were timed, in order.
func (s *Sheet) Routes() (list []string) {
	for name := range s.Times {
		if route, ok := strings.CutPrefix(name, Route); ok {
			list = append(list, route)
		}
	}
	slices.Sort(list)
	return list
}

// Pools gives how full each pool was, by its name.
func (s *Sheet) Pools() map[string]Level {
	out := map[string]Level{}
	for name, l := range s.Levels {
		if pool, ok := strings.CutPrefix(name, Pool); ok && l.N > 0 {
			out[pool] = l
		}
	}
	return out
}

// Empty says that nothing is on it.
func (s *Sheet) Empty() bool { return len(s.Counts)+len(s.Levels)+len(s.Times) == 0 }

// Merge adds another sheet to it.
func (s *Sheet) Merge(o *Sheet) {
	for name, n := range o.Counts {
		s.count(name, n)
	}
	for name, l := range o.Levels {
		if s.Levels == nil {
			s.Levels = map[string]Level{}
		}
		s.Levels[name] = s.Levels[name].merge(l)
	}
	for name, t := range o.Times {
		s.times(name).Merge(t)
	}
}

func (s *Sheet) count(name string, n int64) {
	if s.Counts == nil {
		s.Counts = map[string]int64{}
	}
	s.Counts[name] += n
}

func (s *Sheet) times(name string) *Times {
	if s.Times == nil {
		s.Times = map[string]*Times{}
	}
	if s.Times[name] == nil {
		s.Times[name] = &Times{}
	}
	return s.Times[name]
}

// clone shares nothing with it.
func (s *Sheet) clone() Sheet {
	var c Sheet
	c.Merge(s)
	return c
}

// coarse leaves single routes out: a row that is kept for a year has them by
// class alone.
func (s *Sheet) coarse() *Sheet {
	c := &Sheet{Counts: s.Counts, Levels: s.Levels, Times: maps.Clone(s.Times)}
	maps.DeleteFunc(c.Times, func(name string, _ *Times) bool { return strings.HasPrefix(name, Route) })
	return c
}
