package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// decided prints the answer; exit code 1 says that there is no way in.
func (p *program) decided(q question, at policy.Place, u *account.User, t policy.Trial, cfg *config.Config) error {
	d := t.Decision
	out := reached{
		URL: q.url, Host: at.Host, Path: at.Path, Method: at.Method, User: whoReaches(u), Allowed: t.Allowed, Verdict: d.Verdict.String(),
		Reason: d.Reason, Detail: d.Detail, Rule: ruleOf(d.Rule), File: cfg.PolicyFile, Ways: []wayRow{}, Notes: []string{}, summary: t.Summary(),
	}
	for _, w := range t.Ways {
		out.Ways = append(out.Ways, wayRow{w.Way.Name, w.Way.Person.Method, w.Decision.Verdict.String(), w.Decision.Reason, w.Decision.Detail})
	}
	if d.Rule != nil && d.Rule.Allow == policy.SignedIn {
		for _, note := range []string{cfg.WithoutCookie(at.Host), cfg.NotLedBack(at.Host)} {
			if note != "" {
				out.Notes = append(out.Notes, note)
			}
		}
	}
	if u != nil && u.Refusal() != "" {
		out.Notes = append(out.Notes, "The account cannot sign in: "+strings.ReplaceAll(u.Refusal(), "_", " ")+
			". See: aiwfe-auth user show --email "+u.Email)
	}
	if err := p.print(out, out.tell); err != nil || out.Allowed {
		return err
	}
	return errQuiet
}

func (o reached) tell(w io.Writer) {
	who := "a stranger"
	if o.User != nil {
		who = o.User.Email + " (" + o.User.Role + ", " + o.User.Status + ")"
	}
	fmt.Fprintf(w, "%s\n\n", o.summary)
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
