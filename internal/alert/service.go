package alert

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Store keeps alerts and silences.
type Store interface {
	// AlertBook gives all alerts, and the silences that are not over at now.
	AlertBook(ctx context.Context, now time.Time) (Book, error)
	// KeepSilence and EndSilence write with the audit row. EndSilence is false
	// where there is no such silence, or none any more.
	KeepSilence(ctx context.Context, s Silence, row audit.Row) error
	EndSilence(ctx context.Context, id string, at time.Time, row audit.Row) (ended bool, err error)
	Record(ctx context.Context, rows ...audit.Row) error
}

// Actor is who decides.
type Actor struct {
	ID     account.ID
	Client audit.Client
}

// Tester sends a test message through the real way of each receiver, or of one.
type Tester func(ctx context.Context, to string) []api.AlertTested

// ServiceOptions is what a Service needs; all of it.
type ServiceOptions struct {
	Store Store
	Rules []Rule
	// Receivers are those that are set up.
	Receivers []string
	Test      Tester
	// PublicURL is the address of this installation, for links.
	PublicURL string
	Now       func() time.Time
}

// Service is what administrators ask.
type Service struct{ o ServiceOptions }

// NewService refuses when something is missing.
func NewService(o ServiceOptions) (*Service, error) {
	if o.Store == nil || o.Test == nil || o.Now == nil || len(o.Rules) == 0 {
		return nil, errors.New("alert: every need of the service must be given")
	}
	return &Service{o}, nil
}

// List gives everything, what fires first.
func (s *Service) List(ctx context.Context) (api.AlertList, error) {
	now := s.o.Now()
	b, err := s.o.Store.AlertBook(ctx, now)
	if err != nil {
		return api.AlertList{}, err
	}
	out := api.AlertList{Items: []api.Alert{}, Silences: []api.AlertSilence{}, Receivers: append([]string{}, s.o.Receivers...)}
	slices.SortFunc(b.Alerts, listed)
	for i := range b.Alerts {
		one := b.Alerts[i].Shown(s.o.Rules, s.o.PublicURL)
		one.Silenced = b.Alerts[i].State != Resolved && silenced(b.Silences, b.Alerts[i].Key, now)
		out.Items = append(out.Items, one)
	}
	for i := range b.Silences {
		if b.Silences[i].Counts(now) {
			out.Silences = append(out.Silences, b.Silences[i].shown())
		}
	}
	for _, r := range s.o.Rules {
		out.Rules = append(out.Rules, r.shown())
	}
	return out, nil
}

// listed has what fires first, then what may soon, then the newest of what is over.
func listed(a, b Alert) int {
	order := []State{Firing, Pending, Resolved}
	if d := slices.Index(order, a.State) - slices.Index(order, b.State); d != 0 {
		return d
	}
	if a.State == Resolved {
		return b.ResolvedAt.Compare(a.ResolvedAt)
	}
	return a.before(&b)
}

func (s *Silence) shown() api.AlertSilence {
	return api.AlertSilence{ID: s.ID, Rule: s.Rule, Label: s.Label, Until: s.Until, Reason: s.Reason, By: string(s.By), At: s.At}
}

func (r *Rule) shown() api.AlertRule {
	out := api.AlertRule{Name: r.Name, Watches: r.Watches, Threshold: r.Threshold, ForSeconds: int(r.For.Seconds())}
	for _, severity := range r.Severities {
		out.Severities = append(out.Severities, string(severity))
	}
	return out
}

// maxSilence is how long one may last: what is quiet for longer is forgotten.
const maxSilence = 30 * day

// Silence keeps alerts quiet.
func (s *Service) Silence(ctx context.Context, who Actor, in api.NewAlertSilence) (api.AlertSilence, error) {
	reason := strings.TrimSpace(in.Reason)
	switch known := slices.ContainsFunc(s.o.Rules, func(r Rule) bool { return r.Name == in.Rule }); {
	case !known && in.Rule != Everything:
		return api.AlertSilence{}, fault.Invalid("/rule", "not_allowed", "There is no such rule. The list of alerts has them; * is all.")
	case in.Minutes < 1 || in.Minutes > int(maxSilence/time.Minute):
		return api.AlertSilence{}, fault.Invalid("/minutes", "not_allowed", "Please give minutes from 1 to 43200, which is 30 days.")
	case reason == "" || utf8.RuneCountInString(reason) > 200 || strings.ContainsFunc(reason, unicode.IsControl):
		return api.AlertSilence{}, fault.Invalid("/reason", "required", "Please say why, in one line of at most 200 characters.")
	case len(in.Label) > 200 || strings.ContainsFunc(in.Label, unicode.IsControl):
		return api.AlertSilence{}, fault.Invalid("/label", "too_long", "Please give a label as the list of alerts has it.")
	}
	now := s.o.Now().UTC().Truncate(time.Millisecond)
	one := Silence{
		ID: secret.RandomText(10), Rule: in.Rule, Label: in.Label, Until: now.Add(time.Duration(in.Minutes) * time.Minute),
		Reason: reason, By: who.ID, At: now,
	}
	row := s.row(audit.EventAlertSilenced, who, now)
	row.Detail = strings.TrimSpace("rule="+in.Rule+" "+in.Label) + " until=" + one.Until.Format(time.RFC3339) + " reason=" + reason
	return one.shown(), s.o.Store.KeepSilence(ctx, one, row)
}

// Unsilence ends a silence before its time.
func (s *Service) Unsilence(ctx context.Context, who Actor, id string) error {
	now := s.o.Now().UTC().Truncate(time.Millisecond)
	row := s.row(audit.EventAlertUnsilenced, who, now)
	row.Detail = "silence=" + id
	ended, err := s.o.Store.EndSilence(ctx, id, now, row)
	if err == nil && !ended {
		err = fault.New(api.CodeNotFound, "silence_unknown", "There is no such silence, or it is over already.")
	}
	return err
}

// Test sends a test message. That it was asked for is written before: what
// leaves the house has somebody who wanted it.
func (s *Service) Test(ctx context.Context, who Actor, to string) ([]api.AlertTested, error) {
	if to != "" && !slices.Contains([]string{ByMail, ByWebhook, BySlack, BySyslog}, to) {
		return nil, fault.Invalid("/to", "not_allowed", "Please use one of: mail, webhook, slack, syslog.")
	}
	row := s.row(audit.EventAlertTested, who, s.o.Now())
	row.Detail = "to=" + to
	if to == "" {
		row.Detail = "to=all"
	}
	if err := s.o.Store.Record(ctx, row); err != nil {
		return nil, err
	}
	return s.o.Test(ctx, to), nil
}

func (s *Service) row(e audit.Event, who Actor, now time.Time) audit.Row {
	row := audit.Succeeded(e, who.Client)
	row.At, row.Actor = now, who.ID
	return row
}
