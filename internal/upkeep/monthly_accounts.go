package upkeep

import (
	"context"
	"fmt"
	"strings"
)

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
	r.toDo("Invite them anew, or delete the account.",
		"aiwfe-auth user reset-password --email ADDRESS", "aiwfe-auth user delete --email ADDRESS")
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
	r.toDo("Whoever has the old key can make them for anybody. Move these clients to the new form, "+
		"then set LEGACY_TOKENS=off.",
		"aiwfe-auth audit list --event legacy_session --since 168h")
}

func use(n int) string {
	if n == 1 {
		return "1 account uses"
	}
	return fmt.Sprintf("%d accounts use", n)
}
