package web

import (
	"net/url"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// flowPages are those between a password and a session, of recovery, and the
// small well-known addresses.
func (s *Site) flowPages() map[string]func(*httpkit.Request) error {
	pages := map[string]func(*httpkit.Request) error{
		"POST /login/passkey":                s.passkeySend,
		"GET /login/verify":                  s.verifyForm,
		"POST /login/verify":                 s.verifySend,
		"GET /login/enroll":                  s.enrollForm,
		"POST /login/enroll":                 s.enrollSend,
		"GET /reauth":                        s.reauthForm,
		"POST /reauth":                       s.reauthSend,
		"GET /forgot-password":               s.forgotForm,
		"POST /forgot-password":              s.forgotSend,
		"GET /unlock-request":                s.askUnlockForm,
		"POST /unlock-request":               s.askUnlockSend,
		"GET /unlock":                        s.unlockForm,
		"POST /unlock":                       s.unlockSend,
		"GET /not-me":                        s.notMeForm,
		"POST /not-me":                       s.notMeSend,
		"GET /verify-email":                  s.proveForm,
		"POST /verify-email":                 s.proveSend,
		"GET /.well-known/change-password":   s.changePassword,
		"GET /.well-known/passkey-endpoints": s.passkeyEndpoints,
	}
	if s.o.SecurityContact != "" {
		pages["GET /.well-known/security.txt"] = s.securityText
	}
	if s.o.Mailbox != nil {
		pages["GET /dev/mailbox"] = s.mailbox
		pages["GET /dev/mailbox/{id}"] = s.letter
		pages["GET /dev/mailbox/{id}/html"] = s.letterHTML
	}
	return pages
}

// passkeys says whether a passkey can work here.
func (s *Site) passkeys() bool { return s.o.Passkeys.Unusable() == "" }

// onward is an address with the way on after signing in, if that is one of ours.
func onward(q *httpkit.Request, path, next string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	if way, ok := q.Kit().Next(next); ok {
		v.Set("next", way.String())
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// keptNext is the way on in a form: checked, or "".
func keptNext(q *httpkit.Request, next string) string {
	if way, ok := q.Kit().Next(next); ok {
		return way.String()
	}
	return ""
}

// wayOn gives the page of a dead link what to do instead.
func (s *Site) wayOn(p *ErrorPage, w *i18n.Words, code api.Code) {
	back := Link{w.Text("common.back_to_sign_in"), "/login"}
	switch code {
	case api.CodeResetTokenInvalid, api.CodeVerifyTokenInvalid:
		p.Action = back
		if s.o.Mail {
			p.Action, p.Second = Link{w.Text("login.recovery.new_link"), "/forgot-password"}, back
		}
	case api.CodeLinkInvalid:
		p.Action = back
		if s.o.Mail {
			p.Second = Link{w.Text("login.recovery.title"), "/forgot-password"}
		}
	case api.CodeMailNotConfigured:
		p.Action = back
	}
}

// atField moves what was wrong to the field that it is about.
func (e *FormError) atField(w *i18n.Words, id string) *FormError {
	if e.Fields == nil {
		e.Fields = map[string]string{id: e.Summary}
		e.Summary, e.Detail = w.Text("errors.look_again"), ""
	}
	return e
}

// codeError shows why a second factor was refused: beside the field where a
// code was typed, above the form for a passkey.
func (s *Site) codeError(q *httpkit.Request, f *fault.Error, typed bool) *FormError {
	if f == nil {
		return nil
	}
	e := s.troubled(q, NewFormError(s.words(q), f), f)
	if typed && f.Code == api.CodeInvalidCode {
		return e.atField(s.words(q), "code")
	}
	return e
}
