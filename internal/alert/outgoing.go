package alert

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Receivers, beside the mail that goes through the outbox of letters.
const (
	ByMail    = "mail"
	ByWebhook = "webhook"
	BySlack   = "slack"
	BySyslog  = "syslog"
)

// Outgoing is a notice for one receiver, in the transaction of what it tells of.
type Outgoing struct {
	// ID is the notice's and the receiver's.
	ID, Receiver string
	// Body is an api.AlertNotice; each receiver puts it into its own words when
	// it leaves.
	Body []byte
}

// Stored is one that was leased to be sent.
type Stored struct {
	Outgoing
	// Tries counts the leases, this one included.
	Tries     int
	CreatedAt time.Time
}

// Origin is who tells.
type Origin struct{ PublicURL, Version string }

// Message is the notice as receivers get it.
func (n *Notice) Message(o Origin, rules []Rule) api.AlertNotice {
	m := api.AlertNotice{ID: n.ID, Type: TypeAlerts, At: n.At, PublicURL: o.PublicURL, Version: o.Version, Alerts: []api.Alert{}}
	for i := range n.Alerts {
		m.Alerts = append(m.Alerts, n.Alerts[i].Shown(rules, o.PublicURL))
	}
	return m
}

// To makes a row for each receiver.
func To(m api.AlertNotice, receivers []string) ([]Outgoing, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	for _, r := range receivers {
		out = append(out, Outgoing{ID: m.ID + "." + r, Receiver: r, Body: body})
	}
	return out, nil
}

// Shown is the alert as the API and receivers have it.
func (a *Alert) Shown(rules []Rule, public string) api.Alert {
	out := api.Alert{
		ID: a.ID, Rule: a.Rule, Label: a.Label, State: string(a.State), Severity: string(a.Severity), Summary: a.Says,
		Since: a.Since, FiredAt: moment(a.FiredAt), ResolvedAt: moment(a.ResolvedAt),
	}
	if a.State != Resolved {
		out.ResolvedAt = nil // that of the episode before
	}
	for i := range rules {
		if rules[i].Name == a.Rule {
			out.Threshold = rules[i].Threshold
		}
	}
	if info, known := api.Causes[a.Cause]; known {
		out.Cause = &api.AlertCause{
			Code: a.Cause, Title: info.Title, Meaning: info.Meaning, Evidence: a.Evidence, Remedy: info.Remedy,
			Commands: info.Commands, Docs: public + "/problems/" + string(a.Cause),
		}
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Way brings a message to a receiver. The id is for the receiver to know a
// message that comes twice. An error tells the step at which it failed.
type Way interface {
	Send(ctx context.Context, id string, m api.AlertNotice) error
}
