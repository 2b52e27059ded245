package web

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

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
	page := ReauthPage{Next: v.Get("next"), Backup: v.Get("method") == login.MethodBackup, Within: v.Get("within")}
	return s.showReauth(q, page, nil, true)
}

// wayBack is the way on after a step-up that a form keeps: a path of ours, or an
// application whose rule asks for a fresh proof.
func wayBack(q *httpkit.Request, next string) string { return cmp.Or(keptNext(q, next), "/account") }

// within says whether the last proof is as fresh as a rule of an application
// asks for, in seconds; "" asks for nothing.
func within(q *httpkit.Request, p *login.Person, seconds string) bool {
	n, err := strconv.Atoi(seconds)
	return err != nil || n <= 0 || q.Now().Sub(p.Session.AuthAt) <= time.Duration(n)*time.Second
}

func (s *Site) showReauth(q *httpkit.Request, page ReauthPage, f *fault.Error, typed bool) error {
	p, err := q.ByCookie()
	if err != nil {
		return err
	}
	if f == nil && s.recent(q, p) == nil && within(q, p, page.Within) {
		return s.goOn(q, page.Next)
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

// fresh keeps how fresh the proof must be in the addresses of the page's other ways.
func (p *ReauthPage) fresh() []string {
	if p.Within == "" {
		return nil
	}
	return []string{"within", p.Within}
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
		page.Others = []Way{{login.MethodTOTP, onward(q, "/reauth", page.Next, page.fresh()...)}}
	case codes && totp:
		page.Others = []Way{{login.MethodBackup, onward(q, "/reauth", page.Next, append(page.fresh(), "method", login.MethodBackup)...)}}
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
			return s.goOn(q, page.Next)
		}
	}
	if page.Backup {
		page.Typed = form["code"]
	}
	return s.showReauth(q, page, q.Fault(err), form["credential"] == "")
}
