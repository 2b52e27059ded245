package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Fault is one thing wrong in the configuration.
type Fault struct {
	// Variable is the name of the setting, in upper case.
	Variable string
	// Value is what it held; of a secret only its length.
	Value string
	// Origin says who set it: "environment", "file PATH:LINE", "flag --x", "default", "not set".
	Origin string
	// Problem says what is wrong, in a sentence.
	Problem string
	// Expected says what would be right.
	Expected string
	// Hint says how to get there, where there is more to say.
	Hint string
	// Cause is the doctor's name for it; empty for a value that cannot be used.
	Cause api.Cause
	// Strict says that it is one only because the environment is strict.
	Strict bool
}

// Faults is every fault of a configuration, for nobody likes to mend one per
// start.
type Faults struct{ List []Fault }

// Error prints all of them, one block each.
func (f *Faults) Error() string {
	var b strings.Builder
	if len(f.List) == 1 {
		b.WriteString("The configuration has a fault.")
	} else {
		fmt.Fprintf(&b, "The configuration has %d faults.", len(f.List))
	}
	for _, one := range f.List {
		b.WriteString("\n\n" + one.String())
	}
	return b.String()
}

// Has says whether a setting has a fault.
func (f *Faults) Has(variable string) bool {
	return slices.ContainsFunc(f.List, func(one Fault) bool { return one.Variable == variable })
}

// String is the block of one fault.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Variable)
	switch {
	case f.Origin == notSet:
		b.WriteString(" is not set.")
	case f.Value == "":
		b.WriteString(" (" + f.Origin + "):")
	default:
		b.WriteString(" (" + f.Origin + ") is " + f.Value + ".")
	}
	b.WriteString("\n  " + f.Problem)
	if f.Expected != "" {
		b.WriteString("\n  Expected: " + f.Expected)
	}
	if f.Hint != "" {
		b.WriteString("\n  Hint: " + f.Hint)
	}
	return b.String()
}

const notSet = "not set"

// problem is a fault without its place: what a parser knows. It never holds a
// piece of the value of a secret setting.
type problem struct {
	text, expected, hint string
	cause                api.Cause
	strict               bool
}

// Error makes a problem an error for those who parse one value by itself.
func (p *problem) Error() string {
	s := p.text
	if p.expected != "" {
		s += " Expected: " + p.expected + "."
	}
	if p.hint != "" {
		s += " " + p.hint
	}
	return s
}

// because names the cause of a problem that was found without knowing whose
// value it was.
func (p *problem) because(cause api.Cause) *problem {
	p.cause = cause
	return p
}

// credentials finds the part of a URL before the @, so that a password pasted
// into a setting that is no secret is not printed either.
var credentials = regexp.MustCompile(`//[^/?#\s]*@`)

// shown is how a fault prints a value: quoted, cut, and for a secret only its
// length. A fingerprint has no place in a fault: a weak secret could be guessed
// from it.
func shown(raw string, isSecret bool) string {
	if isSecret {
		return secret.Redacted + ", " + strconv.Itoa(len(raw)) + " bytes"
	}
	raw = credentials.ReplaceAllString(raw, "//***@")
	if len(raw) > 200 {
		raw = raw[:200] + "..."
	}
	return strconv.Quote(raw)
}

// quoted tells of the quotes that docker's --env-file and systemd drop-ins
// leave in place while a shell removes them.
func quoted(raw string) bool {
	return len(raw) >= 2 && (raw[0] == '"' || raw[0] == '\'') && raw[0] == raw[len(raw)-1]
}

// part is shown for a piece of a list.
func part(raw string) string { return shown(cut(raw), false) }
