package alert

import (
	"slices"
	"time"
)

// Notice is one message of several alerts.
type Notice struct {
	// ID stays the same however often the notice leaves, so that receivers can
	// tell that they had it.
	ID     string
	At     time.Time
	Alerts []Alert
}

// notice gathers what receivers do not know yet, and marks it as told. What
// began within one minute goes together; what is urgent takes along what waits.
func (j *Judge) notice(now time.Time, is map[Key]Alert, silences []Silence) *Notice {
	if !j.Anybody {
		return nil
	}
	var due []Alert
	leave := false
	for key, a := range is {
		since, waits := j.untold(now, a, silences)
		if !waits {
			continue
		}
		due = append(due, is[key])
		leave = leave || now.Sub(since) >= j.Group || j.urgent(a)
	}
	if !leave {
		return nil
	}
	n := &Notice{ID: j.ID(), At: now}
	for _, a := range due {
		a.Told, a.ToldAt = string(a.Severity), now
		if a.State == Resolved {
			a.Told = string(Resolved)
		}
		is[a.Key] = a
		n.Alerts = append(n.Alerts, a)
	}
	slices.SortFunc(n.Alerts, func(a, b Alert) int { return a.before(&b) })
	return n
}

// untold says since when an alert waits to be told of. Its end is told to
// everybody who heard of its beginning, silence or not: they hold it open.
func (j *Judge) untold(now time.Time, a Alert, silences []Silence) (since time.Time, waits bool) {
	switch {
	case a.State == Resolved:
		return a.ResolvedAt, a.told() > 0
	case a.State != Firing || silenced(silences, a.Key, now):
		return now, false
	case a.Severity.rank() > a.told():
		if a.told() > 0 {
			return now.Add(-j.Group), true // it got graver
		}
		return a.FiredAt, true
	}
	again := a.ToldAt.Add(j.Repeat)
	return again, j.Repeat > 0 && !now.Before(again)
}

func (j *Judge) urgent(a Alert) bool {
	return a.State == Firing && slices.ContainsFunc(j.Rules, func(r Rule) bool { return r.Name == a.Rule && r.Urgent })
}

// before has the gravest first, and what is over last.
func (a *Alert) before(b *Alert) int {
	rank := func(a *Alert) int {
		if a.State == Resolved {
			return 0
		}
		return a.Severity.rank()
	}
	if d := rank(b) - rank(a); d != 0 {
		return d
	}
	return a.compare(b.Key)
}
