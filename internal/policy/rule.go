package policy

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// The words that a rule may use.
var (
	ruleMembers = []string{"name", "hosts", "paths", "methods", "allow", "roles", "scopes", "proof", "fresh"}
	methods     = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	allows      = []string{SignedIn, Everyone, Nobody}
	proofs      = []string{SecondFactor, PhishingResistant}
	roleNames   = []string{"user", "admin"}
	scopeNames  = []string{"read", "write", "admin"}
)

// rule reads one.
func (r *reader) rule(n *yaml.Node, i int) Rule {
	out := Rule{Name: fmt.Sprintf("rule %d", i+1), Line: n.Line, Allow: SignedIn}
	m := r.members(n, "A rule", ruleMembers)
	if name := r.word(m["name"], "name"); name != "" {
		out.Name = name
	}
	out.Hosts = r.words(m["hosts"], "hosts", r.host)
	out.Paths = r.words(m["paths"], "paths", r.path)
	out.Methods = r.words(m["methods"], "methods", r.among("method", methods))
	out.Roles = r.words(m["roles"], "roles", r.among("role", roleNames))
	out.Scopes = r.words(m["scopes"], "scopes", r.among("scope", scopeNames))
	if allow := r.word(m["allow"], "allow"); allow != "" {
		out.Allow = r.one(m["allow"], "allow", allow, allows)
	}
	if proof := r.word(m["proof"], "proof"); proof != "" {
		out.Proof = r.one(m["proof"], "proof", proof, proofs)
	}
	if fresh := r.word(m["fresh"], "fresh"); fresh != "" {
		d, err := time.ParseDuration(fresh)
		if err != nil || d < time.Second {
			r.add(m["fresh"], "fresh is %q; it is a time such as 10m or 8h, and at least 1s.", fresh)
		}
		out.Fresh = d
	}
	for _, name := range []string{"roles", "scopes", "proof", "fresh"} {
		if m[name] != nil && (out.Allow == Everyone || out.Allow == Nobody) {
			r.add(m[name], "The rule allows %s, so roles, scopes, proof and fresh would do nothing.", out.Allow)
			break
		}
	}
	return out
}

func (r *reader) one(n *yaml.Node, name, word string, known []string) string {
	if !has(known, word) {
		r.add(n, "%s is %q; it is one of %s.%s", name, word, strings.Join(known, ", "), didYouMean(word, known))
	}
	return word
}

func (r *reader) among(thing string, known []string) func(*yaml.Node, string) string {
	return func(n *yaml.Node, word string) string {
		if !has(known, word) {
			r.add(n, "The %s %q is none of %s.%s", thing, word, strings.Join(known, ", "), didYouMean(word, known))
		}
		return word
	}
}

// host is a name, *. and a name, or an address, of version 6 in brackets.
func (r *reader) host(n *yaml.Node, h string) string {
	bare, wild := strings.CutPrefix(h, "*.")
	name, err := Host(bare)
	_, notAddress := netip.ParseAddr(name)
	plain := name == bare || "["+name+"]" == bare
	switch {
	case h == "*":
		r.add(n, "The host * is all of them: leave hosts out for a rule about every host.")
	case err != nil || !plain || wild && notAddress == nil:
		r.add(n, "The host %q is none: a name in lower case without a port, or *. and a name.%s", h, readable(name, bare))
	case wild:
		return h
	}
	return name
}

func readable(name, bare string) string {
	if name == "" || name == bare {
		return ""
	}
	return " Did you mean " + name + "?"
}

func (r *reader) path(n *yaml.Node, p string) string {
	if wrong := pattern(p); wrong != "" {
		r.add(n, "The path %q %s.", p, wrong)
	}
	return p
}

// pattern says what is wrong with one, or "".
func pattern(p string) string {
	plain, err := Path(p)
	switch {
	case p == "/" || p == "/**":
		return ""
	case err != nil:
		return "cannot be asked for: " + err.Error()
	case strings.HasSuffix(p, "/"):
		return "ends with a slash, which makes no difference; leave it out"
	case plain != p:
		return "must stand there decoded, as " + plain
	case barest(p) != p:
		return "is read as " + barest(p) + " by some servers, so that whoever asks for it would be refused; write that"
	}
	for rest := p[1:]; rest != ""; {
		one, after, more := strings.Cut(rest, "/")
		if strings.Contains(one, "*") && one != "*" && (one != "**" || more) {
			return "has a * beside other characters, or ** before the end; * is a whole segment, ** the rest"
		}
		rest = after
	}
	return ""
}
