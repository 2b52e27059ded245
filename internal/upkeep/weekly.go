package upkeep

import (
	"context"
	"fmt"
	"time"
)

// weekly is what the guide calls weekly tasks.
func weekly() []chore {
	return []chore{
		{"performance_trend", "How fast sign-ins and answers are, against the week before", false, trend},
		{"growth", "How the database grows, and until when the disk lasts", true, growth},
		{"rotation", "Keys that are due for rotation", false, rotation},
		{"program_age", "How old the program is", false, programAge},
		{"configuration", "The configuration is written down", false, configuration},
		{"configuration_backup", "A backup holds what a new machine needs", false, backup},
		{"unused_accounts", "Accounts that nobody has used for a year", true, unused},
		{"orphaned_sessions", "Sessions that belong to nobody, or ended long ago", true, orphans},
	}
}

// slower is how much slower a week may be before somebody looks: twice as slow
// and above a tenth of a second is no chance.
const (
	slower     = 2
	noticeable = 100 * time.Millisecond
)

func trend(ctx context.Context, s *Sources, r *result) {
	if s.Figures == nil {
		r.missing(s, "figures are not kept here", "Prometheus keeps them: scrape /metrics.")
		return
	}
	now, err := s.Figures(ctx, s.Now.Add(-7*day), s.Now)
	if r.failed("the figures", err) {
		return
	}
	before, err := s.Figures(ctx, s.Now.Add(-14*day), s.Now.Add(-7*day))
	if r.failed("the figures", err) {
		return
	}
	if !now.Measured {
		r.say("nothing was measured within the week")
		return
	}
	r.say("95 of 100 sign-ins within %s, answers within %s", seconds(now.LoginP95), seconds(now.ResponseP95))
	r.see("this week: %s", now)
	if before.Measured {
		r.see("the week before: %s", before)
	}
	switch {
	case now.LoginP95 > targetLogin:
		r.toDo("Sign-ins take longer than 2 s. See how long hashes wait and how busy the database is.",
			"aiwfe-auth doctor")
	case now.ResponseP95 > targetResponse:
		r.toDo("Answers take longer than 500 ms. See how busy the database is.", "aiwfe-auth doctor")
	case before.Measured && (slowed(before.LoginP95, now.LoginP95) || slowed(before.ResponseP95, now.ResponseP95)):
		r.toDo("It is within the targets, and twice as slow as the week before. See what became larger.", "aiwfe-auth doctor")
	}
}

func slowed(before, now time.Duration) bool { return now > noticeable && now > slower*before }

// String puts figures into one line.
func (f Figures) String() string {
	rate, _ := f.Logins.Rate()
	return fmt.Sprintf("%s, %s of the honest ones succeeded, sign-in %s, answers %s, pool %s",
		many(f.Logins.Succeeded+f.Logins.Failed, "sign-in"), percent(rate), seconds(f.LoginP95), seconds(f.ResponseP95),
		percent(f.PoolUse))
}

func unused(ctx context.Context, s *Sources, r *result) {
	n, some, err := s.Store.Unused(ctx, s.Now.Add(-365*day))
	if r.failed("the accounts", err) {
		return
	}
	if n == 0 {
		r.say("none")
		return
	}
	r.say("%s", many(n, "account"))
	r.listed(some)
	r.note("Shut those whose people have left; a forgotten account is the one that nobody watches.",
		"aiwfe-auth user disable --email ADDRESS")
}

// sweptWithin is how long what ended stays at most, with a day's grace.
const sweptWithin = 9 * day

func orphans(ctx context.Context, s *Sources, r *result) {
	lost, err := s.Store.Orphans(ctx)
	if r.failed("the sessions", err) {
		return
	}
	overdue, err := s.Store.Overdue(ctx, s.Now.Add(-sweptWithin))
	if r.failed("the sessions", err) {
		return
	}
	r.listed(lost)
	switch {
	case len(lost) > 0:
		r.say("rows of accounts that are not there")
		r.toDo("Another program deleted accounts and left what belongs to them; delete accounts by this one.",
			"aiwfe-auth doctor", "aiwfe-auth user delete --email ADDRESS")
	case overdue > 0:
		r.say("%s ended more than a week ago and not cleared away", many(overdue, "session"))
		r.toDo("A running server clears them away every ten minutes: see whether one runs on this database.",
			"aiwfe-auth nodes list")
	default:
		r.say("none")
	}
}
