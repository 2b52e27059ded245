package mail

import (
	"fmt"
	"log/slog"
	"time"
)

// Message is a letter to be written. Only Kind and To are always needed; the
// kinds that are about a link need Link as well.
type Message struct {
	Kind Kind
	// To is one plain address, as the account has it.
	To string
	// Lang is a BCP 47 tag of i18n.Languages; another is answered in English.
	Lang string
	// Name is the person's, as they chose it; may be "".
	Name string
	// Link is the address of the action, below the public URL; may be "".
	Link string
	// Alarm is the address of the page "this was not me"; may be "".
	Alarm string
	// Device and IP are where it happened; may be "".
	Device, IP string
	// At is when it happened; the zero time is now.
	At time.Time
	// Factor is the name of the factor, as the person chose it.
	Factor string
	// Left is how many recovery codes are left.
	Left int
	// Address is the new address, for KindEmailConfirm and KindEmailNotice.
	Address string
	// Life is how long the link is good after At; zero for one that does not end.
	Life time.Duration
	// Headline goes into the subject of KindAlert, Lines below its first sentence:
	// in English, and nothing in them is a stranger's.
	Headline string
	Lines    []Line
}

// Line is something said to an operator, under a label.
type Line struct{ Label, Text string }

// Letter is composed and sealed, ready to be stored by whoever decides.
type Letter struct {
	// ID is random and names the letter for ever; its Message-ID too.
	ID   string
	Kind Kind
	To   string
	// Sealed has address, subject and both texts; only an Outbox opens it.
	Sealed []byte
}

// Envelope is an open letter on its way. It holds links that are as good as a
// password, so it does not print itself.
type Envelope struct {
	ID   string
	Kind Kind
	To   string
	// Subject is one line, without anything that a stranger chose.
	Subject string
	Text    string
	HTML    string
	// At is the Date of the letter.
	At time.Time
	// Until is when its link ends, after which it is not worth sending; zero
	// for a letter without an end.
	Until time.Time
}

// String names the letter without its content.
func (e Envelope) String() string { return fmt.Sprintf("letter %s %s to %s", e.ID, e.Kind, Mask(e.To)) }

// Format writes String for every verb, %#v included.
func (e Envelope) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.String())) }

// LogValue is String.
func (e Envelope) LogValue() slog.Value { return slog.StringValue(e.String()) }

// String names the message without its links.
func (m Message) String() string { return fmt.Sprintf("message %s to %s", m.Kind, Mask(m.To)) }

// Format writes String for every verb, %#v included.
func (m Message) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// LogValue is String.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }
