package web

import (
	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (s *Site) ownPassword(q *httpkit.Request) error { return s.showPassword(q, nil) }

func (s *Site) showPassword(q *httpkit.Request, f *fault.Error) error {
	frame, _, err := s.accountFrame(q, "account.password.title", tabSecurity, "/account/password")
	if err != nil {
		return err
	}
	page := PasswordPage{AccountFrame: frame, Error: s.ofField(q, f, api.CodeInvalidCredentials, "current_password")}
	return s.showOwn(q, f, PagePassword, page)
}

func (s *Site) passwordSend(q *httpkit.Request) error {
	return act(q, "/account/password", func(p *login.Person, form httpkit.Form) (string, error) {
		err := s.o.Login.ChangePassword(q.Context(), p, form["current_password"], form["new_password"], q.Client)
		return "/account/security?notice=password-saved", err
	}, func(_ httpkit.Form, f *fault.Error) error { return s.showPassword(q, f) })
}

func (s *Site) ownEmail(q *httpkit.Request) error { return s.showEmail(q, "", nil) }

func (s *Site) showEmail(q *httpkit.Request, typed string, f *fault.Error) error {
	frame, _, err := s.accountFrame(q, "account.email.title", tabOverview, "/account/email")
	if err != nil {
		return err
	}
	page := EmailPage{AccountFrame: frame, Email: typed, Mail: s.o.Mail, Error: s.formError(q, f)}
	return s.showOwn(q, f, PageEmail, page)
}

func (s *Site) emailSend(q *httpkit.Request) error {
	return act(q, "/account/email", func(p *login.Person, form httpkit.Form) (string, error) {
		err := s.o.Login.AskEmail(q.Context(), p, form["email"], q.Client)
		return "/account?notice=email-asked", err
	}, func(form httpkit.Form, f *fault.Error) error { return s.showEmail(q, form["email"], f) })
}

// emailVerify sends the link that proves the present address.
func (s *Site) emailVerify(q *httpkit.Request) error {
	return act(q, "/account", func(p *login.Person, _ httpkit.Form) (string, error) {
		return "/account?notice=verify-asked", s.o.Login.AskVerification(q.Context(), p.User().Email, q.Client)
	}, refused)
}
