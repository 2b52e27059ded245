package web

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	rules "github.com/aiwfe/aiwfe-auth/internal/policy"
)

// policySite is enough of a site to put an answer into words.
func policySite(t *testing.T) (*Site, Base) {
	t.Helper()
	p := newPages(t)
	return &Site{o: SiteOptions{Pages: p}}, p.Base("en", "admin.policy.title")
}

func TestEveryReasonOfARuleHasItsWords(t *testing.T) {
	w := words(t, "en")
	for _, reason := range []string{
		rules.ReasonAllowed, rules.ReasonNoRule, rules.ReasonAmbiguous, rules.ReasonNobody, rules.ReasonSignIn,
		rules.ReasonRole, rules.ReasonScope, rules.ReasonProof, rules.ReasonFresh,
	} {
		if !w.Has(whyWords[reason]) || reason != rules.ReasonAllowed && !w.Has(takeWords[reason]) {
			t.Errorf("%s has no words", reason)
		}
	}
	source, err := os.ReadFile("../login/ways.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`add\("[^"]+", "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(kinds) != 7 {
		t.Errorf("%d ways to sign in are found", len(kinds))
	}
	for _, kind := range kinds {
		if !w.Has(wayWords[kind[1]]) {
			t.Errorf("the way %s has no words", kind[1])
		}
	}
}

func TestAnAnswerIsSaidInOneSentence(t *testing.T) {
	s, b := policySite(t)
	rule := &api.PolicyRule{Name: "x", Line: 3, Allow: "signed_in", Roles: []string{"admin"}, Proof: "second_factor", FreshSeconds: 600}
	ada := &api.PolicyPerson{ID: "7", Email: "ada@example.com", Role: "user", SignIn: "yes"}
	in, out := api.PolicyWay{Kind: "app", Verdict: "allowed"}, api.PolicyWay{Kind: "token", Label: "nightly", Verdict: "refused", Reason: "scope_missing"}
	for name, c := range map[string]struct {
		a               api.PolicyAnswer
		say, why, takes string
	}{
		"everybody":    {api.PolicyAnswer{Allowed: true, Verdict: "allowed", Reason: "allowed"}, "Everybody gets in", "", ""},
		"any way":      {api.PolicyAnswer{Allowed: true, Verdict: "allowed", User: ada, Ways: []api.PolicyWay{in}}, "however this person", "", ""},
		"some ways":    {api.PolicyAnswer{Allowed: true, Verdict: "allowed", User: ada, Ways: []api.PolicyWay{in, out}}, "not in every way", "", ""},
		"a stranger":   {api.PolicyAnswer{Verdict: "sign_in", Reason: "not_signed_in"}, "without signing in", "asks for somebody", "Enter a person"},
		"locked out":   {api.PolicyAnswer{Verdict: "sign_in", Reason: "not_signed_in", User: ada}, "cannot sign in", "asks for somebody", "may sign in"},
		"another role": {api.PolicyAnswer{Verdict: "refused", Reason: "role_missing", User: ada, Rule: rule, Ways: []api.PolicyWay{out}}, "No.", "another role than Member", "Another role"},
		"too weak":     {api.PolicyAnswer{Verdict: "step_up", Reason: "proof_too_weak", User: ada, Rule: rule}, "more proof", "stronger proof", "signs in with it"},
		"no rule":      {api.PolicyAnswer{Verdict: "refused", Reason: "no_rule"}, "No.", "closed", "A rule for this place"},
		"of later":     {api.PolicyAnswer{Verdict: "refused", Reason: "moon_too_full", Detail: "It is."}, "No.", "It is.", ""},
	} {
		v := s.reachView(b, c.a)
		if !strings.Contains(v.Say, c.say) || !strings.Contains(v.Why, c.why) || (v.Why == "") != (c.why == "") ||
			!strings.Contains(v.Take, c.takes) || (v.Take == "") != (c.takes == "") || v.Allowed != c.a.Allowed {
			t.Errorf("%s: %q, %q, %q", name, v.Say, v.Why, v.Take)
		}
	}
	v := s.reachView(b, api.PolicyAnswer{User: ada, Rule: rule, Ways: []api.PolicyWay{out}})
	if v.Account != "/admin/users/7" || v.Ways[0].Label != "nightly" || v.Ways[0].In || v.Rule.Who != "Role: Administrator" ||
		strings.Join(v.Rule.Asks, "; ") != "By a second factor; Proven at most 10 minutes ago" {
		t.Errorf("%+v, %+v", v, v.Rule)
	}
}

func TestTheRuleThatDecidesIsMarked(t *testing.T) {
	s, b := policySite(t)
	page := PolicyPage{Base: b, Answer: s.reachView(b, api.PolicyAnswer{Rule: &api.PolicyRule{Name: "b", Line: 4}})}
	s.fillRules(&page, api.Policy{File: "policy.yaml", Rules: []api.PolicyRule{{Name: "a", Line: 2}, {Name: "b", Line: 4}}})
	if page.Rules[0].Decides || !page.Rules[1].Decides || page.Answer.Rule.Number != 2 || page.Sample != "" {
		t.Errorf("%+v, %+v", page.Rules, page.Answer.Rule)
	}
}

// TestTheFileToBeginWithIsOne: whoever copies it from the page has rules.
func TestTheFileToBeginWithIsOne(t *testing.T) {
	for _, hosts := range [][]string{nil, {"auth.example.com"}, {"auth.example.com", "::1"}} {
		l, wrong := rules.Parse([]byte(sampleOf([]api.PolicyRule{{Hosts: hosts}})))
		if len(wrong) > 0 || len(l.Rules) != 3 {
			t.Errorf("%v: %v", hosts, wrong)
		}
	}
}

func TestTimesAreSaidExactly(t *testing.T) {
	s, b := policySite(t)
	for seconds, want := range map[int]string{1: "1 second", 90: "90 seconds", 600: "10 minutes", 5400: "90 minutes", 28800: "8 hours", 86400: "1 day"} {
		if got := s.span(b, seconds); got != want {
			t.Errorf("%d: %s, want %s", seconds, got, want)
		}
	}
}
