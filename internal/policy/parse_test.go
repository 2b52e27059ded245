package policy

import (
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
		"rules:\n  - {roles: [root]}":                             "user and admin",
		"rules:\n  - {scopes: [all]}":                             "read, write and admin",
		"rules:\n  - {proof: strong}":                             "phishing_resistant",
		"rules:\n  - {fresh: soon}":                               "such as 10m",
		"rules:\n  - {allow: everyone, roles: [admin]}":           "would do nothing",
		"rules:\n  - {name: a}\n  - {name: b}":                    "ever reaches",
		"rules:\n  - {name: a, paths: [/a]}\n  - {name: a}":       "line 2, too",
		"rules:\n  - {paths: [/a]}\n---\nrules: []":               "second document",
		"rules:\n  - {paths: [/a], allow: x}\n  - {methods: [x]}": "line 3",
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
