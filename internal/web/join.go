package web

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// The pages behind one-time links, and open registration. GET shows a form and
// takes nothing, so that a mail scanner that opens a link burns none; only
// POST takes it.

func token(q *httpkit.Request) string { return q.HTTP().URL.Query().Get("token") }

// send reads a form, acts on it and leads on; what was refused is shown in the
// form once more, unless the link itself is dead.
func send(q *httpkit.Request, act func(httpkit.Form) (string, error), show func(httpkit.Form, *fault.Error) error) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	if err == nil {
		var to string
		if to, err = act(form); err == nil {
			return redirect(q, to)
		}
	}
	f := q.Fault(err)
	if dead(f) {
		return f
	}
	return show(form, f)
}

// keepSecret keeps the token of a page's address out of the Referer header. The
// last policy that a browser knows counts: under no-referrer alone it would
// send "Origin: null" with the form, so that serves only those that know no other.
func keepSecret(q *httpkit.Request) {
	q.Header().Set("Referrer-Policy", "no-referrer, strict-origin")
}

// again shows a form once more with what was wrong, or as it is at first.
func (s *Site) again(q *httpkit.Request, f *fault.Error, show func(*FormError) (string, any)) {
	keepSecret(q)
	status := http.StatusOK
	var e *FormError
	if f != nil {
		e, status = s.troubled(q, NewFormError(s.words(q), f), f), api.Codes[f.Code].Status
		q.FailHeaders(f)
	}
	page, data := show(e)
	s.render(q, status, page, data)
}

// linkBase is base for a page behind a one-time link: whoever opens it need not
// be who is signed in, and no other link may carry its secret on.
func (s *Site) linkBase(q *httpkit.Request, title string) (Base, error) {
	b, err := s.base(q, title)
	b.User, b.InLanguage = nil, ""
	return b, err
}

// opened notes that the link of a letter was opened. It takes nothing.
func (s *Site) opened(q *httpkit.Request) error {
	return s.o.Login.Opened(q.Context(), token(q), q.Client)
}

// dead says whether a fault is about the link and not about what was typed.
func dead(f *fault.Error) bool {
	switch f.Code {
	case api.CodeSetupTokenInvalid, api.CodeInvitationInvalid, api.CodeResetTokenInvalid, api.CodeVerifyTokenInvalid,
		api.CodeLinkInvalid:
		return true
	}
	return false
}

func (s *Site) setupForm(q *httpkit.Request) error {
	_, ok, err := s.o.Login.LinkWorks(q.Context(), login.LinkSetup, token(q))
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(api.CodeSetupTokenInvalid, "setup_link_dead", "This set-up link was used before or has expired.")
	}
	return s.showSetup(q, SetupPage{Token: token(q)}, nil)
}

func (s *Site) showSetup(q *httpkit.Request, page SetupPage, f *fault.Error) error {
	b, err := s.linkBase(q, "login.setup.title")
	if err != nil {
		return err
	}
	page.Base = b
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageSetup, page })
	return nil
}

func (s *Site) setupSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		out, err := s.o.Login.SetUp(q.Context(), joining(q, form))
		return arrive(q, out, err)
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showSetup(q, SetupPage{Token: form["token"], Name: form["name"], Email: form["username"]}, f)
	})
}

func joining(q *httpkit.Request, form httpkit.Form) login.Joining {
	return login.Joining{
		Token: form["token"], Email: form["username"], Name: form["name"], Password: form["password"], Client: q.FormClient(),
	}
}

func (s *Site) invitationForm(q *httpkit.Request) error {
	if err := s.opened(q); err != nil {
		return err
	}
	return s.showInvitation(q, InvitationPage{Token: token(q)}, nil)
}

func (s *Site) showInvitation(q *httpkit.Request, page InvitationPage, f *fault.Error) error {
	user, ok, err := s.o.Login.LinkWorks(q.Context(), login.LinkInvite, page.Token)
	if err != nil {
		return err
	}
	if !ok && f != nil {
		return f
	}
	if !ok {
		return fault.New(api.CodeInvitationInvalid, "invitation_dead", "This invitation was used before or has expired.")
	}
	b, err := s.linkBase(q, "login.invitation.title")
	if err != nil {
		return err
	}
	page.Base, page.Email = b, user.Email
	if f == nil {
		page.Name = user.Name
	}
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageInvitation, page })
	return nil
}

func (s *Site) invitationSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		out, err := s.o.Login.Enter(q.Context(), joining(q, form))
		return arrive(q, out, err)
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showInvitation(q, InvitationPage{Token: form["token"], Name: form["name"]}, f)
	})
}

func (s *Site) resetForm(q *httpkit.Request) error {
	if err := s.opened(q); err != nil {
		return err
	}
	return s.showReset(q, ResetPage{Token: token(q)}, nil)
}

func (s *Site) showReset(q *httpkit.Request, page ResetPage, f *fault.Error) error {
	user, ok, err := s.o.Login.LinkWorks(q.Context(), login.LinkReset, page.Token)
	if err != nil {
		return err
	}
	if !ok && f != nil {
		return f
	}
	if !ok {
		return fault.New(api.CodeResetTokenInvalid, "reset_link_dead", "This link was used before or has expired.")
	}
	b, err := s.linkBase(q, "login.reset.title")
	if err != nil {
		return err
	}
	page.Base, page.Email = b, user.Email
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageReset, page })
	return nil
}

func (s *Site) resetSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		err := s.o.Login.ResetPassword(q.Context(), form["token"], form["password"], q.Client)
		return "/login?notice=password-set", err
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showReset(q, ResetPage{Token: form["token"]}, f)
	})
}

func (s *Site) registerForm(q *httpkit.Request) error {
	return s.showRegister(q, RegisterPage{}, nil)
}

func (s *Site) showRegister(q *httpkit.Request, page RegisterPage, f *fault.Error) error {
	b, err := s.base(q, "login.register.title")
	if err != nil {
		return err
	}
	b.User, b.InLanguage = nil, inLanguage(q.HTTP(), "/register")
	page.Base = b
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageRegister, page })
	return nil
}

// registerSend answers with a page of its own where addresses are proven by
// mail: the same one whether the address has an account.
func (s *Site) registerSend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	if err == nil {
		q.KeepBrowser() // the link is bound to it
		var made login.Registered
		made, err = s.o.Login.Register(q.Context(), joining(q, form))
		switch {
		case err == nil && made.Mailed:
			return s.showMailed(q, MailedPage{Email: form["username"], Lead: "login.mailed.register", Again: "/register"})
		case err == nil:
			return redirect(q, "/login?notice=account-ready")
		}
	}
	return s.showRegister(q, RegisterPage{Name: form["name"], Email: form["username"]}, q.Fault(err))
}
