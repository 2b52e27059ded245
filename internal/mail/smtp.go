package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// SMTPOptions are what may differ from the safe defaults; all may be zero.
type SMTPOptions struct {
	// TLS adds roots, as the tests do. Verification cannot be switched off: the
	// name to be proven and the lowest version are set here whatever it says.
	TLS *tls.Config
	// AllowPlain lets starttls=none name a host that is not this machine, for
	// the mail catcher of a development network.
	AllowPlain bool
	// Connect and Whole bound the connection and all of the conversation;
	// 5 and 20 seconds when zero.
	Connect, Whole time.Duration
}

// SMTP sends letters to one mail server, one connection for each. It is safe
// for use by several goroutines.
type SMTP struct {
	server
	from           mail.Address
	tls            *tls.Config
	connect, whole time.Duration
}

// NewSMTP reads the address of the server:
//
//	smtp://user:password@mail.example.com:587    STARTTLS, or no letter
//	smtps://user:password@mail.example.com:465   TLS from the first byte
//	smtp://localhost:1025?starttls=none          no TLS, this machine only
//	smtp://mail.example.com?starttls=opportunistic  TLS if offered; no password without
//
// from is the sender, "no-reply@example.com" or "Name <no-reply@example.com>".
// The error names what is wrong with the address, never the address itself.
func NewSMTP(address secret.Value, from string, o SMTPOptions) (*SMTP, error) {
	s, err := parseServer(address, o.AllowPlain)
	if err != nil {
		return nil, err
	}
	sender, err := mail.ParseAddress(from)
	if err != nil || one(sender.Address) != nil || !ascii(sender.Address) || strings.ContainsFunc(sender.Name, unprintable) {
		return nil, errors.New("mail: the sender must be one address such as no-reply@example.com, in ASCII")
	}
	c := &tls.Config{}
	if o.TLS != nil {
		c = o.TLS.Clone()
	}
	c.ServerName, c.InsecureSkipVerify, c.MinVersion = s.host, false, max(c.MinVersion, tls.VersionTLS12)
	return &SMTP{
		server: s, from: *sender, tls: c,
		connect: orElse(o.Connect, 5*time.Second), whole: orElse(o.Whole, 20*time.Second),
	}, nil
}

func orElse(d, usual time.Duration) time.Duration {
	if d <= 0 {
		return usual
	}
	return d
}

// Send brings the letter to the server. Every error is a *Refusal.
func (s *SMTP) Send(ctx context.Context, e Envelope) error {
	t := &talk{s: s, e: e}
	if err := one(e.To); err != nil {
		return t.never("address", "the recipient is not one plain e-mail address")
	}
	letter, err := s.mime(e)
	if err != nil {
		return t.never("MIME", err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, s.whole)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return t.failed(ctx, "connect", err)
	}
	defer func() { _ = conn.Close() }()
	// The library knows deadlines of single steps only. Whatever step it is in,
	// the conversation is over with the context.
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	step, err := t.deliver(conn, letter)
	if err != nil {
		return t.failed(ctx, step, err)
	}
	// The letter is theirs. A server that stumbles over the good-bye has it anyway.
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	_ = t.c.Quit()
	return nil
}

// dial connects, with TLS at once for smtps. Both fit in the time to connect.
func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.connect)
	defer cancel()
	if !s.implicit {
		return new(net.Dialer).DialContext(ctx, "tcp", s.address())
	}
	return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", s.address())
}

// talk is one conversation.
type talk struct {
	s *SMTP
	e Envelope
	c *smtp.Client
}

// open leads the conversation to where letters begin, and names the step that
// failed.
func (t *talk) open(conn net.Conn) (step string, err error) {
	if t.c, err = smtp.NewClient(conn, t.s.host); err != nil {
		return "greeting", err
	}
	_, domain, _ := strings.Cut(t.s.from.Address, "@")
	if err := t.c.Hello(domain); err != nil {
		return "EHLO", err
	}
	if err := t.encrypt(); err != nil {
		return "STARTTLS", err
	}
	if err := t.authenticate(); err != nil {
		return "AUTH", err
	}
	return "", nil
}

// deliver hands the letter over and names the step that failed.
func (t *talk) deliver(conn net.Conn, letter []byte) (step string, err error) {
	if step, err := t.open(conn); err != nil {
		return step, err
	}
	if err := t.unicode(); err != nil {
		return "SMTPUTF8", err
	}
	if err := t.c.Mail("<" + t.s.from.Address + ">"); err != nil {
		return "MAIL FROM", err
	}
	if err := t.c.Rcpt("<" + t.e.To + ">"); err != nil {
		return "RCPT TO", err
	}
	w, err := t.c.Data()
	if err != nil {
		return "DATA", err
	}
	// After a broken write the connection is dropped without the final dot, so
	// that no server takes half a letter.
	if _, err := w.Write(letter); err != nil {
		return "DATA", err
	}
	return "DATA", w.Close()
}

var (
	errNoStartTLS = errors.New("the server offers no STARTTLS")
	errNoAuth     = errors.New("the server offers no AUTH PLAIN or LOGIN")
	errPlainAuth  = errors.New("the connection is not encrypted")
	errNoUTF8     = errors.New("the server takes addresses in ASCII only")
)

// encrypt does STARTTLS as far as the address of the server asks for it.
func (t *talk) encrypt() error {
	if t.s.implicit || t.s.starttls == startNone {
		return nil
	}
	if offered, _ := t.c.Extension("STARTTLS"); !offered {
		if t.s.starttls == startMandatory {
			return errNoStartTLS
		}
		return nil
	}
	return t.c.StartTLS(t.s.tls)
}

// authenticate shows the password over TLS, or within this machine.
func (t *talk) authenticate() error {
	if t.s.user == "" {
		return nil
	}
	if _, encrypted := t.c.TLSConnectionState(); !encrypted && !t.s.loopback {
		return errPlainAuth
	}
	_, offered := t.c.Extension("AUTH")
	password := string(t.s.password.Reveal())
	for mechanism := range strings.FieldsSeq(strings.ToUpper(offered)) {
		switch mechanism {
		case "PLAIN":
			return t.c.Auth(smtp.PlainAuth("", t.s.user, password, t.s.host, true))
		case "LOGIN":
			return t.c.Auth(smtp.LoginAuth(t.s.user, password, t.s.host, true))
		}
	}
	return errNoAuth
}

// unicode asks for SMTPUTF8 (RFC 6531) only where an address needs it: a letter
// sent with it is refused by every later server that lacks it.
func (t *talk) unicode() error {
	needed := !ascii(t.e.To)
	t.c.SkipSMTPUTF8(!needed)
	if offered, _ := t.c.Extension("SMTPUTF8"); needed && !offered {
		return errNoUTF8
	}
	return nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}

// never is a refusal before anybody was asked.
func (t *talk) never(step, detail string) error {
	return &Refusal{Host: t.s.address(), Step: step, Detail: detail, Final: true, Cause: fmt.Errorf("mail: %s", detail)}
}
