package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// policy is the Content-Security-Policy of every page: nothing inline, nothing
// from elsewhere, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// SiteOptions is what the pages' handlers need.
type SiteOptions struct {
	Pages *Pages
	Login *login.Service
	// Audit reads the audit.
	Audit interface {
		AuditRows(context.Context, audit.Query) ([]audit.Row, error)
	}
	// Explain tells why a request was refused.
	Explain interface {
		Explain(ctx context.Context, id string) (api.Explained, bool, error)
	}
	// Reports are what pages found wrong with browsers.
	Reports interface {
		Reports(ctx context.Context, limit int) ([]selftest.Report, error)
	}
	// Home is where somebody goes on who signed in and wanted nothing more; empty is
	// the account.
	Home string
	// Environment is shown on the pages, but for production.
	Environment string
	// RegistrationOpen shows and serves the page for new accounts.
	RegistrationOpen bool
	// Mail shows and serves the pages that send a letter.
	Mail bool
	// Mailbox has the letters of development; nil elsewhere.
	Mailbox Mailbox
	// Passkeys says whether and for which host passkeys work.
	Passkeys Passkeys
	// TrustFor is how long a trusted device is not asked for the second factor.
	TrustFor time.Duration
	// SecurityContact is the Contact of security.txt; empty serves none.
	SecurityContact string
	// OpenAPI makes the document behind /openapi.json, and Docs its reading
	// form. Both are made when somebody asks, not while the program starts.
	OpenAPI func() ([]byte, error)
	Docs    func() (api.Document, error)
	// Account is what the pages of the account need.
	Account AccountOptions
	// Doctor examines the running server.
	Doctor Doctor
	// Overview is whom the first page of administrators asks.
	Overview OverviewSources
	// Upkeep knows what maintenance came to; nil where nobody does any.
	Upkeep Upkeep
	// Rules knows who may reach which application.
	Rules Rules
	// Alerts lists alerts and keeps them quiet, Firing counts those that fire.
	Alerts Alerts
	Firing func() int
}

// Mailbox is where letters lie in development.
type Mailbox interface{ All() []mail.Received }

// Passkeys is what pages must know of passkeys: why none can work at
// PUBLIC_URL, "" if they can, and the host that they belong to.
type Passkeys interface {
	Unusable() string
	RPID() string
}

// Site serves the pages.
type Site struct {
	o   SiteOptions
	mux httpkit.Router
}

// NewSite refuses when something is missing.
func NewSite(o SiteOptions) (*Site, error) {
	switch {
	case o.Pages == nil, o.Login == nil, o.Audit == nil, o.Explain == nil, o.Reports == nil, o.OpenAPI == nil, o.Docs == nil, o.Passkeys == nil, o.Alerts == nil, o.Rules == nil:
		return nil, errors.New("web: Pages, Login, Audit, Explain, Reports, Passkeys, OpenAPI, Docs, Alerts and Rules are needed")
	}
	if o.Account.PublicURL == "" || o.Account.Export == nil {
		return nil, errors.New("web: the account needs PublicURL and Export")
	}
	o.Home = cmp.Or(o.Home, "/account")
	if o.Environment == "production" {
		o.Environment = ""
	}
	return &Site{o: o}, nil
}

// Register puts the pages on the mux. This is the one list of them.
func (s *Site) Register(mux httpkit.Router) {
	pages := map[string]func(*httpkit.Request) error{
		"GET /{$}":             s.start,
		"GET /login":           s.loginForm,
		"POST /login":          s.loginSend,
		"POST /logout":         s.logout,
		"GET /setup":           s.setupForm,
		"POST /setup":          s.setupSend,
		"GET /invitation":      s.invitationForm,
		"POST /invitation":     s.invitationSend,
		"GET /reset-password":  s.resetForm,
		"POST /reset-password": s.resetSend,
		"GET /docs":            s.docs,
		"GET /problems/{code}": s.problem,
	}
	if s.o.RegistrationOpen {
		pages["GET /register"] = s.registerForm
		pages["POST /register"] = s.registerSend
	}
	maps.Copy(pages, s.adminPages())
	maps.Copy(pages, s.flowPages())
	maps.Copy(pages, s.accountPages())
	for pattern, serve := range pages {
		mux.Handle(pattern, s.page(serve))
	}
	mux.Handle("GET "+StaticPrefix, s.o.Pages.Assets().Handler())
	mux.HandleFunc("GET /favicon.ico", s.favicon)
	mux.HandleFunc("GET /openapi.json", s.openAPI)
	s.mux = mux
}

// protect sets what a page needs beyond what every answer carries; the policy of
// other answers leaves a document nothing to use.
func protect(q *httpkit.Request) {
	q.Header().Set("Content-Security-Policy", policy)
	q.Header().Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
}

// page gives a handler its policy, and an error its page.
func (s *Site) page(serve func(*httpkit.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := httpkit.From(w)
		q.Use(r)
		q.SpeakPage()
		q.Tend()
		protect(q)
		q.Header().Set("X-Robots-Tag", "none")
		if err := serve(q); err != nil {
			s.Fail(q, q.Fault(err))
		}
	})
}

// Fail shows a fault as a page with the request's id. Somebody who is not
// signed in is shown the way to do it, and so is who must confirm it.
func (s *Site) Fail(q *httpkit.Request, f *fault.Error) {
	if api.Codes[f.Code].Status == http.StatusUnauthorized && q.HTTP().Method == http.MethodGet {
		s.toLogin(q, f)
		return
	}
	if f.Code == api.CodeReauthRequired {
		s.toReauth(q)
		return
	}
	protect(q)
	q.FailHeaders(f)
	q.SpeakPage() // what no route serves comes here at once
	b := s.o.Pages.Base(q.Lang(), "")
	b.RequestID, b.Environment, b.Path = q.ID, s.o.Environment, q.HTTP().URL.Path
	if m := q.HTTP().Method; m == http.MethodGet || m == http.MethodHead {
		b.InLanguage = inLanguage(q.HTTP(), q.HTTP().URL.EscapedPath())
	}
	page := NewErrorPage(s.words(q), b, f)
	page.Trouble = s.trouble(q, f.Report)
	if page.Trouble != nil {
		page.Detail, page.Hint = page.Trouble.Text, ""
	}
	s.wayOn(&page, s.words(q), f.Code)
	s.explainHere(q, &page)
	s.render(q, page.Status, PageError, page)
}

// words are what is said to whoever asks.
func (s *Site) words(q *httpkit.Request) *i18n.Words { return s.o.Pages.Words(q.Lang()) }

// base is what the page of this request starts from; the title is given by its
// key. The token also sets the cookie that it is bound to.
func (s *Site) base(q *httpkit.Request, title string, pairs ...any) (Base, error) {
	b := s.o.Pages.Base(q.Lang(), title, pairs...)
	b.InLanguage = inLanguage(q.HTTP(), q.HTTP().URL.EscapedPath())
	token, err := q.NewToken()
	if err != nil {
		return b, err
	}
	b.CSRF, b.RequestID, b.Environment, b.Path = token, q.ID, s.o.Environment, q.HTTP().URL.Path
	b.Renewed = q.Renewed()
	if p, err := q.ByCookie(); err == nil {
		u := p.User()
		b.User = &UserView{ID: string(u.ID), Email: u.Email, Name: u.Name, Role: u.Role, Verified: u.Verified, CreatedAt: u.CreatedAt}
		b.Nav = s.nav(b)
	}
	return b, nil
}

func (s *Site) render(q *httpkit.Request, status int, page string, data any) {
	var body buffer
	if err := s.o.Pages.Render(&body, page, data); err != nil {
		q.Fail(fault.Internal(err))
		return
	}
	h := q.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.WriteHeader(status)
	_, _ = q.Write(body)
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) { *b = append(*b, p...); return len(p), nil }

// redirect is 303: the next request is a GET, and the back button asks nothing.
func redirect(q *httpkit.Request, to string) error {
	q.Header().Set("Location", to)
	q.WriteHeader(http.StatusSeeOther)
	return nil
}

func (s *Site) start(q *httpkit.Request) error {
	_, err := q.ByCookie()
	switch {
	case err == nil:
		return redirect(q, "/account")
	case api.Codes[fault.From(err).Code].Status == http.StatusUnauthorized:
		return redirect(q, "/login")
	}
	return err
}

func (s *Site) favicon(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	q.Header().Set("Location", string(s.o.Pages.look.Icons[0].Href))
	q.WriteHeader(http.StatusFound)
}
