package trace

import (
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// near are the rows of the same attempt, the first one first. A request whose
// cookies were lost is known by its place alone.
func (e *Explainer) near(ctx context.Context, r *Row) ([]Row, error) {
	q := Query{Place: r.Place, Since: r.At.Add(-storyBefore), Until: r.At.Add(storyAfter), Limit: 4 * storyRows}
	for _, name := range []string{r.Browser, r.Gave} {
		if name != "" && !slices.Contains(q.Browsers, name) {
			q.Browsers = append(q.Browsers, name)
		}
	}
	list, err := e.Source.Traces(ctx, q)
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	list = slices.DeleteFunc(list, func(o Row) bool { return o.ID != r.ID && !sameAttempt(&o, r) })
	slices.SortStableFunc(list, func(a, b Row) int { return a.At.Compare(b.At) })
	if at := slices.IndexFunc(list, func(o Row) bool { return o.ID == r.ID }); at > storyRows {
		list = list[at-storyRows:]
	}
	return list[:min(len(list), storyRows+10)], nil
}

// gather adds what the audit knows of the other requests of the attempt, and
// what it knows of the same account or address before a limit was reached.
func (e *Explainer) gather(ctx context.Context, in *Story) error {
	for i := range in.Rows {
		r := &in.Rows[i]
		if r.RequestID == in.ID || r.Method == "GET" || i+20 < len(in.Rows) {
			continue
		}
		more, err := e.Source.AuditRows(ctx, audit.Query{RequestID: r.RequestID, Limit: 5})
		if err != nil {
			return err
		}
		in.Audit = append(in.Audit, more...)
	}
	return e.guesses(ctx, in)
}

// guesses are the refused attempts at the account, or from the address, before
// the request: they say by whom a limit was reached.
func (e *Explainer) guesses(ctx context.Context, in *Story) error {
	at, address, ip := in.limited()
	if at.IsZero() {
		return nil
	}
	q := audit.Query{
		Event: audit.EventLogin, Outcome: audit.Refused, Since: at.Add(-time.Hour), Until: at.Add(time.Second), Limit: 200,
	}
	if q.Address = address; address == "" {
		q.IP = ip
	}
	var err error
	in.Guesses, err = e.Source.AuditRows(ctx, q)
	return err
}
