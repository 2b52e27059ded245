package upkeep

import (
	"context"
	"slices"
	"strings"
	"time"
)

// monthly is what the guide calls monthly reviews. Its documentation updates
// are left out: the documents are made from the program.
func monthly() []chore {
	return []chore{
		{"admins_without_factor", "Administrators without a second factor", true, bareAdmins},
		{"password_hashes", "How passwords are hashed", true, hashes},
		{"unconfirmed", "Addresses that nobody proved", true, unconfirmed},
		{"invitations", "Invitations that ended", true, invitations},
		{"old_tokens", "Tokens of the old form", true, oldTokens},
		{"wide_settings", "Settings that let in more than they need to", false, wide},
		{"audit_chain", "The audit is whole", false, chain},
		{"performance", "The month against the targets", false, performance},
		{"recovery_rehearsal", "A backup was restored, and somebody signed in", false, rehearse},
	}
}

func wide(_ context.Context, s *Sources, r *result) {
	if len(s.Settings.Wide) == 0 {
		r.say("none")
		return
	}
	var names []string
	for _, w := range s.Settings.Wide {
		r.see("%s %s: %s", w.Setting, w.Value, w.Why)
		if !slices.Contains(names, w.Setting) {
			names = append(names, w.Setting)
		}
	}
	r.say("%s", strings.Join(names, ", "))
	r.toDo("Name exactly who may: addresses of the proxies, origins of the pages.", "aiwfe-auth config show", "aiwfe-auth doctor")
}

func chain(ctx context.Context, s *Sources, r *result) {
	if s.Chain == nil {
		r.missing(s, "this version does not chain the rows of the audit", "Nothing is to be done; keep backups of the audit where administrators cannot write.")
		return
	}
	c, err := s.Chain(ctx)
	if r.failed("the audit", err) {
		return
	}
	r.say("%s, %s", many(c.Rows, "row"), c.Said)
	if !c.Whole {
		r.toDo("Somebody changed the audit, or a restore left a gap. Keep a copy of the database, and find out who.",
			"aiwfe-auth audit verify")
	}
}

func performance(ctx context.Context, s *Sources, r *result) {
	if s.Figures == nil {
		r.missing(s, "figures are not kept here", "Prometheus keeps them: scrape /metrics.")
		return
	}
	f, err := s.Figures(ctx, s.Now.Add(-30*day), s.Now)
	if r.failed("the figures", err) {
		return
	}
	rate, any := f.Logins.Rate()
	if !f.Measured || !any {
		r.say("nobody signed in within the month")
		return
	}
	missed := 0
	for _, t := range []struct {
		what, target, got string
		met               bool
	}{
		{"sign-ins that succeed", "above 99.5 %", percent(rate), rate >= targetSuccess},
		{"95 of 100 sign-ins", "within 2 s", seconds(f.LoginP95), f.LoginP95 < targetLogin},
		{"95 of 100 answers", "within 500 ms", seconds(f.ResponseP95), f.ResponseP95 < targetResponse},
		{"use of the pool", "below 80 %", percent(f.PoolUse), f.PoolUse < targetPool},
	} {
		verdict := "met"
		if !t.met {
			verdict, missed = "missed", missed+1
		}
		r.see("%s: %s, target %s: %s", t.what, t.got, t.target, verdict)
	}
	r.say("%d of 4 targets met by %s", 4-missed, many(f.Logins.Succeeded, "sign-in"))
	if missed > 0 {
		r.toDo("See what misses its target; of sign-ins that fail, see the reasons first.",
			"aiwfe-auth audit list --event login --outcome refused --since 168h", "aiwfe-auth doctor")
	}
}

// slowRecovery is the product's promise for a hundred thousand accounts.
const slowRecovery = 60 * time.Second

func rehearse(ctx context.Context, s *Sources, r *result) {
	if s.Rehearse == nil {
		r.missing(s, "no backup can be tried here", "Restore your backup on another machine and sign in there, once a month.")
		return
	}
	h, err := s.Rehearse(ctx)
	if r.failed("the rehearsal", err) {
		return
	}
	if h.Trouble != "" {
		r.say("it failed: %s", h.Trouble)
		r.toDo("A backup that cannot be restored is none. Mend it today.",
			"aiwfe-auth backup create", "aiwfe-auth backup verify --help")
		return
	}
	whole := h.Backup + h.Restore + h.SignIn
	r.say("signed in %s after the disaster", seconds(whole))
	r.see("backup %s, restore %s, sign-in %s; %s, %s", seconds(h.Backup), seconds(h.Restore), seconds(h.SignIn),
		many(h.Accounts, "account"), amount(h.Bytes))
	if whole > slowRecovery {
		r.note("It takes longer than a minute; a faster disk helps.")
	}
}
