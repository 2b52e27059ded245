package trace

import (
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Story is all that is known of an attempt, from which Tell makes its steps
// and its verdict without asking anybody.
type Story struct {
	// ID is the request that was asked for.
	ID string
	// Rows are those of the attempt, the first one first; Audit are rows about
	// the same requests, and Guesses those that count towards a limit.
	Rows    []Row
	Audit   []audit.Row
	Guesses []audit.Row
	Settings
}

// Tell puts the story into words.
func (s Story) Tell() api.Explained {
	s.complete()
	out := api.Explained{ID: s.ID, Kind: api.ExplainedRequest, Steps: []api.Step{}}
	began := s.Rows[0].At
	for i := range s.Rows {
		r := &s.Rows[i]
		out.Steps = append(out.Steps, api.Step{
			RequestID: r.RequestID, At: r.At, After: float64(r.At.Sub(began).Milliseconds()) / 1000,
			Kind: kindOf(r), Title: titles[kindOf(r)], Method: r.Method, Route: strings.TrimPrefix(r.Route, r.Method+" "),
			Status: r.Status, Code: r.Code, Reason: r.Reason, Cause: r.Cause,
			Refused: r.Refused(), Asked: r.RequestID == s.ID, Facts: s.facts(i),
		})
	}
	out.Verdict = s.verdict()
	return out
}

// complete adds a row for each request of which only the audit tells: older
// versions left no traces, and those of the command line never do.
func (s *Story) complete() {
	for i := range s.Audit {
		a := &s.Audit[i]
		if r := s.row(a.Client.RequestID); r != nil {
			fill(r, a)
			continue
		}
		r := Row{At: a.At, RequestID: a.Client.RequestID}
		r.Route, r.IP, r.Agent = string(a.Event), a.Client.IP, a.Client.UserAgent
		fill(&r, a)
		s.Rows = append(s.Rows, r)
	}
	slices.SortStableFunc(s.Rows, func(a, b Row) int { return a.At.Compare(b.At) })
}

func fill(r *Row, a *audit.Row) {
	if a.Outcome == audit.Refused && r.Status == 0 {
		r.Code, r.Reason = a.Code, a.Reason
		r.Status = api.Codes[a.Code].Status
	}
	if r.Address == "" {
		r.Address = a.Address
	}
	if r.User == "" {
		r.User = string(a.User)
	}
	if r.Session == "" {
		r.Session = a.Session
	}
}

func (s *Story) row(id string) *Row {
	for i := range s.Rows {
		if s.Rows[i].RequestID == id {
			return &s.Rows[i]
		}
	}
	return nil
}

// refused is the step that the story is about: the request asked for, or, when
// that went well, the first one after it that kept the person out; -1 for none.
func (s *Story) refused() int {
	at := max(0, slices.IndexFunc(s.Rows, func(r Row) bool { return r.RequestID == s.ID }))
	if s.Rows[at].Refused() {
		return at
	}
	for i := at + 1; i < len(s.Rows); i++ {
		if r := &s.Rows[i]; r.Refused() && keepsOut(r.Code) {
			return i
		}
	}
	return -1
}

// keepsOut says whether a refusal is about who asks, not about what for.
func keepsOut(code api.Code) bool {
	switch api.Codes[code].Status {
	case 401, 403, 429, 503, 500:
		return code != api.CodeForbidden && code != api.CodeReauthRequired && code != api.CodeStrongerProof
	}
	return false
}

// limited is when a limit refused the request, and what it was about.
func (s *Story) limited() (at time.Time, address, ip string) {
	for _, r := range s.Rows {
		if r.RequestID == s.ID && r.Code == api.CodeTooManyAttempts {
			at, address, ip = r.At, r.Address, r.IP
		}
	}
	for _, a := range s.Audit {
		if a.Client.RequestID == s.ID && a.Code == api.CodeTooManyAttempts {
			at, address, ip = a.At, a.Address, a.Client.IP
		}
	}
	return at, address, ip
}
