package main

import (
	"fmt"
	"io"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// reached is the answer of policy check.
type reached struct{ api.PolicyAnswer }

// decided prints the answer; exit code 1 says that there is no way in.
func (p *program) decided(a api.PolicyAnswer, err error) error {
	if err != nil {
		return err
	}
	if err := p.print(a, reached{a}.tell); err != nil || a.Allowed {
		return err
	}
	return errQuiet
}

func (o reached) tell(w io.Writer) {
	who := "a stranger"
	if o.User != nil {
		who = o.User.Email + " (" + o.User.Role + ", " + o.User.Status + ")"
	}
	fmt.Fprintf(w, "%s\n\n", o.Summary)
	fmt.Fprintf(w, "who    %s\nwhere  %s %s at %s\n", who, o.Method, o.Path, o.Host)
	switch {
	case o.Rule == nil:
		fmt.Fprintln(w, "rule   none")
	case o.Rule.Line == 0:
		fmt.Fprintf(w, "rule   the default without POLICY_FILE: for %s\n", o.Rule.Wants)
	default:
		fmt.Fprintf(w, "rule   “%s”, line %d of %s: for %s\n", o.Rule.Name, o.Rule.Line, o.File, o.Rule.Wants)
	}
	fmt.Fprintf(w, "why    %s: %s\n", o.Reason, o.Detail)
	for i, way := range o.Ways {
		head := "      "
		if i == 0 {
			head = "ways  "
		}
		text := "gets in"
		if way.Verdict != policy.Allow.String() {
			text = way.Reason + ": " + way.Detail
		}
		fmt.Fprintf(w, "%s %s: %s\n", head, way.Way, text)
	}
	for _, note := range o.Notes {
		fmt.Fprintln(w, "note   "+note)
	}
}
