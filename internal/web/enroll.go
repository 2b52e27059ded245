package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (s *Site) enrollForm(q *httpkit.Request) error {
	return s.showEnroll(q, q.HTTP().URL.Query().Get("next"), nil, false)
}

// showEnroll shows one seed for as long as the set-up lasts: a page that is
// loaded again must not void the code that was scanned from it.
func (s *Site) showEnroll(q *httpkit.Request, next string, f *fault.Error, typed bool) error {
	c, email, err := s.waiting(q, true, next)
	if c == nil {
		return err
	}
	e, err := s.o.Login.EnrolleeBy(q.Context(), c.Token, q.FormClient())
	if fault.Is(err, api.CodeChallengeExpired) {
		return s.expired(q, next)
	}
	if err != nil {
		return err
	}
	setup, err := s.o.Login.PendingTOTP(q.Context(), e)
	if err == nil && setup == nil {
		setup, err = s.o.Login.SetupTOTP(q.Context(), e)
	}
	if err != nil {
		return err
	}
	b, err := s.base(q, "login.enroll.title")
	if err != nil {
		return err
	}
	b.InLanguage, b.User = inLanguage(q.HTTP(), "/login/enroll"), nil
	page := EnrollPage{
		Base: b, Email: email, Challenge: c.Token, Next: keptNext(q, next), Again: onward(q, "/login", next),
		Passkeys: slices.Contains(c.Methods, login.MethodWebAuthn) && s.passkeys(),
		Groups:   strings.Fields(setup.Grouped), Link: template.URL(setup.URI), QR: template.HTML(setup.SVG),
	}
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		q.FailHeaders(f)
		page.Error = s.codeError(q, f, typed)
	}
	s.render(q, status, PageEnroll, page)
	return nil
}

func (s *Site) enrollSend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	next, credential := form["next"], form["credential"]
	if err == nil {
		var added *login.Added
		if added, err = s.enroll(q, form["code"], credential); err == nil {
			q.Signed(added.Grant)
			return redirect(q, onward(q, "/account/security/codes", next, "notice", "factor-added"))
		}
	}
	f := q.Fault(err)
	switch f.Code {
	case api.CodeChallengeExpired:
		return s.expired(q, next)
	case api.CodeSessionLimitReached: // the factor is there, and there is nothing to type again
		return f
	}
	return s.showEnroll(q, next, f, credential == "")
}

func (s *Site) enroll(q *httpkit.Request, code, credential string) (*login.Added, error) {
	e, err := s.o.Login.EnrolleeBy(q.Context(), q.Challenge(), q.FormClient())
	if err != nil {
		return nil, err
	}
	if credential != "" {
		return s.o.Login.RegisterPasskey(q.Context(), e, []byte(credential), "")
	}
	return s.o.Login.ConfirmTOTP(q.Context(), e, code)
}
