package upkeep

import (
	"context"
	"fmt"
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

func bareAdmins(ctx context.Context, s *Sources, r *result) {
	list, err := s.Store.BareAdmins(ctx)
	if r.failed("the accounts", err) {
		return
	}
	if len(list) == 0 {
		r.say("none")
		return
	}
	r.listed(list)
	r.say("%s", many(int64(len(list)), "administrator"))
	r.toDo("Let them set one up, or demand it of the role: MFA_REQUIRED_ROLES=admin.", "aiwfe-auth user list --role admin")
}

// hashes judges forms: bcrypt holds where its cost is 10 or more, argon2id
// where it has 19 MiB. What has no form of a hash is no password that anybody
// can use, or worse, one that everybody can read.
func hashes(ctx context.Context, s *Sources, r *result) {
	list, err := s.Store.Hashes(ctx)
	if r.failed("the accounts", err) {
		return
	}
	var weak, other int64
	for _, h := range list {
		r.see("%s: %s", h.Form, many(h.Count, "account"))
		switch {
		case weakHash(h.Form):
			weak += h.Count
		case h.Form != "none" && !strings.HasPrefix(h.Form, "$"+strings.TrimSuffix(s.Settings.PasswordHash, "bcrypt")):
			other += h.Count
		}
	}
	switch {
	case weak > 0:
		r.say("%s with a weak hash", many(weak, "account"))
		remedy := "It becomes strong at the next sign-in. Of those who never come, end it: let them set a new password."
		if !s.Settings.Upgrades {
			remedy = "Set PASSWORD_UPGRADE=on, so that it becomes strong at the next sign-in."
		}
		r.toDo(remedy, "aiwfe-auth doctor --verbose")
	case other > 0 && !s.Settings.Upgrades:
		r.say("%s with another hash than %s", many(other, "account"), s.Settings.PasswordHash)
		r.note("It is strong enough. PASSWORD_UPGRADE=on replaces it at the next sign-in.")
	case other > 0:
		r.say("%s with another hash than %s, replaced at the next sign-in", many(other, "account"), s.Settings.PasswordHash)
	default:
		r.say("all by %s", s.Settings.PasswordHash)
	}
}

func weakHash(form string) bool {
	switch {
	case form == "none":
		return false // an invited account, or one that signs in by a passkey
	case strings.HasPrefix(form, "$2") && len(form) >= 6:
		return form[4:6] < "10"
	case strings.HasPrefix(form, "$argon2id$"):
		_, after, _ := strings.Cut(form, "m=")
		var memory int
		_, err := fmt.Sscanf(after, "%d", &memory)
		return err != nil || memory < 19*1024-256
	case strings.HasPrefix(form, "$scrypt"), strings.HasPrefix(form, "$argon2"):
		return false
	}
	return true
}

// Never-confirmed accounts are given a month.
const patience = 30 * day

func unconfirmed(ctx context.Context, s *Sources, r *result) {
	n, err := s.Store.Unconfirmed(ctx, s.Now.Add(-patience))
	if r.failed("the accounts", err) {
		return
	}
	if n == 0 {
		r.say("none that is older than a month")
		return
	}
	r.say("%s older than a month", many(n, "account"))
	r.note("Somebody may have typed another's address. Ask them to prove it, or delete what nobody uses.",
		"aiwfe-auth user list --status active")
}

func invitations(ctx context.Context, s *Sources, r *result) {
	n, some, err := s.Store.StaleInvitations(ctx, s.Now)
	if r.failed("the invitations", err) {
		return
	}
	if n == 0 {
		r.say("none that nobody took")
		return
	}
	r.listed(some)
	r.say("%s whose link ended before somebody took it", many(n, "account"))
	r.toDo("Invite them anew, or delete the account.", "aiwfe-auth user reset-password --email ADDRESS", "aiwfe-auth user delete --email ADDRESS")
}

func oldTokens(ctx context.Context, s *Sources, r *result) {
	if s.Settings.LegacyUntil.IsZero() || !s.Now.Before(s.Settings.LegacyUntil) {
		r.say("they are refused")
		return
	}
	list, err := s.Store.OldTokens(ctx, s.Now)
	if r.failed("the sessions", err) {
		return
	}
	var lines []string
	for _, h := range list {
		lines = append(lines, h.Address+", last at "+moment(h.Last))
	}
	r.listed(lines)
	r.say("taken until %s; %s them", date(s.Settings.LegacyUntil), use(len(list)))
	if len(list) == 0 {
		r.toDo("Nobody uses them: set LEGACY_TOKENS=off.", "aiwfe-auth config show")
		return
	}
	r.toDo("Whoever has the old key can make them for anybody. Move these clients to the new form, then set LEGACY_TOKENS=off.",
		"aiwfe-auth audit list --event legacy_session --since 168h")
}

func use(n int) string {
	if n == 1 {
		return "1 account uses"
	}
	return fmt.Sprintf("%d accounts use", n)
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
		r.say("this version does not chain the rows of the audit")
		r.note("Nothing is to be done; keep backups of the audit where administrators cannot write.")
		return
	}
	c, err := s.Chain(ctx)
	if r.failed("the audit", err) {
		return
	}
	r.say("%s, %s", many(c.Rows, "row"), c.Said)
	if !c.Whole {
		r.toDo("Somebody changed the audit, or a restore left a gap. Keep a copy of the database, and find out who.", "aiwfe-auth audit verify")
	}
}

func performance(ctx context.Context, s *Sources, r *result) {
	if s.Figures == nil {
		r.say("figures are not kept here")
		r.note("Prometheus keeps them: scrape /metrics.")
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
		r.say("no backup can be tried here")
		r.note("Restore your backup on another machine and sign in there, once a month.")
		return
	}
	h, err := s.Rehearse(ctx)
	if r.failed("the rehearsal", err) {
		return
	}
	if h.Trouble != "" {
		r.say("it failed: %s", h.Trouble)
		r.toDo("A backup that cannot be restored is none. Mend it today.", "aiwfe-auth backup create", "aiwfe-auth backup verify --help")
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
