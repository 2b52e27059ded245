package policy

import (
	"fmt"
	"slices"
	"strings"
)

// unreached finds what never decides, since an earlier rule is about all of it:
// a whole rule, or one host or path of it. Whoever wrote it believes that it
// holds, so it is a fault and no matter of taste.
func (l *Policy) unreached() (list []Problem) {
	for i := range l.Rules {
		list = append(list, l.Rules[i].shadow(l.Rules[:i])...)
	}
	return list
}

func (r *Rule) shadow(earlier []Rule) (list []Problem) {
	for j := range earlier {
		if e := &earlier[j]; e.takesHosts(r.Hosts) && e.takesPaths(r.Paths) && e.takesMethods(r.Methods) {
			return []Problem{{r.Line, fmt.Sprintf("No question ever reaches this rule: %q in line %d before it is about all of its places. "+
				"The first rule that fits decides, so the narrower one stands first.", e.Name, e.Line)}}
		}
	}
	dead := func(what, one string, takes func(*Rule) bool) {
		if j := slices.IndexFunc(earlier, func(e Rule) bool { return takes(&e) }); j >= 0 {
			list = append(list, Problem{r.Line, fmt.Sprintf("No question about the %s %s ever reaches this rule: %q in line %d before it takes them all.",
				what, one, earlier[j].Name, earlier[j].Line)})
		}
	}
	for _, h := range r.Hosts {
		dead("host", h, func(e *Rule) bool {
			return e.takesHosts([]string{h}) && e.takesPaths(r.Paths) && e.takesMethods(r.Methods)
		})
	}
	for _, p := range r.Paths {
		dead("path", p, func(e *Rule) bool {
			return e.takesPaths([]string{p}) && e.takesHosts(r.Hosts) && e.takesMethods(r.Methods)
		})
	}
	for _, m := range r.Methods {
		dead("method", m, func(e *Rule) bool {
			return e.takesMethods([]string{m}) && e.takesHosts(r.Hosts) && e.takesPaths(r.Paths)
		})
	}
	return list
}

// takesHosts says whether a rule is about every host of a list; an empty one is
// all that there are.
func (r *Rule) takesHosts(list []string) bool {
	return len(r.Hosts) == 0 || len(list) > 0 && !slices.ContainsFunc(list, func(h string) bool { return !r.on(h) })
}

func (r *Rule) takesMethods(list []string) bool {
	return len(r.Methods) == 0 || len(list) > 0 && !slices.ContainsFunc(list, func(m string) bool { return !r.of(m) })
}

func (r *Rule) takesPaths(list []string) bool {
	if len(r.Paths) == 0 {
		return true
	}
	if len(list) == 0 {
		list = []string{"/**"}
	}
	return !slices.ContainsFunc(list, func(p string) bool {
		return !slices.ContainsFunc(r.Paths, func(wide string) bool { return contains(wide, p) })
	})
}

// contains says whether every path of a pattern is one of another.
func contains(wide, narrow string) bool {
	w, n := strings.TrimPrefix(wide, "/"), strings.TrimPrefix(narrow, "/")
	for {
		a, wRest, wMore := strings.Cut(w, "/")
		b, nRest, nMore := strings.Cut(n, "/")
		switch {
		case a == "**" && !wMore:
			return true
		case b == "**" && !nMore: // it has more than one length, and a has one
			return false
		case a != b && (a != "*" || b == ""):
			return false
		case !nMore:
			return !wMore || wRest == "**"
		case !wMore:
			return false
		}
		w, n = wRest, nRest
	}
}
