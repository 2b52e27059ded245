package web

import (
	"html/template"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const appPath = "/account/security/app"

func (s *Site) ownApp(q *httpkit.Request) error { return s.showApp(q, nil) }

// showApp shows the app that counts, and the seed that waits to be confirmed: a
// reload or a mistyped code costs no new scan.
func (s *Site) showApp(q *httpkit.Request, f *fault.Error) error {
	frame, p, err := s.accountFrame(q, "account.app.title", tabSecurity, appPath)
	if err != nil {
		return err
	}
	page := AppPage{AccountFrame: frame, Error: s.ofField(q, f, api.CodeInvalidCode, "code")}
	has, err := s.protection(q, p)
	if err != nil {
		return err
	}
	page.App = has.App
	e, err := s.o.Login.EnrolleeOf(p, q.Client)
	if err != nil {
		return err
	}
	setup, err := s.o.Login.PendingTOTP(q.Context(), e)
	if err != nil {
		return err
	}
	if setup != nil {
		// Both are made by package mfa of base32 and of percent-encoded names.
		page.Setup = &AppSetup{strings.Fields(setup.Grouped), template.URL(setup.URI), template.HTML(setup.SVG)}
	}
	return s.showOwn(q, f, PageApp, page)
}

func (s *Site) appBegin(q *httpkit.Request) error {
	return act(q, appPath, func(p *login.Person, _ httpkit.Form) (string, error) {
		e, err := s.o.Login.EnrolleeOf(p, q.Client)
		if err == nil {
			_, err = s.o.Login.SetupTOTP(q.Context(), e)
		}
		return appPath, err
	}, refused)
}

func (s *Site) appConfirm(q *httpkit.Request) error {
	return act(q, appPath, func(p *login.Person, form httpkit.Form) (string, error) {
		e, err := s.o.Login.EnrolleeOf(p, q.Client)
		if err != nil {
			return "", err
		}
		added, err := s.o.Login.ConfirmTOTP(q.Context(), e, form["code"])
		return afterAdding(added, "app-added"), err
	}, func(_ httpkit.Form, f *fault.Error) error { return s.showApp(q, f) })
}

// afterAdding leads on from a new second factor: to backup codes where there
// are none, for now is the moment to make some.
func afterAdding(added *login.Added, notice string) string {
	if added != nil && added.CodesLeft == 0 {
		return codesPath + "?notice=" + notice
	}
	return "/account/security?notice=" + notice
}

func (s *Site) appRemove(q *httpkit.Request) error {
	return act(q, appPath, func(p *login.Person, _ httpkit.Form) (string, error) {
		err := s.o.Login.RemoveTOTP(q.Context(), p, q.Client)
		if fault.Is(err, api.CodeNotFound) {
			err = nil
		}
		return "/account/security?notice=app-removed", err
	}, func(_ httpkit.Form, f *fault.Error) error { return s.showApp(q, f) })
}
