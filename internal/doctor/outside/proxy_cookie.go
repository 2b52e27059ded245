package outside

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cookieLines compares the Set-Cookie lines that left with those that came
// back: what is lost, and what is written otherwise.
func cookieLines(e *echo) (dropped, rewritten []string) {
	came := e.Values("Set-Cookie")
	for _, line := range e.sent("Set-Cookie") {
		sent := parsedCookie(line)
		got, how := counterpart(sent, came)
		switch {
		case how == "lost":
			dropped = append(dropped, "sent Set-Cookie: "+sent.shown()+"; came back: no such line")
		case how == "merged":
			rewritten = append(
				rewritten,
				"sent Set-Cookie: "+sent.shown()+" as a line of its own; came back: joined with another in one line",
			)
		case how == "renamed" || !sent.same(got):
			rewritten = append(rewritten, fmt.Sprintf("sent Set-Cookie: %s; came back: %s", sent.shown(), got.shown()))
		}
	}
	return dropped, rewritten
}

// cookieLine is a Set-Cookie line, with its attributes in lower case.
type cookieLine struct {
	name, value string
	attributes  map[string]string
}

func parsedCookie(line string) cookieLine {
	c := cookieLine{attributes: map[string]string{}}
	for i, part := range strings.Split(line, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if i == 0 {
			c.name, c.value = name, value
		} else if name != "" {
			c.attributes[strings.ToLower(name)] = value
		}
	}
	return c
}

// same says whether a browser would treat both alike. Expires says the same as
// Max-Age, which wins.
func (c cookieLine) same(o cookieLine) bool {
	a, b := maps.Clone(c.attributes), maps.Clone(o.attributes)
	for _, m := range []map[string]string{a, b} {
		if m["max-age"] != "" {
			delete(m, "expires")
		}
	}
	return c.name == o.name && c.value == o.value && maps.EqualFunc(a, b, strings.EqualFold)
}

// shown leaves the value out, as evidence always does.
func (c cookieLine) shown() string {
	text := c.name + "=…"
	for _, name := range slices.Sorted(maps.Keys(c.attributes)) {
		text += "; " + name
		if v := c.attributes[name]; v != "" {
			text += "=" + v
		}
	}
	return text
}

// counterpart finds what became of a line.
func counterpart(sent cookieLine, came []string) (got cookieLine, how string) {
	for _, line := range came {
		if c := parsedCookie(line); c.name == sent.name {
			if joined(line) {
				return c, "merged"
			}
			return c, ""
		}
	}
	for _, line := range came {
		switch c := parsedCookie(line); {
		case joined(line) && strings.Contains(line, sent.name+"="):
			return c, "merged"
		case c.value == sent.value:
			return c, "renamed"
		}
	}
	return cookieLine{}, "lost"
}

// joined says that two lines became one, by a comma: a comma that is followed by
// a name belongs to no date.
func joined(line string) bool {
	for part := range strings.SplitSeq(line, ",") {
		name, _, ok := strings.Cut(strings.TrimSpace(part), "=")
		if ok && part != line && strings.Contains(name, "aiwfe_probe") && !strings.HasPrefix(line, part) {
			return true
		}
	}
	return false
}
