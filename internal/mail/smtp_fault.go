package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// failed explains an error of a step.
func (t *talk) failed(ctx context.Context, step string, err error) error {
	r := &Refusal{Host: t.s.address(), Step: step, Cause: err}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		r.Code, r.Cause = reply.Code, nil // what the server wrote is told cleaned, or not at all
		r.Detail = t.said(step, reply)
		r.Final = final(step, reply.Code)
		return r
	}
	r.Detail = t.explain(ctx, step, err)
	r.Final = errors.Is(err, errNoUTF8)
	return r
}

// final: a reply to the recipient or to the letter itself, of the class "never
// again" (RFC 5321 section 4.2.1). Before that the server speaks of us, not of
// the letter; 530 to 538 ask for TLS or a password at any step (RFC 4954).
func final(step string, code int) bool {
	switch step {
	case "RCPT TO", "DATA":
		return code >= 500 && code < 600 && (code < 530 || code > 538) && code != 503
	}
	return false
}

// said is the server's reply, with what to do.
func (t *talk) said(step string, reply *textproto.Error) string {
	switch {
	case step == "AUTH":
		// Not its words: nobody knows what a server quotes when it refuses a password.
		return "the server does not accept the user or the password; please check them in SMTP_URL"
	case step == "MAIL FROM":
		return "the server does not take letters from this sender; please check MAIL_FROM and what the user may send; " +
			"it said: " + t.quote(reply.Msg)
	case reply.Code/100 == 5:
		return "the server refuses; it said: " + t.quote(reply.Msg)
	}
	return "the server asks to try again later; it said: " + t.quote(reply.Msg)
}

// explain is for what no server said.
func (t *talk) explain(ctx context.Context, step string, err error) string {
	var unverified *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	var dns *net.DNSError
	switch {
	case errors.Is(err, errNoStartTLS):
		return "the server offers no STARTTLS, so nothing was sent; use smtps:// with port 465 if it speaks TLS " +
			"from the first byte, or ?starttls=none if it runs on this machine"
	case errors.Is(err, errPlainAuth):
		return "the connection is not encrypted, so the password was not shown; " +
			"please use a server that offers STARTTLS, or smtps://"
	case errors.Is(err, errNoAuth):
		return "the server offers neither AUTH PLAIN nor LOGIN; please check the port (587 or 465), " +
			"or take user and password out of SMTP_URL"
	case errors.Is(err, errNoUTF8):
		return "the server takes addresses in ASCII only, and this one has other letters"
	case errors.As(err, &unverified):
		return "the certificate of the server is not trusted (" + clip(unverified.Error(), 200) +
			"); please name its host as in the certificate, or add its CA with SSL_CERT_FILE"
	case errors.As(err, &notTLS):
		return "the server does not speak TLS from the first byte; use smtp:// for a port with STARTTLS, such as 587"
	case errors.As(err, &dns):
		return "the name of the server cannot be resolved; please check the host in SMTP_URL"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there; please check host and port in SMTP_URL"
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "the server did not answer in time; please check host, port and firewall"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the server closed the connection"
	}
	return "the conversation broke off (" + clip(t.quote(err.Error()), 200) + ")"
}

var linkLike = regexp.MustCompile(`(?i)\S*(://|www\.)\S*`)

// quote gives a reply for the log: one short line, the recipient masked, and
// no link, since some filters quote the link that they dislike.
func (t *talk) quote(said string) string {
	said = strings.ToValidUTF8(said, "")
	said = linkLike.ReplaceAllString(said, "[link]")
	local, _, _ := strings.Cut(t.e.To, "@")
	if local == "" { // a probe names no recipient
		return clip(said, 200)
	}
	masked, _, _ := strings.Cut(Mask(t.e.To), "@")
	whole := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(local) + "@")
	said = whole.ReplaceAllLiteralString(said, masked+"@")
	if len(local) > 2 { // "no such user somebody", without the host
		said = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(local)).ReplaceAllLiteralString(said, masked)
	}
	return clip(said, 200)
}

// clip makes one line of at most that many letters.
func clip(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, s)
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
