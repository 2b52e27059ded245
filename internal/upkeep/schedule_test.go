package upkeep

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestMomentsOfTheSchedule(t *testing.T) {
	for _, c := range []struct{ zone, kind, now, last, next string }{
		{"UTC", "daily", "2026-11-30T03:59:59Z", "2026-11-29T04:00:00Z", "2026-11-30T04:00:00Z"},
		{"UTC", "daily", "2026-11-30T04:00:00Z", "2026-11-30T04:00:00Z", "2026-12-01T04:00:00Z"},
		{"UTC", "weekly", "2026-11-29T12:00:00Z", "2026-11-23T04:00:00Z", "2026-11-30T04:00:00Z"},
		{"UTC", "monthly", "2026-11-30T12:00:00Z", "2026-11-01T04:00:00Z", "2026-12-01T04:00:00Z"},
		{"UTC", "monthly", "2026-12-31T23:00:00Z", "2026-12-01T04:00:00Z", "2027-01-01T04:00:00Z"},
		// Summer time begins and ends on a Sunday: the hour stays that of the wall.
		{"Europe/Berlin", "daily", "2026-03-29T01:00:00Z", "2026-03-28T03:00:00Z", "2026-03-29T02:00:00Z"},
		{"Europe/Berlin", "daily", "2026-10-25T02:30:00Z", "2026-10-24T02:00:00Z", "2026-10-25T03:00:00Z"},
		{"America/New_York", "weekly", "2026-11-30T08:00:00Z", "2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z"},
		// Monday in the zone is Sunday in UTC.
		{"Pacific/Auckland", "weekly", "2026-11-29T15:30:00Z", "2026-11-29T15:00:00Z", "2026-12-06T15:00:00Z"},
		// A day that a zone left out: Samoa went from 29 to 31 December.
		{"Pacific/Apia", "daily", "2011-12-30T12:00:00Z", "2011-12-29T14:00:00Z", "2011-12-30T14:00:00Z"},
	} {
		s := Schedule{Kinds: api.MaintenanceKinds, Zone: zone(t, c.zone)}
		if got := s.Last(c.kind, at(t, c.now)); !got.Equal(at(t, c.last)) {
			t.Errorf("%s %s at %s was due at %s, not %s", c.zone, c.kind, c.now, got.UTC(), c.last)
		}
		if got := s.Next(c.kind, at(t, c.now)); !got.Equal(at(t, c.next)) {
			t.Errorf("%s %s at %s is due at %s, not %s", c.zone, c.kind, c.now, got.UTC(), c.next)
		}
	}
}

// TestEveryDayHasOneMoment walks through a year with both changes of the clock,
// minute by minute around them: no day without its chores, none with two.
func TestEveryDayHasOneMoment(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Antarctica/Troll"} {
		s := Schedule{Kinds: []string{"daily"}, Zone: zone(t, name)}
		begin, end := at(t, "2026-01-01T12:00:00Z"), at(t, "2027-01-01T12:00:00Z")
		last, done := map[string]time.Time{"daily": begin}, 0
		for now := begin; now.Before(end); now = now.Add(17 * time.Minute) {
			for range s.Owed(now, begin, last) {
				last["daily"], done = now, done+1
			}
		}
		if done != 365 {
			t.Errorf("%s: %d of 365", name, done)
		}
	}
}

func TestOwed(t *testing.T) {
	s := Schedule{Kinds: api.MaintenanceKinds, Zone: time.UTC, Seed: "https://auth.example.com"}
	began := at(t, "2026-10-01T00:00:00Z")
	late := at(t, "2026-12-01T05:00:00Z") // a Tuesday, the first
	for _, c := range []struct {
		name       string
		now, since time.Time
		last       map[string]time.Time
		want       []string
	}{
		{"a new installation owes nothing", late, late.Add(-10 * time.Minute), nil, nil},
		{"nor for what was before it", late, at(t, "2026-12-01T04:30:00Z"), nil, nil},
		{"what was missed for weeks is done once each", late, began, map[string]time.Time{"daily": began, "weekly": began, "monthly": began}, api.MaintenanceKinds},
		{"what was done is not owed", late, began, map[string]time.Time{
			"daily": at(t, "2026-12-01T04:00:00Z"), "weekly": at(t, "2026-11-30T04:00:00Z"), "monthly": at(t, "2026-12-01T04:20:00Z"),
		}, nil},
		{"what somebody did by hand after it was due counts", late, began, map[string]time.Time{
			"daily": at(t, "2026-12-01T04:50:00Z"), "weekly": at(t, "2026-11-30T22:00:00Z"),
		}, []string{"monthly"}},
		{"what somebody did before it was due does not", late, began, map[string]time.Time{
			"daily": at(t, "2026-12-01T03:59:59Z"), "weekly": late, "monthly": late,
		}, []string{"daily"}},
	} {
		var got []string
		for _, o := range s.Owed(c.now, c.since, c.last) {
			got = append(got, o.Kind)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestJitterIsSteadyAndSpread(t *testing.T) {
	s := Schedule{Kinds: []string{"daily"}, Zone: time.UTC, Seed: "a"}
	due := at(t, "2026-12-01T04:00:00Z")
	j := s.Jitter("daily")
	if j != s.Jitter("daily") || j < 0 || j >= spread {
		t.Errorf("jitter %s", j)
	}
	if len(s.Owed(due.Add(j), due.Add(-day), nil)) != 1 || j > 0 && len(s.Owed(due.Add(j-1), due.Add(-day), nil)) != 0 {
		t.Errorf("it does not begin %s after it is due", j)
	}
	seen := map[time.Duration]bool{}
	for _, seed := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		seen[Schedule{Seed: seed}.Jitter("daily")] = true
	}
	if len(seen) < 6 {
		t.Errorf("eight installations begin at %d moments", len(seen))
	}
	if off := (Schedule{Zone: time.UTC}).Owed(due.Add(time.Hour), due.Add(-day), nil); len(off) != 0 {
		t.Errorf("switched off, and owed are %v", off)
	}
	for _, p := range s.Plans(due) {
		if p.Scheduled != (p.Kind == "daily") || (p.NextAt != nil) != p.Scheduled {
			t.Errorf("the plan is %+v", p)
		}
	}
}
