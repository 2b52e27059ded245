package web

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// The text that every field of a model is filled with: once harmless, once
// made to break out of text, attributes, addresses and scripts.
const (
	tame    = "Ada"
	hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'--></title></textarea>{{.}}` + "\u202e\x00`" + `javascript:alert(1)//evil.example`
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// state is one page as somebody may meet it.
type state struct {
	name, page string
	data       any
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func words(t testing.TB, lang string) *i18n.Words { t.Helper(); return catalog(t).In(lang) }

func newPages(t testing.TB) *Pages {
	t.Helper()
	p, err := New(Options{Look: brand.Default(), Version: "1.2.3", Catalog: catalog(t), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func rendered(t testing.TB, p *Pages, s state) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Render(&b, s.page, s.data); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// states lists every page in every state; x is the text of all its fields.
func states(t testing.TB, p *Pages, x string) []state {
	t.Helper()
	base := p.Base("en", "Title")
	base.CSRF, base.RequestID, base.Environment, base.Path = x, x, x, x
	base.InLanguage = "/" + x + "?lang="
	flash := base
	flash.Flash = &Notice{x, x}
	in := flash
	in.User = &UserView{ID: x, Email: x, Name: x, Role: "admin", Verified: true, CreatedAt: noon}
	in.Nav = []NavItem{{Label: "Account", Href: "/account", Current: true}, {Label: x, Href: "/admin", Count: 2, Counted: x}}
	member := in
	member.Flash, member.User = nil, &UserView{Email: x}

	wrong := &FormError{Summary: x, Detail: x}
	at := func(ids ...string) *FormError {
		e := &FormError{Kind: x, Summary: x, Fields: map[string]string{}}
		for _, id := range ids {
			e.Fields[id] = x
		}
		return e
	}
	leaving, err := NewLeavingPage(base, "https://app.example.com/a?b=c&d=%22e")
	if err != nil {
		t.Fatal(err)
	}
	f := fault.Internal(errors.New(x))
	f.Detail = x
	return slices.Concat(adminStates(in, x), overviewStates(p, in, x), flowStates(base, in, x, at), accountStates(in, member, at, x), []state{
		{"login", PageLogin, LoginPage{Base: base, RegistrationOpen: true}},
		{"login, on the way elsewhere", PageLogin, LoginPage{Base: flash, Email: x, Next: x, NextHost: x, RecoveryHref: "/forgot-password"}},
		{"login, wrong password", PageLogin, LoginPage{Base: base, Email: x, Next: x, Error: wrong}},
		{"login, fields at fault", PageLogin, LoginPage{Base: base, Error: at("email", "password")}},
		{"register", PageRegister, RegisterPage{Base: base}},
		{"register, at fault", PageRegister, RegisterPage{Base: flash, Name: x, Email: x, Error: at("name", "email", "password")}},
		{"setup", PageSetup, SetupPage{Base: base, Token: x}},
		{"setup, at fault", PageSetup, SetupPage{Base: flash, Token: x, Name: x, Email: x, Error: at("name", "email", "password")}},
		{"invitation", PageInvitation, InvitationPage{Base: base, Token: x, Email: x, InvitedBy: x, Expires: noon}},
		{"invitation, at fault", PageInvitation, InvitationPage{Base: flash, Token: x, Name: x, Email: x, Error: at("name", "email", "password")}},
		{"forgot", PageForgot, ForgotPage{Base: base, Action: "/forgot-password", Lead: x, Submit: x}},
		{"forgot, at fault", PageForgot, ForgotPage{Base: flash, Action: "/forgot-password", Lead: x, Submit: x, Email: x, Error: at("email")}},
		{"reset", PageReset, ResetPage{Base: base, Token: x}},
		{"reset, at fault", PageReset, ResetPage{Base: flash, Token: x, Email: x, Rule: PasswordRule{8, 64}, Error: at("password")}},
		{"message", PageMessage, MessagePage{Base: base, Kind: x, Heading: x, Text: x}},
		{"message, two ways on", PageMessage, MessagePage{Base: base, Kind: KindSuccess, Heading: x, Text: x, Action: Link{x, "/login"}, Second: Link{x, "/"}}},
		{"leaving", PageLeaving, leaving},
		{"error", PageError, NewErrorPage(p.Words("en"), base, f)},
		{"error, signed in", PageError, NewErrorPage(p.Words("en"), in, f.After(time.Minute))},
		{"error, bare", PageError, ErrorPage{Base: p.Base("en", "Title"), Status: 404, Heading: x}},
		{"docs", PageDocs, reference(in, x)},
		{"docs, empty", PageDocs, DocsPage{Base: base, Intro: x}},
		{"problem", PageProblem, ProblemPage{Base: base, Code: x, Status: 500, Heading: x, Explanation: api.Explanations[api.CodeInternal]}},
		{"cause", PageProblem, ProblemPage{Base: base, Code: x, Severity: x, Heading: x, Explanation: api.Explanation{Meaning: x, Operator: x}}},
	})
}

func reference(b Base, x string) DocsPage {
	field := []DocsField{{Name: x, Type: x, In: x, Required: true, Text: x}}
	operation := func(id, method string) DocsOperation {
		return DocsOperation{
			ID: id, Method: method, Path: x, Summary: x, Text: x, Access: x, Parameters: field, Request: field, RequestExample: x,
			Responses: []DocsResponse{{Status: 200, Text: x, Fields: field, Example: x}},
			Errors:    []DocsError{{Status: 401, Code: "token_invalid", Title: x}},
		}
	}
	return DocsPage{Base: b, Intro: x, Server: x, SpecHref: "/openapi.json", Groups: []DocsGroup{
		{Anchor: "group-a", Name: x, Text: x, Operations: []DocsOperation{operation("a", "GET"), operation("b", "PATCH")}},
		{Anchor: "group-b", Name: x, Operations: []DocsOperation{operation("c", "HEAD"), {ID: "d", Method: "GET", Path: x, Summary: x}}},
	}}
}
