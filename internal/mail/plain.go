package mail

import (
	"errors"
	"html"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// KindMaintenance is a report for whoever looks after the installation. Like
// the command line it speaks English, so no catalog has its sentences.
const KindMaintenance Kind = "maintenance"

// PlainEnvelope is a letter whose text is written elsewhere, to be sent at once.
func (c *Composer) PlainEnvelope(kind Kind, to, subject, text string) (Envelope, error) {
	if err := one(to); err != nil {
		return Envelope{}, err
	}
	if subject == "" || strings.ContainsFunc(subject, unprintable) {
		return Envelope{}, errors.New("mail: the subject must be one line of plain text")
	}
	foot := "\n-- \n" + c.look.Load().Name + "\n" + c.o.PublicURL + "\n"
	body := `<!doctype html><html lang="en"><meta charset="utf-8"><title>` + html.EscapeString(subject) + `</title>` +
		`<body><pre style="white-space:pre-wrap">` + html.EscapeString(text+foot) + `</pre></body></html>`
	return Envelope{ID: secret.RandomText(20), Kind: kind, To: to, Subject: subject, Text: text + foot, HTML: body, At: c.o.Now()}, nil
}

// Plain is the same, sealed for the outbox.
func (c *Composer) Plain(kind Kind, to, subject, text string) (Letter, error) {
	e, err := c.PlainEnvelope(kind, to, subject, text)
	if err != nil {
		return Letter{}, err
	}
	return seal(c.o.Sealer, e)
}
