package alert

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// State is where an alert is.
type State string

// The states. An alert that was pending and got well was none.
const (
	Pending  State = "pending"
	Firing   State = "firing"
	Resolved State = "resolved"
)

// Key names an alert: what is watched, and which of several.
type Key struct{ Rule, Label string }

// Alert is one row: the present or last episode under a key.
type Alert struct {
	Key
	// ID names the episode; receivers know it from firing to resolved.
	ID       string
	State    State
	Severity Severity
	Says     string
	// Cause is the doctor's, Evidence what the doctor saw of it; both may be "".
	Cause    api.Cause
	Evidence string
	// Since is when it was first bad, FiredAt when it had been so for long
	// enough, WellSince since when it is well while it still fires.
	Since, FiredAt, WellSince, ResolvedAt time.Time
	// Told is what receivers know: "", a severity, or "resolved"; ToldAt is when.
	Told   string
	ToldAt time.Time
	// Flaps counts the episodes before it that ended shortly before the next.
	Flaps int
}

// told is how much receivers know, as severities are ranked.
func (a *Alert) told() int { return Severity(a.Told).rank() }

const (
	// flapWithin is how soon after its end an alert that comes back is the same
	// trouble, and maxFlaps bounds how much longer it must then be well.
	flapWithin = time.Hour
	maxFlaps   = 4
	// forgetAfter is how long what is resolved is remembered.
	forgetAfter = 7 * day
)

// next takes an alert, which may be new, to what a reading makes of it.
func (r *Rule) next(a Alert, seen Reading, now time.Time, id func() string) Alert {
	switch a.State {
	case Firing:
		return r.firing(a, seen, now)
	case Pending:
		if seen.Level != Bad {
			a.State = "" // it never fired
			if !a.ResolvedAt.IsZero() {
				a.State = Resolved
			}
			return a
		}
		a.saw(seen)
	default:
		if seen.Level != Bad {
			return a
		}
		if a.State == Resolved && a.told() > 0 { // its end was not told yet: nobody has to hear of either
			a.State, a.WellSince, a.ResolvedAt = Firing, time.Time{}, time.Time{}
			return r.firing(a, seen, now)
		}
		flaps := 0
		if a.State == Resolved && now.Sub(a.ResolvedAt) < flapWithin {
			flaps = min(a.Flaps+1, maxFlaps)
		}
		a = Alert{Key: a.Key, ID: id(), State: Pending, Since: now, ResolvedAt: a.ResolvedAt, Told: a.Told, ToldAt: a.ToldAt, Flaps: flaps}
		a.saw(seen)
	}
	if now.Sub(a.Since) >= r.For {
		a.State, a.FiredAt, a.ResolvedAt, a.Told, a.ToldAt = Firing, now, time.Time{}, "", time.Time{}
	}
	return a
}

func (r *Rule) firing(a Alert, seen Reading, now time.Time) Alert {
	switch seen.Level {
	case Bad:
		a.saw(seen)
		a.WellSince = time.Time{}
	case Between:
		a.WellSince = time.Time{}
	case Well:
		if a.WellSince.IsZero() {
			a.WellSince = now
		}
		// Each time that it came back it must be well for twice as long.
		if now.Sub(a.WellSince) >= r.Keep<<a.Flaps {
			a.State, a.ResolvedAt = Resolved, now
		}
	}
	return a
}

// saw takes over what a reading shows. Within an episode an alert only gets
// graver: one that goes up and down at a border would tell of each time.
func (a *Alert) saw(seen Reading) {
	a.Says = seen.Says
	if seen.Severity.rank() > a.Severity.rank() {
		a.Severity = seen.Severity
	}
	a.Cause, a.Evidence = seen.Cause, ""
	if seen.Finding != nil {
		a.Cause, a.Evidence = seen.Finding.Code, seen.Finding.Evidence
	}
}
