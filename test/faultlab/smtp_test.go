package faultlab

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// office is a mail server with a mind of its own.
type office struct {
	implicit  bool
	host      string // of its certificate; empty for no TLS
	login     bool   // it wants one, and takes this password alone: "right"
	onSender  error
	letters   atomic.Int64
	addr, ca  string
	validity  ground.Validity
	untrusted bool
}

func (o *office) open(t *testing.T) {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{o: o}, nil }))
	s.Domain, s.ErrorLog, s.AllowInsecureAuth = "post.example", log.New(io.Discard, "", 0), true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.addr = l.Addr().String()
	if o.host != "" {
		a, err := ground.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.Issue(o.validity, o.host)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair([]byte(c.Cert), []byte(c.Key))
		if err != nil {
			t.Fatal(err)
		}
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
		o.ca = a.File(t)
	}
	if o.implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
}

// visit is one connection.
type visit struct {
	o  *office
	in bool
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != "right" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "authentication failed"}
		}
		v.in = true
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	if v.o.login && !v.in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authentication required"}
	}
	return v.o.onSender
}

func (v *visit) Rcpt(string, *smtp.RcptOptions) error { v.o.letters.Add(1); return nil }

func (v *visit) Data(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }

func (v *visit) Reset() {}

func (v *visit) Logout() error { return nil }

// mail is one injection by a mail server and the address that leads to it, in
// which HOST stands for where it listens.
func mail(how string, cause api.Cause, o *office, before, after string) injection {
	return injection{fault: "D23", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		o.open(t)
		return lookAtMail(t, o, before+o.addr+after)
	}}
}

func lookAtMail(t *testing.T, o *office, address string) api.Diagnosis {
	t.Helper()
	env := map[string]string{"SMTP_URL": address, "MAIL_FROM": "no-reply@example.com"}
	if o.ca != "" && !o.untrusted {
		env["SSL_CERT_FILE"] = o.ca
	}
	d := doctor(t, ground.Unstarted(t, env))
	if n := o.letters.Load(); n > 0 {
		t.Errorf("the doctor named a recipient %d times", n)
	}
	return d
}

func mailInjections() []injection {
	refused := &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "sender address rejected: not owned by user"}
	unknown := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 8}, Message: "domain of sender not verified"}
	const day = 24 * 3600 * 1e9
	return []injection{
		by("D23", "nobody listens there", "smtp_unreachable", map[string]string{"SMTP_URL": "smtp://127.0.0.1:9?starttls=none", "MAIL_FROM": "a@example.com"}),
		by("D23", "nobody listens at the port of TLS", "smtp_unreachable", map[string]string{"SMTP_URL": "smtps://127.0.0.1:9", "MAIL_FROM": "a@example.com"}),
		mail("STARTTLS at a port that begins with TLS", "smtp_tls_mismatch", &office{host: "127.0.0.1", implicit: true}, "smtp://", ""),
		mail("TLS at a port that begins in plain text", "smtp_tls_mismatch", &office{host: "127.0.0.1"}, "smtps://", ""),
		mail("STARTTLS at a server that offers none", "smtp_tls_mismatch", &office{}, "smtp://", ""),
		mail("plain text at a port that begins with TLS", "smtp_tls_mismatch", &office{host: "127.0.0.1", implicit: true}, "smtp://", "?starttls=none"),
		mail("an authority that nobody knows", "smtp_certificate_untrusted", &office{host: "127.0.0.1", untrusted: true}, "smtp://", ""),
		mail("a certificate for another name", "smtp_certificate_untrusted", &office{host: "mail.example.com", implicit: true}, "smtps://", ""),
		mail("a certificate that has ended", "smtp_certificate_untrusted",
			&office{host: "127.0.0.1", validity: ground.Validity{From: -9 * day, To: -day}}, "smtp://", ""),
		mail("a wrong password", "smtp_refuses_login", &office{login: true, host: "127.0.0.1"}, "smtp://user:wrong@", ""),
		mail("no password where one is wanted", "smtp_refuses_login", &office{login: true}, "smtp://", "?starttls=none"),
		mail("a sender of somebody else", "smtp_refuses_sender", &office{login: true, onSender: refused}, "smtp://user:right@", "?starttls=none"),
		mail("a sender of a domain that was not verified", "smtp_refuses_sender", &office{onSender: unknown}, "smtp://", "?starttls=none"),
	}
}

func TestAMailServerThatWouldTakeLettersIsHealthy(t *testing.T) {
	for how, c := range map[string]struct {
		o             *office
		before, after string
	}{
		"STARTTLS and a password": {&office{host: "127.0.0.1", login: true}, "smtp://user:right@", ""},
		"TLS from the first byte": {&office{host: "127.0.0.1", implicit: true}, "smtps://", ""},
		"no TLS on this machine":  {&office{}, "smtp://", "?starttls=none"},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c.o.open(t)
			expect(t, lookAtMail(t, c.o, c.before+c.o.addr+c.after))
		})
	}
}
