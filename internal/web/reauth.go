package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// recent refuses somebody whose proof is too old for what a page is about to
// show or do. A handler returns the error, and Fail leads to the step-up and
// back: to the page itself, or for a form to the page that shows it.
func (s *Site) recent(_ *httpkit.Request, p *login.Person) error { return s.o.Login.Recent(p) }

// toReauth asks for a fresh proof and comes back afterwards.
func (s *Site) toReauth(q *httpkit.Request) {
	back := withoutLang(q.HTTP().URL)
	if m := q.HTTP().Method; m != http.MethodGet && m != http.MethodHead {
		back = s.pageOf(q.HTTP().URL.EscapedPath())
	}
	_ = redirect(q, onward(q, "/reauth", back))
}

// pageOf is the page that shows the form of an address: the nearest page at or
// above it. So each form is sent to an address at or below its page, and nobody
// need say where it stands. What a browser says of it (Referer) is not asked.
func (s *Site) pageOf(address string) string {
	for p := address; p != "/" && p != "."; p = path.Dir(p) {
		u, err := url.ParseRequestURI(p)
		if err != nil {
			break
		}
		if _, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: u}); strings.HasPrefix(pattern, "GET ") {
			return p
		}
	}
	return "/"
}

func (s *Site) reauthForm(q *httpkit.Request) error {
	v := q.HTTP().URL.Query()
	return s.showReauth(q, ReauthPage{Next: v.Get("next"), Backup: v.Get("method") == login.MethodBackup}, nil, true)
}

// wayBack is the way on after a step-up: a path of ours and no other host.
func wayBack(q *httpkit.Request, next string) string {
	if way, ok := q.Kit().Next(next); ok && way.Host == "" {
		return way.String()
	}
	return "/account"
}

func (s *Site) showReauth(q *httpkit.Request, page ReauthPage, f *fault.Error, typed bool) error {
	p, err := q.ByCookie()
	if err != nil {
		return err
	}
	if f == nil && s.o.Login.Recent(p) == nil {
		return redirect(q, wayBack(q, page.Next))
	}
	have, err := s.o.Login.Security(q.Context(), p.User())
	if err != nil {
		return err
	}
	if page.Base, err = s.base(q, "login.reauth.title"); err != nil {
		return err
	}
	page.InLanguage = inLanguage(q.HTTP(), "/reauth")
	page.Next = wayBack(q, page.Next)
	s.offer(q, &page, have)
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		q.FailHeaders(f)
		page.Error = s.codeError(q, f, typed)
		page.WithPassword = f.Reason == "user_not_verified"
		if f.Code == api.CodeInvalidCredentials {
			page.Error.Fields, page.Error.Summary = nil, told(s.words(q), "login.reauth.wrong", f.Detail)
			page.Error.atField(s.words(q), "password")
		}
	}
	s.render(q, status, PageReauth, page)
	return nil
}

// offer chooses what the page asks for: a passkey where there is one, and the
// password, with a code where the account has a factor that makes codes.
func (s *Site) offer(q *httpkit.Request, page *ReauthPage, have login.Security) {
	totp := false
	for _, f := range have.Factors {
		totp = totp || f.Kind == login.FactorTOTP
		page.Passkey = page.Passkey || f.Kind == login.FactorWebAuthn && s.passkeys()
	}
	codes := have.CodesLeft > 0
	page.Code = len(have.Factors) > 0
	page.Password = !page.Code || totp || codes
	page.Backup = codes && (page.Backup || !totp)
	switch {
	case page.Backup && totp:
		page.Others = []Way{{login.MethodTOTP, onward(q, "/reauth", page.Next)}}
	case codes && totp:
		page.Others = []Way{{login.MethodBackup, onward(q, "/reauth", page.Next, "method", login.MethodBackup)}}
	}
}

func (s *Site) reauthSend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	page := ReauthPage{Next: form["next"], Backup: form["method"] == login.MethodBackup}
	if err == nil {
		p, unknown := q.ByCookie()
		if unknown != nil {
			return unknown
		}
		var g *login.Grant
		g, err = s.o.Login.Reauth(q.Context(), p, form["password"], login.Answer{
			Method: form["method"], Code: form["code"], Credential: []byte(form["credential"]), Client: q.FormClient(),
		})
		if err == nil {
			q.Signed(g)
			return redirect(q, wayBack(q, page.Next))
		}
	}
	if page.Backup {
		page.Typed = form["code"]
	}
	return s.showReauth(q, page, q.Fault(err), form["credential"] == "")
}
