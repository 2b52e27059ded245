package inside

import (
	"context"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

func (in *inside) mailChecks() []doctor.Check {
	return []doctor.Check{{
		Name:  "mail_server",
		Title: "The mail server would take letters",
		Needs: []string{"config", "settings_mail"},
		Limit: 14 * time.Second,
		Run:   in.mailServer,
	}}
}

var mailCauses = map[string]api.Cause{
	mail.Unreachable: "smtp_unreachable", mail.TLSMismatch: "smtp_tls_mismatch", mail.Untrusted: "smtp_certificate_untrusted",
	mail.NoLogin: "smtp_refuses_login", mail.NoSender: "smtp_refuses_sender",
}

// mailServer talks to the mail server as a letter would, up to the sender, and
// sends none.
func (in *inside) mailServer(ctx context.Context, r *doctor.Result) {
	c := in.cfg
	if c.SMTPURL.Empty() {
		if c.Environment.Relaxed() { // elsewhere the settings tell of it
			r.Note("no_mail", "SMTP_URL is not set; letters go to the mailbox page of the running server.")
		}
		r.Skip("SMTP_URL is not set")
		return
	}
	if in.Cheap {
		r.Say("the mail server is asked from the command line only")
		return
	}
	s, err := mail.NewSMTP(c.SMTPURL, c.MailFrom, mail.SMTPOptions{
		AllowPlain: c.Environment.Relaxed(), Connect: 5 * time.Second, Whole: 12 * time.Second,
	})
	if err != nil {
		r.Find(api.Finding{
			Code:     "config_invalid",
			Cause:    "SMTP_URL or MAIL_FROM cannot be used, so the server does not start.",
			Evidence: err.Error(),
			Expected: "smtp://user:password@mail.example.com:587, and MAIL_FROM with one address",
			Setting:  setting("SMTP_URL", c.Origin("SMTP_URL")),
			Remedy:   remedy("SMTP_URL", c.Origin("SMTP_URL"), "an address such as smtp://user:password@mail.example.com:587", ""),
		})
		return
	}
	kind, err := s.Probe(ctx)
	refusal, _ := errors.AsType[*mail.Refusal](err)
	switch {
	case err == nil:
		r.Say("it takes letters from %s", c.MailFrom)
	case kind == mail.Later:
		r.Note("smtp_asks_to_wait", "The mail server asks to try again later: %v", err)
	case refusal == nil:
		r.Unable("the mail server", err)
	default:
		name := "SMTP_URL"
		if kind == mail.NoSender {
			name = "MAIL_FROM"
		}
		code := mailCauses[kind]
		r.Find(api.Finding{
			Code: code, Evidence: refusal.Error(), Expected: "a conversation up to MAIL FROM without a refusal",
			Remedy:  api.Causes[code].Remedy + " Then: aiwfe-auth mail test --to you@example.com",
			Setting: setting(name, c.Origin(name)),
		})
	}
}
