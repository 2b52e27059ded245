package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/outward"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// receiver is where alerts go: by which way, and what may be said of it.
type receiver struct {
	name string
	to   string
	way  alert.Way
}

// receivers are those that the configuration sets up, but for mail, which goes
// through the outbox of letters.
func receivers(cfg *config.Config) (list []receiver, err error) {
	guard, err := outward.NewGuard(cfg.OutboundAllow...)
	if err != nil {
		return nil, fmt.Errorf("OUTBOUND_ALLOW cannot be used: %w", err)
	}
	plain := cfg.Environment.Relaxed()
	if !cfg.AlertWebhookURL.Empty() {
		w, err := outward.NewWebhook(outward.WebhookOptions{URL: cfg.AlertWebhookURL, Secret: cfg.AlertWebhookSecret, Guard: guard, Plain: plain})
		if err != nil {
			return nil, fmt.Errorf("ALERT_WEBHOOK_URL cannot be used: %w", err)
		}
		list = append(list, receiver{alert.ByWebhook, hostOf(cfg.AlertWebhookURL), posted{w, nil}})
	}
	if !cfg.AlertSlackURL.Empty() {
		w, err := outward.NewWebhook(outward.WebhookOptions{URL: cfg.AlertSlackURL, Guard: guard, Plain: plain})
		if err != nil {
			return nil, fmt.Errorf("ALERT_SLACK_URL cannot be used: %w", err)
		}
		list = append(list, receiver{alert.BySlack, hostOf(cfg.AlertSlackURL), posted{w, alert.SlackBody}})
	}
	if cfg.AlertSyslog != "" {
		host, _ := os.Hostname()
		l, err := outward.NewSyslog(outward.SyslogOptions{
			URL: cfg.AlertSyslog, Facility: authFacility, Host: host, App: "aiwfe-auth", Process: strconv.Itoa(os.Getpid()),
		})
		if err != nil {
			return nil, fmt.Errorf("ALERT_SYSLOG cannot be used: %w", err)
		}
		list = append(list, receiver{alert.BySyslog, cfg.AlertSyslog, logged{l}})
	}
	return list, nil
}

// authFacility is "security/authorization messages" (RFC 5424, 6.2.1).
const authFacility = 10

// origin is who tells.
func origin(cfg *config.Config) alert.Origin {
	return alert.Origin{PublicURL: Issuer(cfg), Version: version.String()}
}

// posted sends by webhook: the notice as it is, or in the words of body.
type posted struct {
	w    *outward.Webhook
	body func(*api.AlertNotice) ([]byte, error)
}

func (p posted) Send(ctx context.Context, id string, m api.AlertNotice) error {
	write := p.body
	if write == nil {
		write = func(m *api.AlertNotice) ([]byte, error) { return json.Marshal(m) }
	}
	body, err := write(&m)
	if err != nil {
		return err
	}
	return p.w.Send(ctx, id, body)
}

// logged sends lines of syslog, one for each alert.
type logged struct{ l *outward.Syslog }

func (s logged) Send(ctx context.Context, id string, m api.AlertNotice) error {
	var lines []outward.Line
	for i := range m.Alerts {
		a := &m.Alerts[i]
		line := outward.Line{At: m.At, Severity: outward.Warning, ID: "alert", Text: a.State + " " + alert.Name(a) + ": " + a.Summary}
		switch {
		case a.State == string(alert.Resolved):
			line.Severity = outward.Notice
		case a.Severity == string(alert.Critical):
			line.Severity = outward.Critical
		}
		line.Data = []outward.Pair{
			{Name: "notice", Value: id},
			{Name: "id", Value: a.ID},
			{Name: "rule", Value: a.Rule},
			{Name: "label", Value: a.Label},
			{Name: "state", Value: a.State},
			{Name: "severity", Value: a.Severity},
		}
		if a.Cause != nil {
			line.Data = append(line.Data, outward.Pair{Name: "cause", Value: string(a.Cause.Code)})
			if text := alert.Remedy(a); text != "" {
				line.Text += ". " + text
			}
		}
		lines = append(lines, line)
	}
	return s.l.Send(ctx, lines...)
}

// hopeless says whether a notice will never be taken, however often it is sent.
func hopeless(err error) bool {
	f, ok := errors.AsType[*outward.Fault](err)
	return ok && !f.Again
}
