package trace

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Source is where rows are read from.
type Source interface {
	// Traces lists rows, the newest first.
	Traces(ctx context.Context, q Query) ([]Row, error)
	AuditRows(ctx context.Context, q audit.Query) ([]audit.Row, error)
}

// Settings are what an explanation says of the configuration; no secret.
type Settings struct {
	PublicURL, CookieDomain    string
	AccountLimit, AddressLimit string
	CSRFTTL                    time.Duration
	SessionIdle, SessionMax    time.Duration
	LegacyUntil                time.Time
}

// Explainer tells what is known of an id.
type Explainer struct {
	Source   Source
	Settings Settings
	// Report explains the six characters that a browser showed; nil where there
	// are no such reports.
	Report func(ctx context.Context, code string) (api.Explained, bool, error)
}

// How far around a request its story is looked for, and how many rows of it.
const (
	storyBefore = pastAge
	storyAfter  = time.Minute
	storyRows   = 60
)

// Explain finds the id among error codes, causes, reports of browsers, and
// requests; false where nobody knows it.
func (e *Explainer) Explain(ctx context.Context, id string) (api.Explained, bool, error) {
	id = strings.TrimSpace(id)
	if x, ok := Word(id); ok {
		return x, true, nil
	}
	if code, ok := ReportCode(id); ok && e.Report != nil {
		x, found, err := e.Report(ctx, code)
		if err != nil || found {
			return x, found, err
		}
	}
	if strings.Contains(id, "@") {
		return e.latest(ctx, id)
	}
	return e.Request(ctx, id)
}

// latest tells the story of the last attempt at an address.
func (e *Explainer) latest(ctx context.Context, text string) (api.Explained, bool, error) {
	address, err := account.Canonical(text)
	if err != nil {
		return api.Explained{}, false, err
	}
	rows, err := e.Source.AuditRows(ctx, audit.Query{Address: address, Limit: 20})
	if err != nil {
		return api.Explained{}, false, err
	}
	for _, r := range rows { // the newest first
		if r.Client.RequestID != "" && attempts[r.Event] {
			return e.Request(ctx, r.Client.RequestID)
		}
	}
	return api.Explained{}, false, nil
}

// attempts are the events of signing in.
var attempts = map[audit.Event]bool{
	audit.EventLogin: true, audit.EventFactorAnswered: true, audit.EventFactorOwed: true, audit.EventRequestRefused: true,
	audit.EventSessionLimit: true, audit.EventReauth: true,
}

// Unknown says that nobody knows an id, and why that may be.
func Unknown(id string) string {
	return fmt.Sprintf("%q is no request that was refused in the last %d days, no code of a page "+
		"and no name of an error or a cause; "+
		"requests that went well are not kept, and the log has a line for each.", id, Keep/(24*time.Hour))
}

// Request tells the story of one request.
func (e *Explainer) Request(ctx context.Context, id string) (api.Explained, bool, error) {
	if id == "" {
		return api.Explained{}, false, nil
	}
	in := Story{ID: id, Settings: e.Settings}
	found, err := e.Source.Traces(ctx, Query{RequestID: id, Limit: 1})
	if err != nil {
		return api.Explained{}, false, err
	}
	of, err := e.Source.AuditRows(ctx, audit.Query{RequestID: id, Limit: 20})
	if err != nil || len(found)+len(of) == 0 {
		return api.Explained{}, false, err
	}
	in.Audit = of
	if len(found) > 0 {
		if in.Rows, err = e.near(ctx, &found[0]); err != nil {
			return api.Explained{}, false, err
		}
	}
	if err := e.gather(ctx, &in); err != nil {
		return api.Explained{}, false, err
	}
	return in.Tell(), true, nil
}

// ReportCode is a code that a browser showed, in its one form: six of the
// characters that nobody confuses.
func ReportCode(text string) (string, bool) {
	code := strings.ToUpper(strings.TrimSpace(text))
	if len(code) != 6 || strings.Trim(code, "23456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return "", false
	}
	return code, true
}
