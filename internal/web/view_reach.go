package web

import (
	"cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

// ReachView is the answer to whether a person may reach a place.
type ReachView struct {
	Allowed bool
	// Say is the answer in one sentence, Why the reason behind it where there is
	// more to say, and Take what it would take; empty for nothing.
	Say, Why, Take string
	// Who is empty for a stranger; Role is theirs and Account their page.
	Who, Role, Account string
	Method, Place      string
	// Rule is nil where none is about the place, and has no line in the default.
	Rule  *RuleView
	Ways  []ReachWay
	Notes []string
}

// ReachWay is one way in which a person signs in; Label is the name of a token.
type ReachWay struct {
	Name, Label, Why string
	In               bool
}

var wayWords = map[string]string{
	"passkey": "admin.policy.way.passkey", "security_key": "admin.policy.way.security_key", "app": "admin.policy.way.app",
	"backup_code": "admin.policy.way.backup_code", "trusted_device": "admin.policy.way.trusted_device",
	"app_to_set_up": "admin.policy.way.app_to_set_up", "password": "admin.policy.way.password", "token": "admin.policy.way.token",
}

var whyWords = map[string]string{
	"allowed": "admin.policy.why.allowed", "no_rule": "admin.policy.why.no_rule",
	"path_ambiguous":     "admin.policy.why.path_ambiguous",
	"rule_allows_nobody": "admin.policy.why.rule_allows_nobody", "not_signed_in": "admin.policy.why.not_signed_in",
	"role_missing": "admin.policy.why.role_missing", "scope_missing": "admin.policy.why.scope_missing",
	"proof_too_weak": "admin.policy.why.proof_too_weak", "proof_too_old": "admin.policy.why.proof_too_old",
}

var takeWords = map[string]string{
	"no_rule": "admin.policy.take.no_rule", "path_ambiguous": "admin.policy.take.path_ambiguous",
	"rule_allows_nobody": "admin.policy.take.rule_allows_nobody", "not_signed_in": "admin.policy.take.not_signed_in",
	"role_missing": "admin.policy.take.role_missing", "scope_missing": "admin.policy.take.scope_missing",
	"proof_too_weak": "admin.policy.take.proof_too_weak", "proof_too_old": "admin.policy.take.proof_too_old",
}

func (s *Site) reachView(b Base, a api.PolicyAnswer) *ReachView {
	view := &ReachView{Allowed: a.Allowed, Method: a.Method, Place: a.Host + a.Path, Notes: a.Notes}
	if a.Rule != nil {
		r := s.ruleView(b, *a.Rule)
		view.Rule = &r
	}
	if a.User != nil {
		view.Who, view.Role, view.Account = a.User.Email, s.roleNames(b, []string{a.User.Role}), "/admin/users/"+a.User.ID
	}
	ins := 0
	for _, w := range a.Ways {
		one := ReachWay{Name: s.sayOr(b, wayWords[w.Kind], w.Way), In: w.Verdict == "allowed"}
		if w.Kind == "token" {
			one.Label = w.Label
		}
		if one.In {
			ins++
		} else {
			one.Why = s.because(b, a, w.Reason)
		}
		view.Ways = append(view.Ways, one)
	}
	view.Say, view.Take = s.inOneSentence(b, a, ins)
	if !a.Allowed {
		view.Why = s.because(b, a, a.Reason)
	}
	return view
}

// inOneSentence is the answer, and what it would take where it is no.
func (s *Site) inOneSentence(b Base, a api.PolicyAnswer, ins int) (answer, take string) {
	switch {
	case a.Allowed && len(a.Ways) == 0:
		return s.say(b, "admin.policy.say.open"), ""
	case a.Allowed && ins == len(a.Ways):
		return s.say(b, "admin.policy.say.any"), ""
	case a.Allowed:
		return s.say(b, "admin.policy.say.some"), ""
	case a.User != nil && len(a.Ways) == 0 && a.Verdict == "sign_in":
		return s.say(b, "admin.policy.say.account"), s.say(b, "admin.policy.take.account")
	case a.Verdict == "sign_in":
		return s.say(b, "admin.policy.say.sign_in"), s.say(b, takeWords[a.Reason])
	case a.Verdict == "step_up":
		return s.say(b, "admin.policy.say.step_up"), s.say(b, takeWords[a.Reason])
	}
	return s.say(b, "admin.policy.say.no"), s.sayOr(b, takeWords[a.Reason], "")
}

// because is a reason in words; one of a later version by its name.
func (s *Site) because(b Base, a api.PolicyAnswer, reason string) string {
	role := ""
	if a.User != nil {
		role = s.roleNames(b, []string{a.User.Role})
	}
	key, ok := whyWords[reason]
	switch {
	case !ok:
		return cmp.Or(a.Detail, reason)
	case reason == "role_missing":
		return s.say(b, key, "role", role)
	}
	return s.say(b, key)
}
