package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// notices are the messages that a redirect may ask for, by a name that anybody
// may put into a link: so each is harmless wherever it is shown.
var notices = map[string]func(n int) *Notice{
	"session-ended": func(int) *Notice { return SessionEndedNotice() },
	"signed-out":    func(int) *Notice { return &Notice{KindSuccess, "You are signed out."} },
	"password-set":  func(int) *Notice { return &Notice{KindSuccess, "Your new password is set. Please sign in with it."} },
	"account-ready": func(int) *Notice { return &Notice{KindSuccess, "Your account is ready. Please sign in."} },
	"profile-saved": func(int) *Notice { return &Notice{KindSuccess, "Your profile was saved."} },
	"password-saved": func(int) *Notice {
		return &Notice{KindSuccess, "Your password was changed. Other sessions were ended."}
	},
	"session-closed": func(int) *Notice { return &Notice{KindSuccess, "The session was ended."} },
	"others-closed":  SessionsEndedNotice,
}

func notice(q *httpkit.Request) *Notice {
	v := q.HTTP().URL.Query()
	if say, ok := notices[v.Get("notice")]; ok {
		n, _ := strconv.Atoi(v.Get("n")) // what is no number is none
		return say(min(max(0, n), 999))
	}
	return nil
}

// toLogin sends somebody who is not signed in to the form, and back afterwards.
func (s *Site) toLogin(q *httpkit.Request, f *fault.Error) {
	v := url.Values{}
	if f.Code == api.CodeSessionEnded {
		v.Set("notice", "session-ended")
	}
	if next := q.HTTP().URL.RequestURI(); next != "/account" {
		v.Set("next", next)
	}
	to := "/login"
	if len(v) > 0 {
		to += "?" + v.Encode()
	}
	_ = redirect(q, to)
}

func (s *Site) loginForm(q *httpkit.Request) error {
	next := q.HTTP().URL.Query().Get("next")
	if _, err := q.ByCookie(); err == nil {
		return s.goOn(q, next)
	}
	return s.showLogin(q, LoginPage{Next: next}, nil)
}

func (s *Site) showLogin(q *httpkit.Request, page LoginPage, f *fault.Error) error {
	b, err := s.base(q, "Sign in")
	if err != nil {
		return err
	}
	b.Flash = notice(q)
	b.User = nil
	page.Base, page.RegistrationOpen = b, s.o.RegistrationOpen
	way, ok := q.Kit().Next(page.Next)
	page.Next, page.NextHost = "", ""
	if ok {
		page.Next, page.NextHost = way.String(), way.Host
	}
	status := http.StatusOK
	if f != nil {
		page.Error, status = NewFormError(f), api.Codes[f.Code].Status
		q.FailHeaders(f)
		page.Flash = nil
	}
	s.render(q, status, PageLogin, page)
	return nil
}

func (s *Site) loginSend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if err == nil {
		var g *login.Grant
		g, err = s.o.Login.Password(q.Context(), login.Attempt{Email: form["username"], Password: form["password"], Client: q.FormClient()})
		if err == nil {
			q.Signed(g)
			return s.goOn(q, form["next"])
		}
	}
	if form == nil {
		return err
	}
	// The form comes back with what was typed, but for the password.
	return s.showLogin(q, LoginPage{Email: form["username"], Next: form["next"]}, q.Fault(err))
}

// goOn leads to where the person wanted to go, if it is a place of ours. To
// another host it is a page with a link: form-action does not let a form lead
// there directly.
func (s *Site) goOn(q *httpkit.Request, next string) error {
	way, ok := q.Kit().Next(next)
	if !ok {
		return redirect(q, "/account")
	}
	if way.Host == "" {
		return redirect(q, way.String())
	}
	b := s.o.Pages.Base("One moment")
	b.RequestID = q.ID
	page, err := NewLeavingPage(b, way.String())
	if err != nil {
		return redirect(q, "/account")
	}
	s.render(q, http.StatusOK, PageLeaving, page)
	return nil
}

func (s *Site) logout(q *httpkit.Request) error {
	if _, err := q.ReceiveForm(); err != nil {
		return err
	}
	p, err := q.ByCookie()
	if err == nil {
		err = s.o.Login.Logout(q.Context(), p, q.Client)
	}
	if err != nil && api.Codes[fault.From(err).Code].Status != http.StatusUnauthorized {
		return err
	}
	q.SignedOut()
	return redirect(q, "/login?notice=signed-out")
}
