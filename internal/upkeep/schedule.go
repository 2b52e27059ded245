package upkeep

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Schedule is when chores are due: daily at four in the morning, weekly then on
// Mondays, monthly then on the first day.
type Schedule struct {
	// Kinds are those that the server does by itself.
	Kinds []string
	Zone  *time.Location
	// Seed spreads the beginnings of many installations, so that they do not all
	// ask the same mail server at the same moment. It is the same on all nodes.
	Seed string
}

const (
	hour = 4
	// spread is how much later than the hour it may begin.
	spread = 10 * time.Minute
)

// Has says whether the server does a kind by itself.
func (s Schedule) Has(kind string) bool { return slices.Contains(s.Kinds, kind) }

// Last is the latest moment that a kind was due at, at or before now. A day on
// which the clock was put forward over the hour has it at the next moment that
// there was; one that had the hour twice has it once.
func (s Schedule) Last(kind string, now time.Time) time.Time {
	local := now.In(s.Zone)
	for back := 0; ; back++ {
		at := time.Date(local.Year(), local.Month(), local.Day()-back, hour, 0, 0, 0, s.Zone)
		if !at.After(now) && due(kind, at) {
			return at
		}
	}
}

// Next is the first moment after now that a kind is due at.
func (s Schedule) Next(kind string, now time.Time) time.Time {
	local := now.In(s.Zone)
	for on := 0; ; on++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+on, hour, 0, 0, 0, s.Zone)
		if at.After(now) && due(kind, at) {
			return at
		}
	}
}

func due(kind string, at time.Time) bool {
	switch kind {
	case api.MaintenanceWeekly:
		return at.Weekday() == time.Monday
	case api.MaintenanceMonthly:
		return at.Day() == 1
	}
	return true
}

// Jitter is how much later than due a kind begins.
func (s Schedule) Jitter(kind string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.Seed + "\x00" + kind))
	return time.Duration(h.Sum32()%uint32(spread/time.Second)) * time.Second
}

// Owed is a kind whose time has come, and the moment that it was due at.
type Owed struct {
	Kind string
	Due  time.Time
}

// Owed lists what is to be done now, when last tells the last report of each
// kind. What was missed is made up for once, however often it was missed; an
// installation owes nothing for the time before since, when it began.
func (s Schedule) Owed(now, since time.Time, last map[string]time.Time) (list []Owed) {
	for _, kind := range api.MaintenanceKinds {
		if !s.Has(kind) {
			continue
		}
		at := s.Last(kind, now)
		if at.After(since) && last[kind].Before(at) && !now.Before(at.Add(s.Jitter(kind))) {
			list = append(list, Owed{kind, at})
		}
	}
	return list
}

// Plans tells when each kind is due next.
func (s Schedule) Plans(now time.Time) (list []api.MaintenancePlan) {
	for _, kind := range api.MaintenanceKinds {
		p := api.MaintenancePlan{Kind: kind, Scheduled: s.Has(kind)}
		if p.Scheduled {
			next := s.Next(kind, now).UTC()
			p.NextAt = &next
		}
		list = append(list, p)
	}
	return list
}
