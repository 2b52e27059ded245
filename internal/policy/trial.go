package policy

import (
	"strings"
	"time"
)

// Way is one in which a person comes: a session that begins in it, or one that
// there is already.
type Way struct {
	// Name is how people call it: "a passkey", "the password". Kind is its stable
	// name, and Label which one it is of several tokens or sessions.
	Name, Kind, Label string

	Person Person
	// Now is set of what there is already, a session or a token, and Bearer of a
	// token that is shown, not of a session of a browser.
	Now, Bearer bool
}

// Tried is what comes of a way.
type Tried struct {
	Way      Way
	Decision Decision
}

// Trial is the answer to whether a person may reach a place.
type Trial struct {
	// Allowed says whether there is a way in at all.
	Allowed  bool
	Decision Decision
	// Ways are all that the person has, each with its own decision; none where
	// everybody gets in, or nobody.
	Ways []Tried
	// After says what would lead in, where this is about one session that does not.
	After []string
}

// Try asks the question for every way that a person has; no ways are a stranger.
func (l *Policy) Try(at Place, ways []Way, now time.Time) Trial {
	stranger := l.Decide(at, nil, now)
	t := Trial{Decision: stranger, Allowed: stranger.Verdict == Allow}
	if stranger.Verdict != SignIn {
		return t
	}
	for _, w := range ways {
		d := l.Decide(at, &w.Person, now)
		if d.Verdict == Allow && w.Bearer && ReadsOnly(at.Method, w.Person.Scopes) {
			d = Decision{Refuse, d.Rule, ReasonScope, "The token may only read, and " + at.Method + " may change something."}
		}
		t.Ways = append(t.Ways, Tried{w, d})
		t.Allowed = t.Allowed || d.Verdict == Allow
	}
	for _, w := range t.Ways { // the best of them stands for the whole
		if closer(w.Decision.Verdict, t.Decision.Verdict) {
			t.Decision = w.Decision
		}
	}
	return t
}

// closer orders verdicts for somebody who has an account: to be let in, to be let
// in after more, to be refused; that a stranger has to sign in is no answer.
func closer(a, b Verdict) bool {
	rank := map[Verdict]int{Allow: 3, StepUp: 2, Refuse: 1, SignIn: 0}
	return rank[a] > rank[b]
}

// ReadsOnly says whether a token of these scopes may not do what a method asks
// for, whatever the rules say.
func ReadsOnly(method string, scopes []string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS":
		return false
	}
	return !has(scopes, "write")
}

// Wants says in words what a rule asks of who comes.
func (r *Rule) Wants() string {
	switch r.Allow {
	case Everyone:
		return "everybody"
	case Nobody:
		return "nobody"
	}
	list := []string{"whoever is signed in"}
	if len(r.Roles) > 0 {
		list[0] = "whoever has the role " + strings.Join(r.Roles, " or ")
	}
	if len(r.Scopes) > 0 {
		list = append(list, "with the scope "+strings.Join(r.Scopes, " and "))
	}
	switch r.Proof {
	case SecondFactor:
		list = append(list, "by a second factor")
	case PhishingResistant:
		list = append(list, "by a passkey or a security key")
	}
	if r.Fresh > 0 {
		list = append(list, "proven within the last "+short(r.Fresh))
	}
	return strings.Join(list, ", ")
}

// short is a time without zeroes at its end: 10m, 1h30m.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Where says in words what a rule is about.
func (r *Rule) Where() string {
	text := strings.Join(r.Methods, ", ")
	if text == "" {
		text = "every method"
	}
	hosts, paths := r.Hosts, strings.Join(r.Paths, ", ")
	if paths == "" {
		paths = "every path"
	}
	if len(hosts) == 0 {
		return text + " of " + paths + " at every host"
	}
	return text + " of " + paths + " at " + strings.Join(hosts, ", ")
}
