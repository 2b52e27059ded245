package policy

import (
	"os"
	"strings"
	"testing"
)

func TestFaultyRulesAreToldAllAtOnce(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                        "empty",
		"rules: []":                                               "no rules",
		"rule: []":                                                `nothing by the name "rule"`,
		"rules: [{path: /a}]":                                     `nothing by the name "path"`,
		"rules:\n  - {paths: [/a/../b]}":                          "empty, \".\" or \"..\"",
		"rules:\n  - {paths: [/a%20b]}":                           "decoded, as /a b",
		"rules:\n  - {paths: [/a/]}":                              "ends with a slash",
		"rules:\n  - {paths: [/a/**/b]}":                          "whole segment",
		"rules:\n  - {paths: [/a*]}":                              "whole segment",
		"rules:\n  - {paths: [a]}":                                "single slash",
		"rules:\n  - {hosts: [App.example.com]}":                  "lower case",
		"rules:\n  - {hosts: ['app.example.com:80']}":             "without a port",
		"rules:\n  - {methods: [get]}":                            "none of GET",
		"rules:\n  - {allow: all}":                                "signed_in, everyone, nobody",
		"rules:\n  - {roles: [root]}":                             "user, admin",
		"rules:\n  - {scopes: [all]}":                             "read, write, admin",
		"rules:\n  - {proof: strong}":                             "phishing_resistant",
		"rules:\n  - {fresh: soon}":                               "such as 10m",
		"rules:\n  - {allow: everyone, roles: [admin]}":           "would do nothing",
		"rules:\n  - {name: a}\n  - {name: b}":                    "ever reaches",
		"rules:\n  - {name: a, paths: [/a]}\n  - {name: a}":       "line 2, too",
		"rules:\n  - {paths: [/a]}\n---\nrules: []":               "second document",
		"rules:\n  - {paths: [/a], allow: x}\n  - {methods: [x]}": "line 3",

		// An empty list would be about everything, and whoever emptied it meant nothing.
		"rules:\n  - paths:\n":          "paths is an empty list",
		"rules:\n  - {paths: []}":       "line 2: paths is an empty list",
		"rules:\n  - {roles: []}":       "roles is an empty list",
		"rules:\n  - {proof: ''}":       "proof is empty",
		"rules:\n  - {fresh: }":         "fresh is empty",
		"rules:\n  - {allow: ~}":        "allow is empty",
		"rules:\n  - {name: }":          "name is empty",
		"rules:\n  - {paths: ['']}":     "An entry of paths is empty",
		"rules:\n  - {paths: /a}":       "paths is a list",
		"rules:\n  - {paths: [/a, /a]}": "twice in paths",
		"rules: {paths: [/a]}":          "begins with a dash",
		"rules:":                        "no rules",
		"[rules]":                       "A file has members",
		"rules:\n  - /a":                "A rule has members",
		"rules:\n  - paths: [/a]\n    allow: nobody\n    allow: everyone": "line 4: allow stands here twice, first in line 3",
		"rules: [{paths: [/a]}]\nrules: [{}]":                             "line 2: rules stands here twice",
		"rules:\n  - {paths: &p [/a]}\n  - {paths: *p}":                   "line 3: paths refers to an anchor",
		"rules:\n  - {<<: {allow: everyone}}":                             `nothing by the name "<<"`,
		"rules:\n  - {pathes: [/a]}":                                      "Did you mean paths?",
		"rules:\n  - {method: [GET]}":                                     "Did you mean methods?",
		"rules:\n  - {domain: a}":                                         "Did you mean hosts?",
		"rules:\n  - {allow: bypass}":                                     "Did you mean everyone?",
		"rules:\n  - {allow: signedin}":                                   "Did you mean signed_in?",
		"rules:\n  - {proof: two-factor}":                                 "Did you mean second_factor?",
		"rules:\n  - {roles: [Admin]}":                                    "Did you mean admin?",
		"rules:\n  - {methods: [DELTE]}":                                  "Did you mean DELETE?",
		"rules:\n  - {hosts: [App.example.com:80]}":                       "Did you mean app.example.com?",
		"rules:\n  - {hosts: ['*']}":                                      "leave hosts out",
		"rules:\n  - {hosts: ['*.127.0.0.1']}":                            "a name in lower case",
		"rules:\n  - {hosts: ['127.1']}":                                  "a name in lower case",
		"rules:\n  - {hosts: ['::1']}":                                    "a name in lower case",
		"rules:\n  - {paths: ['/a;b']}":                                   "is read as /a by some servers",
		"rules:\n  - {paths: ['/a./b']}":                                  "is read as /a/b by some servers",
		"rules:\n  - paths: [/ok,\n      /a/../b]":                        "line 3: The path",
		"rules:\n  -\n    paths: [/a]\n    fresh: soon":                   "line 4: fresh",
		"rules:\n  - {paths: [/a]\n  - {paths":                            "not YAML",
		"rules:\n  - {paths: [/a], allow: !not everyone}":                 `line 2: The tag "!not"`,
		"rules:\n  - {paths: [/a], ? !x allow : everyone}":                `line 2: The tag "!x"`,
		"rules:\n  - !nobody {paths: [/a]}":                               `line 2: The tag "!nobody"`,
		"rules:\n  - &a {paths: [/a]}\n  - *a":                            "line 3: A rule refers to an anchor",
		"rules:\n  - {name: \"a\\nb\", paths: [/a]}":                      "name has a line break",
	} {
		l, wrong := Parse([]byte(text))
		var all []string
		for _, p := range wrong {
			all = append(all, p.String())
		}
		if l != nil || !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%q: %v", text, all)
		}
	}
}

func TestRulesThatNothingReachesAreTold(t *testing.T) {
	for _, tt := range []struct{ first, second, want string }{
		{"paths: [/a/**]", "paths: [/a/b]", "ever reaches this rule"},
		{"paths: [/a/*]", "paths: [/a/b]", "ever reaches this rule"},
		{"paths: [/a/**]", "paths: [/a]", "ever reaches this rule"},
		{"paths: [/a/*/c]", "paths: [/a/*/c], methods: [GET]", "ever reaches this rule"},
		{"methods: [GET]", "methods: [HEAD], paths: [/x]", "ever reaches this rule"},
		{"hosts: ['*.example.com']", "hosts: [a.example.com], paths: [/x]", "ever reaches this rule"},
		{"hosts: ['*.example.com']", "hosts: ['*.b.example.com']", "ever reaches this rule"},
		{"paths: [/a, /b]", "paths: [/a, /c]", "the path /a ever reaches"},
		{"hosts: [a.example.com], paths: [/x/**]", "hosts: [a.example.com, b.example.com], paths: [/x/y]", "the host a.example.com ever reaches"},
		{"methods: [GET]", "methods: [GET, POST]", "the method GET ever reaches"},
		{"paths: ['/**']", "allow: nobody", "ever reaches this rule"},

		{"paths: [/a/*]", "paths: [/a]", ""},
		{"paths: [/a/*]", "paths: ['/a/**']", ""},
		{"paths: [/a/b]", "paths: ['/a/*']", ""},
		{"paths: [/a]", "paths: [/]", ""},
		{"paths: ['/*']", "paths: [/]", ""},
		{"paths: [/a/**]", "paths: [/ab]", ""},
		{"methods: [HEAD]", "methods: [GET]", ""},
		{"methods: [GET]", "roles: [admin]", ""},
		{"hosts: ['*.example.com']", "hosts: [example.com]", ""},
		{"hosts: [a.example.com]", "paths: [/x]", ""},
		{"paths: [/x]", "hosts: [a.example.com]", ""},
	} {
		_, wrong := Parse([]byte("rules:\n  - {name: first, " + tt.first + "}\n  - {name: second, " + tt.second + "}\n"))
		switch {
		case tt.want == "" && len(wrong) == 0:
		case tt.want == "" || len(wrong) != 1 || wrong[0].Line != 3 || !strings.Contains(wrong[0].Text, tt.want):
			t.Errorf("%s before %s: %v", tt.first, tt.second, wrong)
		}
	}
}

func TestRulesOfTheGuide(t *testing.T) {
	page, err := os.ReadFile("../../docs/guide/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	l, wrong := Parse([]byte(text))
	if len(wrong) > 0 || len(l.Rules) != 5 {
		t.Fatal(wrong)
	}
	for _, tt := range []struct{ method, host, path, rule string }{
		{"GET", "app.example.com", "/healthz", "health"},
		{"POST", "api.example.com", "/internal/x", "closed"},
		{"GET", "app.example.com", "/admin", "administration"},
		{"DELETE", "api.example.com", "/items/1", "writing by programs"},
		{"GET", "wiki.tools.example.com", "/", "everything else"},
	} {
		if d := l.Decide(Place{tt.host, tt.path, tt.method}, nil, noon); d.Rule == nil || d.Rule.Name != tt.rule {
			t.Errorf("%+v is decided by %+v", tt, d.Rule)
		}
	}
}

func TestHostsOfRules(t *testing.T) {
	l, wrong := Parse([]byte("rules: [{hosts: ['[::1]', 127.0.0.1, '*.example.com']}]"))
	if len(wrong) > 0 || l.Rules[0].Hosts[0] != "::1" || l.Decide(Place{"::1", "/", "GET"}, &Person{}, noon).Verdict != Allow {
		t.Error(l, wrong)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(rules)
	f.Add("rules: [{paths: &a [/a], allow: *a}]")
	f.Fuzz(func(t *testing.T, text string) {
		l, wrong := Parse([]byte(text))
		if (l == nil) == (len(wrong) == 0) {
			t.Error(l, wrong)
		}
		for _, p := range wrong {
			if p.Line < 0 || p.Line > 1+strings.Count(text, "\n")+strings.Count(text, "\r")+strings.Count(text, "\u2028")+strings.Count(text, "\u2029")+strings.Count(text, "\u0085") || p.Text == "" {
				t.Errorf("%q: %+v", text, p)
			}
		}
		if l == nil {
			return
		}
		for i := range l.Rules {
			if len(l.Rules[i].Name) == 0 || l.Rules[i].Line == 0 {
				t.Errorf("%q: %+v", text, l.Rules[i])
			}
		}
	})
}
