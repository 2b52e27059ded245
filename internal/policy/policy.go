package policy

import (
	"strings"
	"time"
)

// Who a rule lets in.
const (
	Everyone = "everyone"  // strangers, too
	SignedIn = "signed_in" // whoever has an account that may sign in; the default
	Nobody   = "nobody"
)

// Proofs that a rule may ask for, each including the next.
const (
	// SecondFactor: a code, a backup code, a security key or a passkey.
	SecondFactor = "second_factor"
	// PhishingResistant: a security key or a passkey (NIST SP 800-63B-4, 3.2.5).
	PhishingResistant = "phishing_resistant"
)

// Policy is the list of rules, in their order.
type Policy struct {
	Rules []Rule
}

// Rule says who may reach some places. Lists that are empty are about all.
type Rule struct {
	Name string
	// Line is where it begins in its file, 0 for one that stands in none.
	Line int
	// Hosts are names, or *.name for all below it.
	Hosts []string
	// Paths are patterns: * is one segment, ** at the end any number, none included.
	Paths []string
	// Methods are in upper case. GET includes HEAD.
	Methods []string

	Allow string
	// Roles and Scopes: any one of the roles, and all of the scopes.
	Roles, Scopes []string
	Proof         string
	// Fresh is how long ago the last full proof of who it is may be; 0 is any time.
	Fresh time.Duration
}

// Place is what somebody wants to reach: a host and a path as Host and Path give
// them, and a method.
type Place struct{ Host, Path, Method string }

// Person is who asks, as far as rules want to know.
type Person struct {
	Role   string
	Scopes []string
	// Method is how the session began: password, password+totp, passkey.
	Method string
	// ProvenAt is the last full proof of who it is; zero if there was only a weaker.
	ProvenAt time.Time
}

// Verdict is what comes of a question.
type Verdict int

// Verdicts.
const (
	Refuse Verdict = iota // this person may not; the zero value, so that nothing opens by mistake
	Allow
	SignIn // nobody is signed in, and somebody might be let in
	StepUp // who is signed in has to prove it again, or more strongly
)

// Decision is a verdict, the rule that it comes from, and why, for the operator.
type Decision struct {
	Verdict Verdict
	// Rule is nil where no rule is about the place.
	Rule *Rule
	// Reason is a stable name in snake case, and Detail a sentence.
	Reason, Detail string
}

// Reasons.
const (
	ReasonAllowed   = "allowed"
	ReasonNoRule    = "no_rule"
	ReasonAmbiguous = "path_ambiguous"
	ReasonNobody    = "rule_allows_nobody"
	ReasonSignIn    = "not_signed_in"
	ReasonRole      = "role_missing"
	ReasonScope     = "scope_missing"
	ReasonProof     = "proof_too_weak"
	ReasonFresh     = "proof_too_old"
)

// Default is what holds without a file: whoever is signed in may reach all of the hosts.
func Default(hosts ...string) *Policy {
	return &Policy{Rules: []Rule{{Name: "signed in", Hosts: hosts, Allow: SignedIn}}}
}

// Decide judges a question at a time. p is nil for a stranger.
func (l *Policy) Decide(at Place, p *Person, now time.Time) Decision {
	if !strings.HasPrefix(at.Path, "/") || !capitals(at.Method) {
		return Decision{Refuse, nil, ReasonAmbiguous, "The path has no slash at its beginning, or the method is not in capitals, so that nobody knows which rule is meant."}
	}
	r, clear := l.about(at)
	switch {
	case !clear:
		return Decision{Refuse, r, ReasonAmbiguous, "Another rule is about this path as some servers read it: in other case, without what " +
			"follows a semicolon or stands at the end of a segment, or with characters that look alike."}
	case r == nil:
		return Decision{Refuse, nil, ReasonNoRule, "No rule is about this place, and what no rule is about is closed."}
	case r.Allow == Nobody:
		return Decision{Refuse, r, ReasonNobody, "The rule lets nobody in."}
	case r.Allow == Everyone:
		return Decision{Allow, r, ReasonAllowed, "The rule lets everybody in."}
	case p == nil:
		return Decision{SignIn, r, ReasonSignIn, "The rule asks for somebody who is signed in."}
	}
	return r.judge(p, now)
}

// judge holds a person to the conditions of a rule. What cannot be mended by a
// new proof is told before what can.
func (r *Rule) judge(p *Person, now time.Time) Decision {
	if len(r.Roles) > 0 && !has(r.Roles, p.Role) {
		return Decision{Refuse, r, ReasonRole, "The rule asks for one of the roles " + strings.Join(r.Roles, ", ") + ", and this account has the role " + p.Role + "."}
	}
	for _, s := range r.Scopes {
		if !has(p.Scopes, s) {
			return Decision{Refuse, r, ReasonScope, "The rule asks for the scope " + s + ", which this credential does not have."}
		}
	}
	if !strong(r.Proof, p.Method) {
		return Decision{StepUp, r, ReasonProof, "The rule asks for the proof " + r.Proof + ", and what was proven last is " + p.Method + "."}
	}
	if r.Fresh > 0 && (p.ProvenAt.IsZero() || p.ProvenAt.After(now) || now.Sub(p.ProvenAt) > r.Fresh) {
		return Decision{StepUp, r, ReasonFresh, "The rule asks for a full proof within the last " + short(r.Fresh) + "."}
	}
	return Decision{Allow, r, ReasonAllowed, "The rule lets this person in."}
}

// strong says whether a session that began by a method has a proof.
func strong(proof, method string) bool {
	first, second, _ := strings.Cut(method, "+")
	resistant := first == "passkey" || second == "webauthn"
	switch proof {
	case "":
		return true
	case SecondFactor:
		return resistant || first == "password" && (second == "totp" || second == "backup_code")
	case PhishingResistant:
		return resistant
	}
	return false
}

// capitals says whether a method is one as methods are written: post is none, and
// some applications take it for POST (RFC 9110, 9.1).
func capitals(method string) bool {
	return method != "" && strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

func has(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}
