package web

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// AccountOptions is what the pages of the account need besides.
type AccountOptions struct {
	// PublicURL is the address of this server, without a trailing slash.
	PublicURL string
	// Export shapes what is kept about a person as the API does, for JSON.
	Export func(*login.Person, login.Export, time.Time) any
}

// accountPages lists the pages of the account. A page with a form that needs a
// recent proof asks for it before the form is filled in, so that nothing typed
// is lost.
func (s *Site) accountPages() map[string]func(*httpkit.Request) error {
	return map[string]func(*httpkit.Request) error{
		"GET /account":                       s.account,
		"POST /account/profile":              s.profileSend,
		"GET /account/email":                 s.fresh(s.ownEmail),
		"POST /account/email":                s.emailSend,
		"POST /account/email/verify":         s.emailVerify,
		"GET /account/password":              s.fresh(s.ownPassword),
		"POST /account/password":             s.passwordSend,
		"GET /account/security":              s.ownSecurity,
		"GET /account/security/app":          s.fresh(s.ownApp),
		"POST /account/security/app":         s.appConfirm,
		"POST /account/security/app/begin":   s.appBegin,
		"POST /account/security/app/remove":  s.appRemove,
		"GET /account/security/passkeys":     s.fresh(s.ownPasskeys),
		"POST /account/security/passkeys":    s.passkeyAdd,
		"POST /account/passkeys/rename":      s.passkeyRename,
		"POST /account/passkeys/remove":      s.passkeyRemove,
		"GET /account/security/codes":        s.fresh(s.ownCodes),
		"POST /account/security/codes":       s.codesMake,
		"POST /account/security/codes/saved": s.codesSaved,
		"POST /account/devices/end":          s.trustEnd,
		"GET /account/sessions":              s.ownSessions,
		"POST /account/sessions/end":         s.endSession,
		"POST /account/sessions/end-others":  s.endOthers,
		"GET /account/tokens":                s.ownTokens,
		"GET /account/tokens/new":            s.fresh(s.tokenForm),
		"POST /account/tokens":               s.tokenMake,
		"POST /account/tokens/revoke":        s.tokenRevoke,
		"GET /account/activity":              s.ownActivity,
		"GET /account/data":                  s.ownData,
		"POST /account/data/export":          s.exportSend,
		"GET /account/delete":                s.fresh(s.ownDelete),
		"POST /account/delete":               s.ownDeleteSend,
	}
}

// accountNotices are the notices of these pages; see notices.
var accountNotices = map[string]Notice{
	"email-asked":     {KindSuccess, "account.email.asked"},
	"verify-asked":    {KindSuccess, "account.email.verify_asked"},
	"app-added":       {KindSuccess, "account.app.added"},
	"app-removed":     {KindSuccess, "account.app.removed"},
	"passkey-added":   {KindSuccess, "account.passkeys.added"},
	"passkey-renamed": {KindSuccess, "account.passkeys.renamed"},
	"passkey-removed": {KindSuccess, "account.passkeys.removed"},
	"codes-saved":     {KindSuccess, "account.codes.saved"},
	"trust-ended":     {KindSuccess, "account.devices.ended"},
	"token-revoked":   {KindSuccess, "account.tokens.revoked"},
	"account-deleted": {KindSuccess, "account.delete.done"},
}

// noticed finds a notice by its name.
func noticed(name string) (Notice, bool) {
	if say, ok := accountNotices[name]; ok {
		return say, true
	}
	say, ok := notices[name]
	return say, ok
}

func (s *Site) account(q *httpkit.Request) error {
	p, err := q.ByCookie()
	if err != nil {
		return err
	}
	return s.showAccount(q, AccountPage{Name: p.User().Name, Lang: p.User().Lang}, nil)
}

func (s *Site) showAccount(q *httpkit.Request, page AccountPage, f *fault.Error) (err error) {
	var p *login.Person
	if page.AccountFrame, p, err = s.accountFrame(q, "account.title", tabOverview, "/account"); err != nil {
		return err
	}
	if page.Protection, err = s.protection(q, p); err != nil {
		return err
	}
	list, err := s.o.Login.Sessions(q.Context(), p.User().ID)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].ID != p.Session.ID {
			page.OtherSessions++
		}
	}
	page.Error = s.formError(q, f)
	return s.showOwn(q, f, PageAccount, page)
}

func (s *Site) profileSend(q *httpkit.Request) error {
	return act(q, "/account", func(p *login.Person, form httpkit.Form) (string, error) {
		if name, sent := form["name"]; sent && name != p.User().Name {
			if _, err := s.o.Login.Rename(q.Context(), p, name, q.Client); err != nil {
				return "", err
			}
		}
		// Also when it is the stored one: this browser may speak another by now.
		if lang, sent := form["lang"]; sent {
			return "/account?notice=profile-saved", s.speak(q, p, lang)
		}
		return "/account?notice=profile-saved", nil
	}, func(form httpkit.Form, f *fault.Error) error {
		return s.showAccount(q, AccountPage{Name: form["name"], Lang: form["lang"]}, f)
	})
}

// speak keeps a language; "" leaves it to the browser.
func (s *Site) speak(q *httpkit.Request, p *login.Person, lang string) error {
	if lang != "" && !i18n.Known(lang) {
		return fault.Invalid("/lang", "not_allowed", "Please choose one of the languages in the list.")
	}
	if _, err := s.o.Login.SetLanguage(q.Context(), p, lang, q.Client); err != nil {
		return err
	}
	q.KeepLang(lang)
	return nil
}

// changedWithin is how many of the last things that happened are looked through
// for the day of the present password.
const changedWithin = 200

// passwordChanged is when the password was last set; zero when that is too long
// ago to be among the last things that happened.
func (s *Site) passwordChanged(q *httpkit.Request, p *login.Person) (time.Time, error) {
	rows, err := s.o.Login.Activity(q.Context(), p, 0, changedWithin)
	for _, r := range rows {
		switch r.Event {
		case audit.EventPasswordChanged, audit.EventPasswordSet, audit.EventRegistered, audit.EventSetupCompleted,
			audit.EventUserCreated:
			if r.Outcome == audit.Success {
				return r.At, nil
			}
		}
	}
	return time.Time{}, err
}
