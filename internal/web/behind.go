package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	rules "github.com/aiwfe/aiwfe-auth/internal/policy"
)

// FailBehind shows a fault on the way to an application. back is the address that
// was asked for, "" where nobody can be led back to it; away says that its host is
// not ours. Such a page stands in the application's place, so that it takes nothing
// from there, sets no cookie, and leads to our own address.
func (s *Site) FailBehind(q *httpkit.Request, f *fault.Error, back string, away bool) {
	q.FailHeaders(f)
	w := s.words(q)
	b := s.o.Pages.Base(q.Lang(), "")
	b.RequestID, b.Environment = q.ID, s.o.Environment
	page := newBehindPage(w, b, f)
	switch {
	case f.Code == api.CodeStrongerProof:
		stronger(q, w, &page, back)
	case f.Code == api.CodeForbidden && f.Reason != rules.ReasonAmbiguous && q.Known() == nil: // a rule that lets nobody in
		page.Detail, page.Action = w.Text("errors.forbidden.behind.more"), Link{}
	}
	s.explainHere(q, &page.ErrorPage)
	if !away {
		protect(q)
		q.SpeakPage()
		page.InLanguage = inLanguage(q.HTTP(), q.HTTP().URL.EscapedPath())
		s.render(q, page.Status, PageError, page.ErrorPage)
		return
	}
	h := q.Header()
	protect(q)
	h.Set("Content-Security-Policy", s.o.Pages.elsewhere.policy)
	h.Set("Content-Language", q.Lang()) // but no cookie: ?lang= may be the application's own
	h.Add("Vary", "Accept-Language, Cookie")
	page.moveTo(s.o.Account.PublicURL)
	page.Elsewhere = s.o.Pages.elsewhere
	s.render(q, page.Status, PageElsewhere, page)
}

// BehindPage is an ErrorPage that may stand on another host.
type BehindPage struct {
	ErrorPage
	// Home is our own address, and Elsewhere what such a page carries.
	Home      string
	Elsewhere elsewhere
}

// newBehindPage says what happened on the way to an application: a code has other
// words there where those of our own pages speak of a form or of a button.
func newBehindPage(w *i18n.Words, b Base, f *fault.Error) BehindPage {
	p := NewErrorPage(w, b, f)
	words := f
	if f.Reason == rules.ReasonAmbiguous { // 403 to a proxy, and no matter of who it is
		words = fault.New(api.CodeMalformedRequest, f.Reason, f.Detail)
	}
	said := func(part, otherwise string) string {
		for _, key := range []string{faultKey(words, "behind."+part), faultKey(words, part)} {
			if w.Has(key) {
				return w.Text(key)
			}
		}
		return otherwise
	}
	p.Heading = said("title", p.Heading)
	p.Title, p.Detail = p.Heading, said("detail", p.Detail)
	if f.RetryAfter == 0 {
		p.Hint = said("hint", "")
	}
	switch {
	case p.Status >= http.StatusInternalServerError:
		p.Action, p.Again = Link{}, true
	case words.Code == api.CodeForbidden:
		p.Action = Link{w.Text("account.nav"), "/account"}
	}
	return BehindPage{ErrorPage: p}
}

// stronger offers what helps: whoever has a second factor is asked for it, and
// anybody else, or who has shown one that is too weak here, may set one up.
func stronger(q *httpkit.Request, w *i18n.Words, page *BehindPage, back string) {
	setUp := Link{w.Text("account.security.title"), "/account/security"}
	page.Action = setUp
	p := q.Known()
	if p == nil || !p.User().SecondFactor {
		return
	}
	v := url.Values{"within": {"1"}} // what was proven until now does not count
	if back != "" {
		v.Set("next", back)
	}
	page.Action, page.Second = Link{w.Text("login.reauth.title"), "/reauth?" + v.Encode()}, setUp
	page.Hint = w.Text("errors.stronger_proof_required.behind.more")
	if p.Session.Method != "password" {
		page.Action, page.Second = page.Second, page.Action
	}
}

// moveTo makes the links of the page lead to our own address.
func (p *BehindPage) moveTo(public string) {
	p.Home = public + "/"
	for _, l := range []*Link{&p.Action, &p.Second} {
		if strings.HasPrefix(l.Href, "/") {
			l.Href = public + l.Href
		}
	}
}
