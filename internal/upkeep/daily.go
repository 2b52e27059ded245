package upkeep

import (
	"context"
	"time"
)

// daily is what the guide calls daily monitoring.
func daily() []chore {
	return []chore{
		{"doctor", "The doctor's checks from inside", false, examine},
		{"success_rate", "How many sign-ins succeed", true, successRate},
		{"pool", "Connections to the database", false, pools},
		{"certificates", "When certificates end", false, certificates},
		{"admin_sign_ins", "Where administrators sign in from", true, adminPlaces},
		{"admins", "New administrators and roles", true, newAdmins},
		{"shut_but_alive", "Shut accounts with sessions or tokens that run", true, shutButAlive},
		{"besieged", "Accounts that many sign-ins fail at", true, besieged},
		{"tokens_made", "Personal access tokens that were made", true, tokensMade},
		{"factors_removed", "Second factors that administrators removed", true, factorsRemoved},
		{"letters", "Letters that did not leave", true, letters},
		{"backup", "How old the last backup is", false, backup},
		{"disk", "Room on the disk", false, disk},
	}
}

// examine repeats what the doctor found, one line for each cause.
func examine(ctx context.Context, s *Sources, r *result) {
	if s.Diagnose == nil {
		r.unknown("nobody examines")
		return
	}
	d, err := s.Diagnose(ctx)
	if r.failed("the doctor", err) {
		return
	}
	for _, f := range d.Findings {
		r.see("%s (%s): %s", f.Title, f.Code, f.Remedy)
	}
	switch {
	case len(d.Findings) > 0:
		r.say("%s", many(int64(len(d.Findings)), "cause"))
		r.toDo("Mend what the doctor found; it tells evidence and remedy of each.", "aiwfe-auth doctor")
	case s.Away != nil:
		r.say("the database cannot be opened: %v", s.Away)
		r.toDo("Bring the database back; the doctor tells why it is away.", "aiwfe-auth doctor")
	default:
		r.say("nothing is wrong, by %s", many(int64(len(d.Checks)), "check"))
	}
}

// The guide's targets.
const (
	targetSuccess  = 0.995
	targetLogin    = 2 * time.Second
	targetResponse = 500 * time.Millisecond
	targetPool     = 0.8
)

// Below so many attempts a rate is chance: two typing errors of thirty people
// are no trend.
const (
	fewAttempts = 50
	fall        = 0.02
)

// successRate judges the day against the day before and the same day of the
// week before. People mistype: what counts is the fall, and the guide's target
// is told beside it.
func successRate(ctx context.Context, s *Sources, r *result) {
	days := []struct {
		name string
		ago  time.Duration
	}{{"the last 24 hours", 0}, {"the day before", day}, {"the same day of last week", 7 * day}}
	var now Logins
	fell := ""
	for i, d := range days {
		l, err := logins(ctx, s, s.Now.Add(-d.ago-day), s.Now.Add(-d.ago))
		if r.failed("the audit", err) {
			return
		}
		rate, any := l.Rate()
		if !any {
			r.see("%s: nobody tried to sign in", d.name)
		} else {
			r.see("%s: %s of %s, and %s", d.name, percent(rate), many(l.Honest(), "honest attempt"), many(l.Guesses, "guess"))
		}
		if i == 0 {
			now = l
			continue
		}
		mine, both := now.Rate()
		if any && both && l.Honest() >= fewAttempts && now.Honest() >= fewAttempts && rate-mine > fall {
			fell = d.name
		}
	}
	rate, any := now.Rate()
	if !any {
		r.say("nobody tried to sign in")
		return
	}
	r.say("%s of %s", percent(rate), many(now.Honest(), "honest attempt"))
	switch {
	case fell != "":
		r.toDo("More sign-ins fail than on "+fell+". See why by their reasons.",
			"aiwfe-auth audit list --event login --outcome refused --since 24h", "aiwfe-auth doctor")
	case rate < targetSuccess && now.Honest() >= fewAttempts:
		r.note("It is below the target of 99.5 %, and no worse than before; refused passwords of people count too.")
	}
}

// logins asks what was measured, which knows slips from failures, and where
// nothing was, as with a server that was not there, the audit.
func logins(ctx context.Context, s *Sources, from, to time.Time) (Logins, error) {
	if s.Figures != nil {
		if f, err := s.Figures(ctx, from, to); err != nil || f.Measured {
			return f.Logins, err
		}
	}
	return s.Store.Logins(ctx, from, to)
}
