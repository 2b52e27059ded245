package web

import (
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const passkeysPath = "/account/security/passkeys"

func (s *Site) ownPasskeys(q *httpkit.Request) error {
	return s.showPasskeys(q, PasskeysPage{}, nil, nil)
}

// showPasskeys shows the list; removed is the passkey that was taken off it
// just now, so that the browser can be told.
func (s *Site) showPasskeys(q *httpkit.Request, page PasskeysPage, removed *AccountFactor, f *fault.Error) error {
	frame, p, err := s.accountFrame(q, "account.passkeys.title", tabSecurity, passkeysPath)
	if err != nil {
		return err
	}
	has, err := s.protection(q, p)
	if err != nil {
		return err
	}
	page.AccountFrame, page.Passkeys, page.First = frame, has.Passkeys, !has.On()
	page.Unusable = s.o.Passkeys.Unusable()
	page.Signal = s.passkeySignal(p, page.Passkeys, removed)
	page.Error = s.formError(q, f)
	if removed != nil {
		page.Flash = &Notice{KindSuccess, s.words(q).Text("account.passkeys.removed")}
	}
	return s.showOwn(q, f, PagePasskeys, page)
}

func (s *Site) passkeyAdd(q *httpkit.Request) error {
	return act(q, passkeysPath, func(p *login.Person, form httpkit.Form) (string, error) {
		e, err := s.o.Login.EnrolleeOf(p, q.Client)
		if err != nil {
			return "", err
		}
		added, err := s.o.Login.RegisterPasskey(q.Context(), e, []byte(form["credential"]), "")
		if err == nil && added.CodesLeft > 0 {
			return passkeysPath + "?notice=passkey-added", nil // where it can be given a name
		}
		return afterAdding(added, "passkey-added"), err
	}, func(_ httpkit.Form, f *fault.Error) error { return s.showPasskeys(q, PasskeysPage{}, nil, f) })
}

func (s *Site) passkeyRename(q *httpkit.Request) error {
	return act(q, passkeysPath, func(p *login.Person, form httpkit.Form) (string, error) {
		err := s.o.Login.RenameFactor(q.Context(), p, form["factor_id"], form["name"], q.Client)
		return passkeysPath + "?notice=passkey-renamed", err
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showPasskeys(q, PasskeysPage{Edited: form["factor_id"]}, nil, f)
	})
}

// passkeyRemove answers with the page itself: only now is it known which
// account of the browser's list the passkey belonged to.
func (s *Site) passkeyRemove(q *httpkit.Request) error {
	return act(q, passkeysPath, func(p *login.Person, form httpkit.Form) (string, error) {
		has, err := s.protection(q, p)
		if err != nil {
			return "", err
		}
		at := slices.IndexFunc(has.Passkeys, func(r AccountFactor) bool { return r.ID == form["factor_id"] })
		if at < 0 { // removed already: what was wanted is so
			return passkeysPath + "?notice=passkey-removed", nil
		}
		err = s.o.Login.RemoveFactor(q.Context(), p, form["factor_id"], q.Client)
		if err != nil && !fault.Is(err, api.CodeNotFound) {
			return "", err
		}
		return "", s.showPasskeys(q, PasskeysPage{}, &has.Passkeys[at], nil)
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showPasskeys(q, PasskeysPage{Edited: form["factor_id"]}, nil, f)
	})
}
