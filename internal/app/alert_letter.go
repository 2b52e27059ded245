package app

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// alertMessage puts a notice into a letter. What the doctor saw stays out of it:
// parts of that are what strangers sent.
func alertMessage(m *api.AlertNotice, to string) mail.Message {
	out := mail.Message{Kind: mail.KindAlert, To: to, Link: m.PublicURL + "/admin/alerts", At: m.At, Headline: alert.Headline(m)}
	for i := range m.Alerts {
		a := &m.Alerts[i]
		word := a.Severity
		if a.State == string(alert.Resolved) {
			word = a.State
		}
		out.Lines = append(out.Lines, mail.Line{Label: strings.ToUpper(word) + " " + alert.Name(a), Text: a.Summary})
		if a.Cause == nil || a.State == string(alert.Resolved) {
			continue
		}
		out.Lines = append(out.Lines, mail.Line{Label: "Cause (" + string(a.Cause.Code) + ")", Text: a.Cause.Title + ". " + a.Cause.Remedy})
		if len(a.Cause.Commands) > 0 {
			out.Lines = append(out.Lines, mail.Line{Label: "To look", Text: strings.Join(a.Cause.Commands, "   ")})
		}
	}
	return out
}
