package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

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

// written is a rule as it stands in a file.
type written struct {
	Name    string   `yaml:"name"`
	Hosts   []string `yaml:"hosts"`
	Paths   []string `yaml:"paths"`
	Methods []string `yaml:"methods"`
	Allow   string   `yaml:"allow"`
	Roles   []string `yaml:"roles"`
	Scopes  []string `yaml:"scopes"`
	Proof   string   `yaml:"proof"`
	Fresh   string   `yaml:"fresh"`
}

// maxRules bounds a file.
const maxRules = 1000

// Parse reads a file of rules: YAML with the one member rules. All that is wrong
// is told at once, and then there is no policy.
func Parse(text []byte) (*Policy, []Problem) {
	var doc struct {
		Rules []yaml.Node `yaml:"rules"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, []Problem{{Text: "The file is empty; a policy has at least one rule."}}
	} else if err != nil {
		return nil, unreadable(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, []Problem{{Text: "There is a second document after the first, which nobody would read."}}
	}
	switch {
	case len(doc.Rules) == 0:
		return nil, []Problem{{Text: "There are no rules; without any, everything is closed."}}
	case len(doc.Rules) > maxRules:
		return nil, []Problem{{Text: fmt.Sprintf("There are %d rules, and at most %d may be.", len(doc.Rules), maxRules)}}
	}
	l, names := &Policy{}, map[string]int{}
	var wrong []Problem
	for i := range doc.Rules {
		r, more := rule(&doc.Rules[i], i)
		if first, twice := names[r.Name]; twice {
			more = append(more, Problem{r.Line, fmt.Sprintf("The name %q is that of the rule in line %d, too.", r.Name, first)})
		}
		names[r.Name] = r.Line
		l.Rules, wrong = append(l.Rules, r), append(wrong, more...)
	}
	if wrong = append(wrong, l.unreached()...); len(wrong) > 0 {
		return nil, wrong
	}
	return l, nil
}

var lineOf = regexp.MustCompile(`line (\d+): (.*)`)

func unreadable(err error) (list []Problem) {
	for _, m := range lineOf.FindAllStringSubmatch(err.Error(), -1) {
		var n int
		_, _ = fmt.Sscan(m[1], &n)
		text := m[2]
		if name, _, ok := strings.Cut(strings.TrimPrefix(text, "field "), " not found"); ok {
			text = fmt.Sprintf("There is nothing by the name %q here; a file has rules, a rule has %s.", name,
				"name, hosts, paths, methods, allow, roles, scopes, proof and fresh")
		}
		list = append(list, Problem{n, text})
	}
	if len(list) == 0 {
		list = []Problem{{Text: "This is not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ") + "."}}
	}
	return list
}

// rule reads one. The strict decoding of the whole does not reach into nodes.
func rule(n *yaml.Node, i int) (r Rule, wrong []Problem) {
	r = Rule{Name: fmt.Sprintf("rule %d", i+1), Line: n.Line}
	add := func(format string, a ...any) { wrong = append(wrong, Problem{n.Line, fmt.Sprintf(format, a...)}) }
	var w written
	if err := strictly(n, &w); err != nil {
		for _, p := range unreadable(err) {
			p.Line += n.Line - 1
			wrong = append(wrong, p)
		}
		return r, wrong
	}
	if w.Name != "" {
		r.Name = w.Name
	}
	r.Hosts, r.Paths, r.Methods, r.Allow, r.Roles, r.Scopes, r.Proof = w.Hosts, w.Paths, w.Methods, w.Allow, w.Roles, w.Scopes, w.Proof
	if r.Allow == "" {
		r.Allow = SignedIn
	}
	for _, h := range r.Hosts {
		if name, err := Host(strings.TrimPrefix(h, "*.")); err != nil || name != strings.TrimPrefix(h, "*.") {
			add("The host %q is none: a name in lower case without a port, or *. and a name.", h)
		}
	}
	for _, p := range r.Paths {
		if err := pattern(p); err != "" {
			add("The path %q %s.", p, err)
		}
	}
	for _, m := range r.Methods {
		if !slices.Contains(methods, m) {
			add("The method %q is none of %s.", m, strings.Join(methods, ", "))
		}
	}
	if !slices.Contains([]string{SignedIn, Everyone, Nobody}, r.Allow) {
		add("allow is %q; it is one of signed_in, everyone, nobody.", r.Allow)
	}
	if !slices.Contains([]string{"", SecondFactor, PhishingResistant}, r.Proof) {
		add("proof is %q; it is second_factor or phishing_resistant.", r.Proof)
	}
	for _, role := range r.Roles {
		if role != "user" && role != "admin" {
			add("The role %q is none; there are user and admin.", role)
		}
	}
	for _, s := range r.Scopes {
		if !slices.Contains([]string{"read", "write", "admin"}, s) {
			add("The scope %q is none; there are read, write and admin.", s)
		}
	}
	if w.Fresh != "" {
		d, err := time.ParseDuration(w.Fresh)
		if err != nil || d < time.Second {
			add("fresh is %q; it is a time such as 10m, and at least 1s.", w.Fresh)
		}
		r.Fresh = d
	}
	if r.Allow != SignedIn && (len(r.Roles)+len(r.Scopes) > 0 || r.Proof != "" || r.Fresh > 0) {
		add("The rule allows %s, so roles, scopes, proof and fresh would do nothing.", r.Allow)
	}
	return r, wrong
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func strictly(n *yaml.Node, to *written) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	return dec.Decode(to)
}

// pattern says what is wrong with one, or "".
func pattern(p string) string {
	switch plain, err := Path(p); {
	case p == "/" || p == "/**":
		return ""
	case strings.HasSuffix(p, "/"):
		return "ends with a slash, which makes no difference; leave it out"
	case err != nil:
		return "cannot be asked for: " + err.Error()
	case plain != p:
		return "must stand there decoded, as " + plain
	}
	for i, rest := 0, p[1:]; rest != ""; i++ {
		one, after, more := strings.Cut(rest, "/")
		if strings.Contains(one, "*") && one != "*" && (one != "**" || more) {
			return "has a * beside other characters, or ** before the end; * is a whole segment, ** the rest"
		}
		rest = after
	}
	return ""
}

// unreached are rules that never decide, since an earlier one without any
// condition on the place takes all.
func (l *Policy) unreached() (list []Problem) {
	for i, r := range l.Rules {
		if i+1 < len(l.Rules) && len(r.Hosts) == 0 && len(r.Methods) == 0 && (len(r.Paths) == 0 || has(r.Paths, "/**")) {
			return []Problem{{l.Rules[i+1].Line, fmt.Sprintf("No question ever reaches this rule: %q before it is about every place.", r.Name)}}
		}
	}
	return nil
}
