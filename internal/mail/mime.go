package mail

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// mime writes the letter as it goes over the wire. The Message-ID is that of
// the stored letter, so that a second delivery of it can be recognised.
func (s *SMTP) mime(e Envelope) ([]byte, error) {
	if e.ID == "" || e.Text == "" || strings.ContainsFunc(e.ID+e.Subject, unprintable) {
		return nil, errors.New("the letter has no id, no text, or more than one line of subject")
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.from.String()), m.To(e.To)); err != nil {
		return nil, errors.New("the sender or recipient is not an address")
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.Subject(e.Subject)
	m.SetDateWithValue(e.At)
	m.SetMessageIDWithValue(e.ID + "@" + domain)
	// RFC 3834 section 5: no holiday answers to a machine.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, e.Text)
	if e.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, e.HTML)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("the letter could not be written: %w", err)
	}
	return b.Bytes(), nil
}
