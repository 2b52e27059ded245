package web

import (
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// PagePolicy is the name of the page of rules.
const PagePolicy = "admin-policy"

// PolicyPage tells who may reach which application, and tries it.
type PolicyPage struct {
	Base
	// File is POLICY_FILE, empty where the default holds; Refused says that a newer
	// one could not be taken over.
	File    string
	Refused bool
	Rules   []RuleView
	// Sample is a file to begin with, where there is none.
	Sample string
	// Applications are those that requests are handed on to.
	Applications []api.PolicyApplication
	// Person, URL and Methods are what was typed and chosen.
	Person, URL string
	Methods     []Option
	Answer      *ReachView
	Error       *FormError
}

// RuleView is one rule; lists that are empty are about all there is.
type RuleView struct {
	Number, Line          int
	Name                  string
	Hosts, Paths, Methods []string
	// Who gets in, Class its colour, and Asks what else is asked of them.
	Who, Class string
	Asks       []string
	// Decides marks the rule that the answer comes from.
	Decides bool
}

var allowClasses = map[string]string{"everyone": "chip-warning", "nobody": "chip-danger", "signed_in": "chip-calm"}

var proofWords = map[string]string{
	"second_factor": "admin.policy.proof.second_factor", "phishing_resistant": "admin.policy.proof.phishing_resistant",
}

// sampleOf is a file to begin with, about the hosts that the default is about.
func sampleOf(rules []api.PolicyRule) string {
	hosts := "app.example.com"
	if len(rules) == 1 && len(rules[0].Hosts) > 0 {
		hosts = strings.Join(quoted(rules[0].Hosts), ", ")
	}
	return "rules:\n" +
		"  - name: health\n    paths: [/healthz]\n    methods: [GET]\n    allow: everyone\n\n" +
		"  - name: administration\n    hosts: [" + hosts + "]\n    paths: [/admin/**]\n" +
		"    roles: [admin]\n    proof: second_factor\n\n" +
		"  - name: everything else\n    hosts: [" + hosts + "]\n"
}

// quoted are hosts as the file has them: brackets around an address are none of YAML's.
func quoted(hosts []string) []string {
	list := slices.Clone(hosts)
	for i, h := range list {
		if strings.Contains(h, ":") {
			list[i] = `"[` + h + `]"`
		}
	}
	return list
}

func (s *Site) fillRules(page *PolicyPage, p api.Policy) {
	page.Applications = p.Applications
	if p.File == "" {
		page.Sample = sampleOf(p.Rules)
	}
	for i, r := range p.Rules {
		view := s.ruleView(page.Base, r)
		view.Number = i + 1
		if a := page.Answer; a != nil && a.Rule != nil && a.Rule.Name == r.Name {
			view.Decides, a.Rule.Number = true, view.Number
		}
		page.Rules = append(page.Rules, view)
	}
}

func (s *Site) ruleView(b Base, r api.PolicyRule) RuleView {
	view := RuleView{
		Line: r.Line, Name: r.Name, Hosts: r.Hosts, Paths: r.Paths, Methods: r.Methods,
		Who: s.whoGetsIn(b, r), Class: allowClasses[r.Allow],
	}
	if len(r.Scopes) > 0 {
		view.Asks = append(view.Asks, s.say(b, "admin.policy.scopes", "scopes", strings.Join(r.Scopes, ", ")))
	}
	if key, ok := proofWords[r.Proof]; ok {
		view.Asks = append(view.Asks, s.say(b, key))
	}
	if r.FreshSeconds > 0 {
		view.Asks = append(view.Asks, s.say(b, "admin.policy.fresh", "time", s.span(b, r.FreshSeconds)))
	}
	return view
}

func (s *Site) whoGetsIn(b Base, r api.PolicyRule) string {
	switch {
	case r.Allow == "everyone":
		return s.say(b, "admin.policy.everyone")
	case r.Allow == "nobody":
		return s.say(b, "admin.policy.nobody")
	case len(r.Roles) == 0:
		return s.say(b, "admin.policy.signed_in")
	}
	return s.say(b, "admin.policy.roles", "roles", s.roleNames(b, r.Roles))
}

func (s *Site) roleNames(b Base, roles []string) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = s.sayOr(b, "common.role."+role, role)
	}
	return strings.Join(names, ", ")
}

// span is a time in the largest unit that says it exactly.
func (s *Site) span(b Base, seconds int) string {
	for _, unit := range []struct {
		of  time.Duration
		key string
	}{{24 * time.Hour, "common.wait.days"}, {time.Hour, "common.wait.hours"}, {time.Minute, "common.wait.minutes"}} {
		if n := int(unit.of.Seconds()); seconds%n == 0 {
			return s.say(b, unit.key, "n", seconds/n)
		}
	}
	return s.say(b, "common.wait.seconds", "n", seconds)
}
