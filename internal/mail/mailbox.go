package mail

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// mailboxRoom is how many letters the mailbox of development keeps.
const mailboxRoom = 100

// Mailbox is the Sender of development and test: letters stay in memory, and
// the log shows the first link of each. It has no place in production.
type Mailbox struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	letters []Received // oldest first
}

// Received is a letter in the mailbox.
type Received struct {
	ID      string
	Kind    Kind
	To      string
	Subject string
	Text    string
	HTML    string
	// At is when it arrived.
	At time.Time
	// Links are those of the text, in its order, without the footer's.
	Links []string
}

// NewMailbox makes an empty one.
func NewMailbox(log *slog.Logger, now func() time.Time) (*Mailbox, error) {
	if log == nil || now == nil {
		return nil, errors.New("mail: the mailbox needs a log and a clock")
	}
	return &Mailbox{log: log, now: now}, nil
}

// Send keeps the letter.
func (m *Mailbox) Send(_ context.Context, e Envelope) error {
	r := Received{e.ID, e.Kind, e.To, e.Subject, e.Text, e.HTML, m.now(), links(e.Text)}
	m.mu.Lock()
	m.letters = append(m.letters, r)
	if over := len(m.letters) - mailboxRoom; over > 0 {
		m.letters = slices.Delete(m.letters, 0, over)
	}
	m.mu.Unlock()
	first := ""
	if len(r.Links) > 0 {
		first = r.Links[0]
	}
	m.log.Info("mail for the mailbox of development", "kind", r.Kind, "to", r.To, "link", first)
	return nil
}

// All gives the letters, newest first.
func (m *Mailbox) All() []Received {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.letters)
	slices.Reverse(all)
	return all
}

// links are the lines that are one, down to the signature ("-- ", RFC 3676
// section 4.3).
func links(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "-- " {
			break
		}
		if strings.HasPrefix(line, "https://") || strings.HasPrefix(line, "http://") {
			all = append(all, line)
		}
	}
	return all
}
