package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/outward"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// TryAlerts sends a test message at once to one receiver, or to all where none
// is named, and says of each how it went. No database is asked.
func TryAlerts(ctx context.Context, cfg *config.Config, m *Mail, to string) ([]api.AlertTested, error) {
	list, err := receivers(cfg)
	if err != nil {
		return nil, err
	}
	notice := alert.TestNotice(secret.RandomText(10), time.Now().UTC().Truncate(time.Millisecond), origin(cfg))
	var out []api.AlertTested
	if to == "" || to == alert.ByMail {
		for _, address := range cfg.AlertMail {
			out = append(out, tryMail(ctx, cfg, m, address, notice))
		}
	}
	for _, r := range list {
		if to == "" || to == r.name {
			step, detail := stepOf(r.way.Send(ctx, notice.ID+"."+r.name, notice))
			out = append(out, api.AlertTested{Receiver: r.name, Sent: detail == "", To: r.to, Step: step, Detail: detail})
		}
	}
	if len(out) == 0 {
		return nil, missing(to)
	}
	return out, nil
}

func missing(to string) error {
	setting := map[string]string{
		alert.ByMail: "ALERT_MAIL", alert.ByWebhook: "ALERT_WEBHOOK_URL", alert.BySlack: "ALERT_SLACK_URL", alert.BySyslog: "ALERT_SYSLOG",
	}[to]
	if setting == "" {
		return errors.New("alerts go nowhere yet.\n" +
			"  Set ALERT_MAIL, ALERT_WEBHOOK_URL with ALERT_WEBHOOK_SECRET, ALERT_SLACK_URL or ALERT_SYSLOG")
	}
	return errors.New(setting + " is not set, so no alert goes by " + to + ".\n  Set " + setting)
}

func tryMail(ctx context.Context, cfg *config.Config, m *Mail, to string, notice api.AlertNotice) api.AlertTested {
	out := api.AlertTested{Receiver: alert.ByMail, To: to}
	if m == nil {
		out.Step, out.Detail = "settings", "SMTP_URL is not set, so in "+string(cfg.Environment)+" there is no mail"
		return out
	}
	letter, err := m.Composer.Envelope(alertMessage(&notice, to))
	if err == nil {
		err = m.sender().Send(ctx, letter)
	}
	if r, ok := errors.AsType[*mail.Refusal](err); ok {
		out.Step, out.Detail = r.Step, r.Error()
		return out
	}
	out.Step, out.Detail = stepOf(err)
	out.Sent = err == nil
	return out
}

// sender is the one that the running server uses now.
func (m *Mail) sender() mail.Sender {
	if m.carrier != nil {
		return m.carrier
	}
	return m.Sender
}

// stepOf says at which step something was not sent, and why.
func stepOf(err error) (step, detail string) {
	if err == nil {
		return "", ""
	}
	f, _ := errors.AsType[*outward.Fault](err)
	var (
		dns       *net.DNSError
		untrusted *tls.CertificateVerificationError
		header    tls.RecordHeaderError
		op        *net.OpError
	)
	switch {
	case f != nil && f.Status != 0:
		return "answer", f.Error() + "; " + answerHint(f.Status)
	case errors.Is(err, outward.ErrRefused):
		return "guard", outward.ErrRefused.Error()
	case errors.As(err, &dns):
		return "name", "the name " + dns.Name + " cannot be resolved; please check the host"
	case errors.As(err, &untrusted):
		return "TLS", "its certificate is not trusted: " + untrusted.Err.Error()
	case errors.As(err, &header), strings.Contains(err.Error(), "server gave HTTP response"): // the library hides its type
		return "TLS", "it does not speak TLS there; please check the port"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connect", "nothing listens there; please check host and port"
	case errors.Is(err, os.ErrNotExist):
		return "connect", "there is no such socket on this machine"
	case errors.As(err, &op) && op.Op == "dial":
		return "connect", "it could not be reached: " + cmp.Or(said(op.Err), "no answer in time; please check host, port and firewall")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "answer", "it took the connection and did not answer within ten seconds"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "answer", "it closed the connection without an answer"
	}
	return "send", err.Error()
}

func said(err error) string {
	if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return ""
	}
	return err.Error()
}

func answerHint(status int) string {
	switch {
	case status == 401 || status == 403:
		return "the receiver does not accept the signature or the address; please check the secret"
	case status == 404 || status == 410:
		return "there is no such webhook any more; please make it anew"
	case status/100 == 3:
		return "redirects are not followed"
	case status/100 == 5:
		return "the receiver has a fault of its own"
	}
	return "the receiver refuses the message (" + strconv.Itoa(status) + ")"
}

// hostOf is what may be said of an address that may be a secret.
func hostOf(address secret.Value) string {
	u, err := url.Parse(string(address.Reveal()))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
