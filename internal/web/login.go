package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
)

// notices are the messages that a redirect may ask for, by a name that anybody
// may put into a link: so each is harmless wherever it is shown. The text is
// given by its key.
var notices = map[string]Notice{
	"session-ended":  {KindInfo, "login.notice.session_ended"},
	"signed-out":     {KindSuccess, "login.notice.signed_out"},
	"password-set":   {KindSuccess, "login.notice.password_set"},
	"account-ready":  {KindSuccess, "login.notice.account_ready"},
	"profile-saved":  {KindSuccess, "account.profile.saved"},
	"password-saved": {KindSuccess, "account.password.saved"},
	"session-closed": {KindSuccess, "account.sessions.ended"},
	"others-closed":  {KindSuccess, "account.sessions.others_ended"},

	"sign-in-expired": {KindInfo, "login.notice.sign_in_expired"},
	"address-proven":  {KindSuccess, "login.notice.address_proven"},
	"unlocked":        {KindSuccess, "login.notice.unlocked"},
	"all-ended":       {KindWarning, "login.notice.all_ended"},
	"factor-added":    {KindSuccess, "login.notice.factor_added"},
}

// notice is the message that the address asks for, or nil.
func (s *Site) notice(q *httpkit.Request) *Notice {
	v := q.HTTP().URL.Query()
	say, ok := noticed(v.Get("notice"))
	if !ok {
		return nil
	}
	n, _ := strconv.Atoi(v.Get("n")) // what is no number is none
	n = min(max(0, n), 999)
	if n == 0 && say.Text == "account.sessions.others_ended" {
		say = Notice{KindInfo, "account.sessions.no_others"}
	}
	return &Notice{say.Kind, s.words(q).Text(say.Text, "n", n)}
}

// toLogin sends somebody who is not signed in to the form, and back afterwards.
func (s *Site) toLogin(q *httpkit.Request, f *fault.Error) {
	v := url.Values{}
	if f.Code == api.CodeSessionEnded {
		v.Set("notice", "session-ended")
	}
	if next := withoutLang(q.HTTP().URL); next != "/account" {
		v.Set("next", next)
	}
	to := "/login"
	if len(v) > 0 {
		to += "?" + v.Encode()
	}
	_ = redirect(q, to)
}

func (s *Site) loginForm(q *httpkit.Request) error {
	next := q.HTTP().URL.Query().Get("next")
	if _, err := q.ByCookie(); err == nil {
		return s.goOn(q, next)
	}
	return s.showLogin(q, LoginPage{Next: next, Base: Base{Trouble: s.trouble(q, q.ReportLost())}}, nil)
}

func (s *Site) showLogin(q *httpkit.Request, page LoginPage, f *fault.Error) error {
	b, err := s.base(q, "login.title")
	if err != nil {
		return err
	}
	b.Flash = s.notice(q)
	b.User = nil
	b.InLanguage = inLanguage(q.HTTP(), "/login") // the page of its forms, too
	b.Trouble = page.Trouble
	page.Base, page.RegistrationOpen = b, s.o.RegistrationOpen
	page.Passkeys, page.MailboxHref = s.passkeys(), s.mailboxHref(q)
	page.Conditional = page.Passkeys && page.Unknown == nil
	if s.o.Mail {
		page.RecoveryHref = "/forgot-password"
	}
	way, ok := q.Kit().Next(page.Next)
	page.Next, page.NextHost = "", ""
	if ok {
		page.Next, page.NextHost = way.String(), way.Host
	}
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		if page.Error == nil {
			page.Error = s.troubled(q, NewFormError(s.words(q), f), f)
		}
		q.FailHeaders(f)
		page.Flash = nil
		if f.Code == api.CodeTooManyAttempts && s.o.Mail {
			page.UnlockHref = "/unlock-request"
		}
		// On every refusal: it must not depend on whose address it is.
		page.Unproven = f.Code == api.CodeInvalidCredentials && s.provesByMail() && s.o.RegistrationOpen
	}
	s.render(q, status, PageLogin, page)
	return nil
}

func (s *Site) loginSend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if err == nil {
		var out *login.Outcome
		out, err = s.o.Login.Password(q.Context(), login.Attempt{Email: form["username"], Password: form["password"], Client: q.FormClient()})
		if err == nil {
			return s.proceed(q, out, form["next"])
		}
	}
	if form == nil {
		return err
	}
	page, f := LoginPage{Email: form["username"], Next: form["next"]}, q.Fault(err)
	if f.Code == api.CodeOriginNotAllowed {
		page.Email = "" // another site may have filled it in
	}
	// The form comes back with what was typed, but for the password.
	return s.showLogin(q, page, f)
}

// provesByMail says whether an account of open registration counts only once a
// link proved its address; letters to the mailbox of development prove none.
func (s *Site) provesByMail() bool { return s.o.Mail && s.o.Mailbox == nil }

// passkeySend signs somebody in by a passkey alone.
func (s *Site) passkeySend(q *httpkit.Request) error {
	form, err := q.ReceiveForm()
	if form == nil {
		return err
	}
	if err == nil {
		var g *login.Grant
		if g, err = s.o.Login.Passkey(q.Context(), []byte(form["credential"]), q.FormClient()); err == nil {
			q.Signed(g)
			return s.goOn(q, form["next"])
		}
	}
	f := q.Fault(err)
	page := LoginPage{Next: form["next"]}
	if f.Code == api.CodeInvalidCredentials {
		// Not offered once more by itself: it would be refused again.
		page.Unknown = &Credential{}
		w := s.words(q)
		page.Error = &FormError{Summary: w.Text("login.passkey.refused"), Detail: w.Text("login.passkey.refused_more")}
		id, err := passkey.CredentialOf([]byte(form["credential"]))
		if err == nil && f.Reason == "passkey_credential_unknown" {
			page.Unknown = &Credential{s.o.Passkeys.RPID(), base64.RawURLEncoding.EncodeToString(id)}
		}
	}
	return s.showLogin(q, page, f)
}

// proceed gives the browser what its login earned: the way on, or the page of
// what is still owed.
func (s *Site) proceed(q *httpkit.Request, out *login.Outcome, next string) error {
	if out.Challenge == nil {
		q.Signed(out.Grant)
		return s.goOn(q, next)
	}
	to, _ := arrive(q, out, nil)
	return redirect(q, onward(q, to, next))
}

// arrive is proceed for those who come by a link and wanted to go nowhere else.
func arrive(q *httpkit.Request, out *login.Outcome, err error) (string, error) {
	switch {
	case err != nil:
		return "", err
	case out.Challenge == nil:
		q.Signed(out.Grant)
		return "/account", nil
	}
	q.SetChallenge(out.Challenge.Token, out.Challenge.ExpiresIn)
	if out.Challenge.Enroll {
		return "/login/enroll", nil
	}
	return "/login/verify", nil
}

// goOn leads to where the person wanted to go, if it is a place of ours. To
// another host it is a page with a link: form-action does not let a form lead
// there directly.
func (s *Site) goOn(q *httpkit.Request, next string) error {
	way, ok := q.Kit().Next(next)
	if !ok {
		return redirect(q, s.o.Home)
	}
	if way.Host == "" {
		return redirect(q, way.String())
	}
	b := s.o.Pages.Base(q.Lang(), "login.leaving.title")
	b.RequestID = q.ID
	page, err := NewLeavingPage(b, way.String())
	if err != nil {
		return redirect(q, "/account")
	}
	s.render(q, http.StatusOK, PageLeaving, page)
	return nil
}

func (s *Site) logout(q *httpkit.Request) error {
	if _, err := q.ReceiveForm(); err != nil {
		return s.logoutAgain(q, err)
	}
	p, err := q.ByCookie()
	if err == nil {
		err = s.o.Login.Logout(q.Context(), p, q.Client)
	}
	if err != nil && api.Codes[fault.From(err).Code].Status != http.StatusUnauthorized {
		return err
	}
	q.SignedOut()
	return redirect(q, "/login?notice=signed-out")
}

// logoutAgain shows the button once more where only its token had gone stale.
func (s *Site) logoutAgain(q *httpkit.Request, refused error) error {
	f := fault.From(refused)
	if _, unknown := q.ByCookie(); unknown != nil || !q.Renewed() || f.Report != nil || f.Code == api.CodeOriginNotAllowed {
		return refused
	}
	b, err := s.base(q, "common.sign_out")
	if err != nil {
		return err
	}
	q.Fault(f)
	w := s.words(q)
	page := NewErrorPage(w, b, f)
	page.Heading, page.Detail, page.Hint, page.SignOut = w.Text("common.sign_out"), w.Text("login.logout.again"), "", true
	q.FailHeaders(f)
	s.render(q, page.Status, PageError, page)
	return nil
}
