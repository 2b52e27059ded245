package policy

import "strings"

// about finds the first rule for a place. It is not clear where another one is
// about the path as some servers read it.
func (l *Policy) about(at Place) (r *Rule, clear bool) {
	r = l.first(at, exactly)
	if l.first(at, strings.EqualFold) != r {
		return r, false
	}
	for _, other := range readings(at.Path) {
		there := Place{at.Host, other, at.Method}
		if l.first(there, exactly) != r || l.first(there, strings.EqualFold) != r {
			return r, false
		}
	}
	return r, true
}

// equality says whether two segments are one.
type equality func(a, b string) bool

func exactly(a, b string) bool { return a == b }

func (l *Policy) first(at Place, same equality) *Rule {
	for i := range l.Rules {
		if r := &l.Rules[i]; r.on(at.Host) && r.of(at.Method) && r.covers(at.Path, same) {
			return r
		}
	}
	return nil
}

func (r *Rule) on(host string) bool {
	for _, h := range r.Hosts {
		if Within(h, host) {
			return true
		}
	}
	return len(r.Hosts) == 0
}

// About says whether any rule is about a place on a host.
func (l *Policy) About(host string) bool {
	for i := range l.Rules {
		if l.Rules[i].on(host) {
			return true
		}
	}
	return false
}

// Within says whether a host, or each one of a pattern, is of another pattern.
func Within(pattern, host string) bool {
	below, wild := strings.CutPrefix(pattern, "*")
	return pattern == host || wild && len(host) > len(below) && strings.HasSuffix(host, below)
}

func (r *Rule) of(method string) bool {
	return len(r.Methods) == 0 || has(r.Methods, method) || method == "HEAD" && has(r.Methods, "GET")
}

func (r *Rule) covers(path string, same equality) bool {
	for _, p := range r.Paths {
		if covers(p, path, same) {
			return true
		}
	}
	return len(r.Paths) == 0
}

// covers says whether a path is of a pattern. A slash at the end of a path makes
// no other place of it.
func covers(pattern, path string, same equality) bool {
	pattern, path = strings.TrimPrefix(pattern, "/"), strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	for {
		p, pMore, patternGoesOn := strings.Cut(pattern, "/")
		if p == "**" && !patternGoesOn {
			return true
		}
		one, rest, goesOn := strings.Cut(path, "/")
		if !same(p, one) && (p != "*" || one == "") {
			return false
		}
		if !patternGoesOn || !goesOn {
			return !goesOn && (!patternGoesOn || pMore == "**")
		}
		pattern, path = pMore, rest
	}
}
