package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Problem is one thing that is wrong with a file of rules.
type Problem struct {
	// Line is 0 where it is about the whole.
	Line int
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Text)
}

// Bounds of a file.
const (
	maxRules = 1000
	maxWords = 200
	maxFile  = 1 << 20
)

// Parse reads a file of rules: YAML with the one member rules. All that is wrong
// is told at once, and then there is no policy.
func Parse(text []byte) (*Policy, []Problem) {
	if len(text) > maxFile {
		return nil, []Problem{{Text: "The file is longer than 1 MiB."}}
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, []Problem{{Text: "The file is empty; a policy has at least one rule."}}
	} else if err != nil {
		return nil, unreadable(err)
	}
	if err := dec.Decode(new(yaml.Node)); err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	} else if err == nil {
		return nil, []Problem{{Text: "There is a second document after the first, which nobody would read."}}
	}
	r := new(reader)
	r.tags(&doc)
	l := r.policy(doc.Content[0])
	if len(r.wrong) == 0 {
		r.wrong = l.unreached()
	}
	if len(r.wrong) > 0 {
		slices.SortStableFunc(r.wrong, func(a, b Problem) int { return a.Line - b.Line })
		return nil, r.wrong
	}
	return l, nil
}

var lineOf = regexp.MustCompile(`line (\d+): (.*)`)

// unreadable is what the reader of YAML says, which knows lines for most.
func unreadable(err error) []Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := lineOf.FindStringSubmatch(text); m != nil {
		var n int
		_, _ = fmt.Sscan(m[1], &n)
		return []Problem{{n, "This is not YAML: " + m[2] + "."}}
	}
	return []Problem{{Text: "This is not YAML: " + text + "."}}
}

// policy reads the whole.
func (r *reader) policy(n *yaml.Node) *Policy {
	l := &Policy{}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		r.add(nil, "The file is empty; a policy has at least one rule.")
		return l
	}
	list := r.members(n, "A file", []string{"rules"})["rules"]
	switch {
	case len(r.wrong) > 0 && list == nil:
		return l
	case list == nil, list.Kind == yaml.SequenceNode && len(list.Content) == 0, list.Tag == "!!null":
		r.add(list, "There are no rules; without any, everything is closed.")
		return l
	case list.Kind != yaml.SequenceNode:
		r.add(list, "rules is a list: each rule begins with a dash.")
		return l
	case len(list.Content) > maxRules:
		r.add(list, "There are %d rules, and at most %d may be.", len(list.Content), maxRules)
		return l
	}
	names := map[string]int{}
	for i, one := range list.Content {
		rule := r.rule(one, i)
		if first, twice := names[rule.Name]; twice {
			r.add(one, "The name %q is that of the rule in line %d, too.", rule.Name, first)
		}
		names[rule.Name] = rule.Line
		l.Rules = append(l.Rules, rule)
	}
	return l
}
