package policy

import "strings"

// about finds the first rule for a place. It is not clear where another one is
// about the path as some servers read it: those of Windows fold case, those of
// Java drop what follows a semicolon.
func (l *Policy) about(at Place) (r *Rule, clear bool) {
	r = l.first(at)
	for _, other := range readings(at.Path) {
		if l.first(Place{at.Host, other, at.Method}) != r {
			return r, false
		}
	}
	return r, true
}

// readings are the other ones of a path, none for most.
func readings(path string) (list []string) {
	lower := strings.ToLower(path)
	if lower != path {
		list = append(list, lower)
	}
	if strings.Contains(path, ";") {
		list = append(list, bare(path), bare(lower))
	}
	return list
}

// bare drops what follows a semicolon from each segment.
func bare(path string) string {
	var b strings.Builder
	for rest := path; rest != ""; {
		one, after, more := strings.Cut(rest, "/")
		one, _, _ = strings.Cut(one, ";")
		b.WriteString(one)
		if more {
			b.WriteByte('/')
		}
		rest = after
	}
	return b.String()
}

func (l *Policy) first(at Place) *Rule {
	for i := range l.Rules {
		if r := &l.Rules[i]; r.on(at.Host) && r.of(at.Method) && r.covers(at.Path) {
			return r
		}
	}
	return nil
}

func (r *Rule) on(host string) bool {
	for _, h := range r.Hosts {
		if below, wild := strings.CutPrefix(h, "*"); h == host || wild && len(host) > len(below) && strings.HasSuffix(host, below) {
			return true
		}
	}
	return len(r.Hosts) == 0
}

func (r *Rule) of(method string) bool {
	return len(r.Methods) == 0 || has(r.Methods, method) || method == "HEAD" && has(r.Methods, "GET")
}

func (r *Rule) covers(path string) bool {
	for _, p := range r.Paths {
		if covers(p, path) {
			return true
		}
	}
	return len(r.Paths) == 0
}

// covers says whether a path is of a pattern. A slash at the end of a path makes
// no other place of it.
func covers(pattern, path string) bool {
	pattern, path = strings.TrimPrefix(pattern, "/"), strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	for {
		p, pMore, patternGoesOn := strings.Cut(pattern, "/")
		if p == "**" && !patternGoesOn {
			return true
		}
		one, rest, goesOn := strings.Cut(path, "/")
		if p != one && (p != "*" || one == "") {
			return false
		}
		if !patternGoesOn || !goesOn {
			return !goesOn && (!patternGoesOn || pMore == "" || pMore == "**")
		}
		pattern, path = pMore, rest
	}
}
