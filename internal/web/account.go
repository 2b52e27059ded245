package web

import (
	"net/http"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (s *Site) account(q *httpkit.Request) error {
	return s.showAccount(q, AccountPage{}, nil)
}

// showAccount shows the page, with the fault of the one form that was sent.
func (s *Site) showAccount(q *httpkit.Request, page AccountPage, f *fault.Error) error {
	p, err := q.ByCookie()
	if err != nil {
		return err
	}
	list, err := s.o.Login.Sessions(q.Context(), p.User().ID)
	if err != nil {
		return err
	}
	if page.Base, err = s.base(q, "account.title"); err != nil {
		return err
	}
	page.InLanguage = inLanguage(q.HTTP(), "/account") // the page of its forms, too
	if page.ProfileError == nil {
		page.Name = p.User().Name
	}
	for _, one := range list {
		row := SessionRow{
			ID: one.ID, Device: one.DeviceName, Kind: one.DeviceKind, IP: one.IP,
			Created: one.CreatedAt, LastSeen: one.SeenAt, Current: one.ID == p.Session.ID,
		}
		if row.Current {
			page.Sessions = append([]SessionRow{row}, page.Sessions...)
		} else {
			page.Sessions = append(page.Sessions, row)
		}
	}
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		q.FailHeaders(f)
	} else {
		page.Flash = s.notice(q)
	}
	s.render(q, status, PageAccount, page)
	return nil
}

// signed reads a form of somebody who is signed in by cookie.
func signed(q *httpkit.Request) (*login.Person, httpkit.Form, error) {
	form, err := q.ReceiveForm()
	if err != nil {
		return nil, nil, err
	}
	p, err := q.ByCookie()
	return p, form, err
}

func (s *Site) profileSend(q *httpkit.Request) error {
	p, form, err := signed(q)
	if err != nil {
		return err
	}
	if _, err = s.o.Login.Rename(q.Context(), p, form["name"], q.Client); err == nil {
		return redirect(q, "/account?notice=profile-saved")
	}
	f := q.Fault(err)
	return s.showAccount(q, AccountPage{Name: form["name"], ProfileError: NewFormError(s.words(q), f)}, f)
}

func (s *Site) passwordSend(q *httpkit.Request) error {
	p, form, err := signed(q)
	if err != nil {
		return err
	}
	err = s.o.Login.ChangePassword(q.Context(), p, form["current_password"], form["new_password"], q.Client)
	if err == nil {
		return redirect(q, "/account?notice=password-saved")
	}
	f := q.Fault(err)
	e := NewFormError(s.words(q), f)
	if f.Code == api.CodeInvalidCredentials {
		e.Summary, e.Detail = s.words(q).Text("errors.look_again"), ""
		e.Fields = map[string]string{"current_password": told(s.words(q), faultKey(f, "detail"), f.Detail)}
	}
	return s.showAccount(q, AccountPage{PasswordError: e}, f)
}

func (s *Site) endSession(q *httpkit.Request) error {
	p, form, err := signed(q)
	if err != nil {
		return err
	}
	err = s.o.Login.End(q.Context(), login.Self(p, q.Client.Client), p.User().ID, form["session_id"])
	if err != nil && !fault.Is(err, api.CodeNotFound) { // ended already: what was wanted is so
		return err
	}
	return redirect(q, "/account?notice=session-closed#sessions")
}

func (s *Site) endOthers(q *httpkit.Request) error {
	p, _, err := signed(q)
	if err != nil {
		return err
	}
	n, err := s.o.Login.EndOthers(q.Context(), login.Self(p, q.Client.Client), p.User().ID, p.Session.ID)
	if err != nil {
		return err
	}
	return redirect(q, "/account?notice=others-closed&n="+strconv.Itoa(n)+"#sessions")
}
