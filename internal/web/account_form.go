package web

import (
	"net/http"
	"net/url"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// reauth is the page that asks who it is and leads back.
func reauth(next string) string { return "/reauth?" + url.Values{"next": {next}}.Encode() }

// fresh shows a page to somebody with a recent proof, and sends everybody else
// to give one first.
func (s *Site) fresh(show func(*httpkit.Request) error) func(*httpkit.Request) error {
	return func(q *httpkit.Request) error {
		p, err := q.ByCookie()
		if err != nil {
			return err
		}
		if err := s.recent(q, p); fault.Is(err, api.CodeReauthRequired) {
			return redirect(q, reauth(withoutLang(q.HTTP().URL)))
		}
		return show(q)
	}
}

// act reads a form of somebody signed in and does what it asks. Where the last
// proof is too old, it leads to a new one and from there to the page of the
// form; any other refusal is shown.
func act(
	q *httpkit.Request, page string,
	do func(*login.Person, httpkit.Form) (to string, err error), show func(httpkit.Form, *fault.Error) error,
) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	p, unknown := q.ByCookie()
	if unknown != nil {
		return unknown
	}
	to := ""
	if err == nil {
		to, err = do(p, form)
	}
	switch {
	case fault.Is(err, api.CodeReauthRequired):
		return redirect(q, reauth(page))
	case err != nil:
		return show(form, q.Fault(err))
	case to == "": // answered already
		return nil
	}
	return redirect(q, to)
}

// refused shows a refusal on a page of its own.
func refused(_ httpkit.Form, f *fault.Error) error { return f }

// frame is what a page of the account starts from; path is the page's own, for
// the answer to a form may stand elsewhere.
func (s *Site) accountFrame(q *httpkit.Request, title, tab, path string) (AccountFrame, *login.Person, error) {
	p, err := q.ByCookie()
	if err != nil {
		return AccountFrame{}, nil, err
	}
	b, err := s.base(q, title)
	b.InLanguage = inLanguage(q.HTTP(), path)
	if q.HTTP().Method == http.MethodGet {
		b.Flash = s.notice(q)
	}
	return AccountFrame{b, tab}, p, err
}

// show answers with a page, with the status of the fault that it tells.
func (s *Site) showOwn(q *httpkit.Request, f *fault.Error, name string, page any) error {
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		q.FailHeaders(f)
	}
	s.render(q, status, name, page)
	return nil
}

// formError is NewFormError, or nil where there is no fault.
func (s *Site) formError(q *httpkit.Request, f *fault.Error) *FormError {
	if f == nil {
		return nil
	}
	return s.troubled(q, NewFormError(s.words(q), f), f)
}

// ofField is formError with the whole refusal at one field: what it tells is
// about what was typed there.
func (s *Site) ofField(q *httpkit.Request, f *fault.Error, code api.Code, id string) *FormError {
	e := s.formError(q, f)
	if f == nil || f.Code != code {
		return e
	}
	e.Summary, e.Detail = s.words(q).Text("errors.look_again"), ""
	e.Fields = map[string]string{id: told(s.words(q), faultKey(f, "detail"), f.Detail)}
	return e
}
