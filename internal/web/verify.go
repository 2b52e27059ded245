package web

import (
	"net/http"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (s *Site) verifyForm(q *httpkit.Request) error {
	v := q.HTTP().URL.Query()
	return s.showVerify(q, VerifyPage{Method: v.Get("method"), Next: v.Get("next")}, nil)
}

// waiting is the login that waits in this browser. It is nil where none does,
// and then the answer is written.
func (s *Site) waiting(q *httpkit.Request, enroll bool, next string) (*login.Challenge, string, error) {
	if q.Challenge() == "" {
		return nil, "", redirect(q, onward(q, "/login", next))
	}
	c, user, err := s.o.Login.Pending(q.Context(), q.Challenge(), q.FormClient())
	switch {
	case fault.Is(err, api.CodeChallengeExpired):
		return nil, "", s.expired(q, next)
	case err != nil:
		return nil, "", err
	case c.Enroll && !enroll:
		return nil, "", redirect(q, onward(q, "/login/enroll", next))
	case !c.Enroll && enroll:
		return nil, "", redirect(q, onward(q, "/login/verify", next))
	}
	return c, user.Email, nil
}

// expired begins again, with a word on why.
func (s *Site) expired(q *httpkit.Request, next string) error {
	q.ClearChallenge()
	return redirect(q, onward(q, "/login", next, "notice", "sign-in-expired"))
}

// showVerify asks by one method, the one used last unless another is wanted;
// the others are one click away.
func (s *Site) showVerify(q *httpkit.Request, page VerifyPage, f *fault.Error) error {
	c, email, err := s.waiting(q, false, page.Next)
	if c == nil {
		return err
	}
	if page.Base, err = s.base(q, "login.verify.title"); err != nil {
		return err
	}
	page.InLanguage, page.User = inLanguage(q.HTTP(), "/login/verify"), nil
	methods := slices.DeleteFunc(c.Methods, func(m string) bool { return m == login.MethodWebAuthn && !s.passkeys() })
	if !slices.Contains(methods, page.Method) && len(methods) > 0 {
		page.Method = methods[0]
	}
	for _, m := range methods {
		if m != page.Method {
			page.Others = append(page.Others, Way{m, onward(q, "/login/verify", page.Next, "method", m)})
		}
	}
	page.Email, page.Challenge, page.TrustFor = email, c.Token, Span(s.words(q), s.o.TrustFor)
	page.Again, page.Next = onward(q, "/login", page.Next), keptNext(q, page.Next)
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		q.FailHeaders(f)
		page.Error = s.codeError(q, f, page.Method != login.MethodWebAuthn)
	}
	s.render(q, status, PageVerify, page)
	return nil
}

func (s *Site) verifySend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	page := VerifyPage{Method: form["method"], Trust: form["trust"] != "", Next: form["next"]}
	if err == nil {
		var g *login.Grant
		g, err = s.o.Login.Answer(q.Context(), login.Answer{
			Token: q.Challenge(), Method: form["method"], Code: form["code"], Credential: []byte(form["credential"]),
			Trust: page.Trust, Client: q.FormClient(),
		})
		if err == nil {
			q.Signed(g)
			return s.goOn(q, page.Next)
		}
	}
	f := q.Fault(err)
	if f.Code == api.CodeChallengeExpired {
		return s.expired(q, page.Next)
	}
	if page.Method == login.MethodBackup {
		page.Code = form["code"]
	}
	return s.showVerify(q, page, f)
}
