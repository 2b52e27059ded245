package web

import (
	"context"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// asking is a page that asks for an address and mails a link to it.
type asking struct {
	path, title, lead, submit string // the last three are keys
	mail                      func(context.Context, string, login.Client) error
}

func (s *Site) forgot() asking {
	return asking{"/forgot-password", "login.recovery.title", "login.recovery.lead", "login.recovery.submit", s.o.Login.Forgot}
}

func (s *Site) askUnlock() asking {
	return asking{"/unlock-request", "login.unlock_request.title", "login.unlock_request.lead", "login.recovery.submit", s.o.Login.AskUnlock}
}

func (s *Site) forgotForm(q *httpkit.Request) error { return s.showAsking(q, s.forgot(), "", nil) }
func (s *Site) forgotSend(q *httpkit.Request) error { return s.ask(q, s.forgot()) }
func (s *Site) askUnlockForm(q *httpkit.Request) error {
	return s.showAsking(q, s.askUnlock(), "", nil)
}
func (s *Site) askUnlockSend(q *httpkit.Request) error { return s.ask(q, s.askUnlock()) }

func (s *Site) showAsking(q *httpkit.Request, a asking, email string, f *fault.Error) error {
	if !s.o.Mail {
		return fault.New(api.CodeMailNotConfigured, "mail_not_configured", "This server sends no mail. Please ask an administrator for a link.")
	}
	b, err := s.base(q, a.title)
	if err != nil {
		return err
	}
	b.User, b.InLanguage = nil, inLanguage(q.HTTP(), a.path)
	w := s.words(q)
	page := ForgotPage{Base: b, Email: email, Action: a.path, Lead: w.Text(a.lead), Submit: w.Text(a.submit)}
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageForgot, page })
	return nil
}

// ask says the same for every address. Only what is no address at all, and
// limits that hold for all of them, bring the form back.
func (s *Site) ask(q *httpkit.Request, a asking) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	if err == nil {
		if err = a.mail(q.Context(), form["username"], q.FormClient()); err == nil {
			return s.showMailed(q, MailedPage{Email: form["username"], Lead: "login.mailed.asked", Again: a.path})
		}
	}
	return s.showAsking(q, a, form["username"], q.Fault(err))
}

func (s *Site) showMailed(q *httpkit.Request, page MailedPage) error {
	b, err := s.base(q, "login.mailed.title")
	if err != nil {
		return err
	}
	b.User, b.InLanguage = nil, "" // the page of a POST cannot be asked for again
	page.Base, page.Mailbox = b, s.mailboxHref(q)
	s.render(q, http.StatusOK, PageMailed, page)
	return nil
}

// linkForm shows the page behind a link of a letter and takes nothing, so that
// a mail scanner burns none.
func (s *Site) linkForm(q *httpkit.Request, kind string, page LinkPage, f *fault.Error) error {
	user, ok, err := s.o.Login.LinkWorks(q.Context(), kind, page.Token)
	switch {
	case err != nil:
		return err
	case (!ok || user.ID == "") && f != nil:
		return f
	case !ok || user.ID == "":
		return fault.New(api.CodeLinkInvalid, kind+"_link_dead", "This link was used before or has expired.")
	}
	page.Email = user.Email
	return s.showLink(q, page, f)
}

// showLink shows a page whose heading is its title.
func (s *Site) showLink(q *httpkit.Request, page LinkPage, f *fault.Error) error {
	w := s.words(q)
	b, err := s.linkBase(q, page.Heading)
	if err != nil {
		return err
	}
	page.Base, page.Heading, page.Lead, page.Submit = b, w.Text(page.Heading), w.Text(page.Lead), w.Text(page.Submit)
	for i, key := range page.Points {
		page.Points[i] = w.Text(key)
	}
	s.again(q, f, func(e *FormError) (string, any) { page.Error = e; return PageLink, page })
	return nil
}

func unlockPage(token string) LinkPage {
	return LinkPage{
		Action: "/unlock", Token: token,
		Heading: "login.unlock.title", Lead: "login.unlock.lead", Submit: "login.unlock.submit",
	}
}

func (s *Site) unlockForm(q *httpkit.Request) error {
	if err := s.opened(q); err != nil {
		return err
	}
	return s.linkForm(q, login.LinkUnlock, unlockPage(token(q)), nil)
}

func (s *Site) unlockSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		return "/login?notice=unlocked", s.o.Login.SelfUnlock(q.Context(), form["token"], q.FormClient())
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.linkForm(q, login.LinkUnlock, unlockPage(form["token"]), f)
	})
}

func notMePage(token string) LinkPage {
	return LinkPage{
		Action: "/not-me", Token: token, Danger: true,
		Heading: "login.not_me.title", Lead: "login.not_me.lead", Submit: "login.not_me.submit",
		Points: []string{"login.not_me.sessions", "login.not_me.tokens", "login.not_me.locked", "login.not_me.password"},
	}
}

func (s *Site) notMeForm(q *httpkit.Request) error {
	if err := s.opened(q); err != nil {
		return err
	}
	return s.linkForm(q, login.LinkAlarm, notMePage(token(q)), nil)
}

// notMeSend leads straight to a new password: whoever holds the mailbox may
// set one, and until then nobody gets in.
func (s *Site) notMeSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		reset, err := s.o.Login.Report(q.Context(), form["token"], q.FormClient())
		if reset == "" {
			return "/login?notice=all-ended", err
		}
		return login.LinkPath(login.LinkReset, reset), err
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.linkForm(q, login.LinkAlarm, notMePage(form["token"]), f)
	})
}

func (s *Site) proveForm(q *httpkit.Request) error {
	if err := s.opened(q); err != nil {
		return err
	}
	return s.showProve(q, token(q), nil)
}

// showProve asks for a new password where another browser registered, so that
// nobody confirms a password that a stranger chose.
func (s *Site) showProve(q *httpkit.Request, token string, f *fault.Error) error {
	v, err := s.o.Login.LookAtVerification(q.Context(), token, q.FormClient())
	if err != nil {
		return err
	}
	page := LinkPage{
		Action: "/verify-email", Token: token, Email: v.Address, NewPassword: v.NewPassword,
		Heading: "login.prove.title", Lead: "login.prove.lead", Submit: "login.prove.submit",
	}
	if v.NewPassword {
		page.Lead = "login.prove.lead_password"
	}
	return s.showLink(q, page, f)
}

func (s *Site) proveSend(q *httpkit.Request) error {
	return send(q, func(form httpkit.Form) (string, error) {
		v, err := s.o.Login.LookAtVerification(q.Context(), form["token"], q.FormClient())
		if err != nil {
			return "", err
		}
		if _, err := s.o.Login.Verify(q.Context(), form["token"], form["password"], q.FormClient()); err != nil {
			return "", err
		}
		_, stranger := q.ByCookie()
		switch {
		case v.Address == v.User.Email:
			return "/login?notice=account-ready", nil
		case stranger != nil:
			return "/login?notice=address-proven", nil
		}
		return "/account?notice=address-proven", nil
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showProve(q, form["token"], f)
	})
}
