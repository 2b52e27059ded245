package outside

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// grant is what the test account was given. None of it is ever printed.
type grant struct {
	browser api.LoginAnswer // with the session cookie in the jar
	factor  bool            // a second factor was asked for
}

func (x *outside) loginChecks() []doctor.Check {
	if x.User == "" {
		return nil
	}
	return []doctor.Check{
		{
			Name: "login", Title: "The test account can sign in as in a browser",
			Needs: []string{"csrf_accepted", "public_certificate"}, Run: x.leaving(x.login),
		},
		// One after the other: whichever fails signs out, so that nothing stays behind.
		{Name: "session_kept", Title: "The session is there at the next request", Needs: []string{"login"}, Run: x.leaving(x.session)},
		{Name: "token_taken", Title: "The access token is accepted", Needs: []string{"session_kept"}, Run: x.leaving(x.bearer)},
		{Name: "refresh", Title: "The next access token is given", Needs: []string{"token_taken"}, Run: x.leaving(x.renew)},
		{Name: "logout", Title: "After signing out nothing is accepted any more", Needs: []string{"refresh"}, Run: x.logout},
		{Name: "token_sound", Title: "The access token says what it should", Needs: []string{"login"}, Run: x.sound},
		{Name: "login_script", Title: "A program can sign in, and renew twice at once", Needs: []string{"logout"}, Run: x.loginScript},
	}
}

// mayTell says whether the password may be sent to where the address led.
func (x *outside) mayTell() bool {
	same := origin(x.at) == origin(x.URL) || strings.EqualFold(x.at.Host, x.URL.Host) && x.at.Scheme == "https"
	return same && (x.at.Scheme == "https" || loopback(x.at.Hostname()))
}

// login signs in as the page does. The certificate is judged again by this very
// connection, since now there is something to lose.
func (x *outside) login(ctx context.Context, r *doctor.Result) {
	if !x.mayTell() {
		r.Note("password_not_sent", "The password was not sent: %s leads to %s, and it is only for the address that was given, over https or on this machine.", x.URL, x.at)
		r.Skip("the password is not for %s", x.at)
		return
	}
	x.private = newVisitor(x.at, x.at.Host, x.at.Hostname(), false)
	a, err := x.private.ask(ctx, x.asBrowser(http.MethodPost, loginPath, x.credentials("email")))
	if err != nil {
		r.Find(api.Finding{Code: "login_call_fails", Evidence: "POST " + x.url(loginPath) + ": " + reason(err), Expected: "200 or a refusal"})
		return
	}
	in := x.loggedIn(ctx, r, a)
	if in == nil {
		return
	}
	if in.AccessToken == "" {
		r.Find(api.Finding{
			Code: "login_refused", Evidence: said("POST "+x.url(loginPath), a) + ", without an access token",
			Expected: `200 {"access_token": …}`,
		})
		return
	}
	x.grant.browser = *in
	r.Say("signed in")
}

// loggedIn goes through the second factor where one is due; nil when there is
// nothing to go on with.
func (x *outside) loggedIn(ctx context.Context, r *doctor.Result, a *answer) *api.LoginAnswer {
	var in api.LoginAnswer
	if a.status != http.StatusOK || json.Unmarshal(a.body, &in) != nil {
		r.Find(x.refused(a))
		return nil
	}
	if in.Requires2FA || in.EnrollmentRequired {
		a = x.second(ctx, r, in)
		if a == nil {
			return nil
		}
		in = api.LoginAnswer{}
		if a.status != http.StatusOK || json.Unmarshal(a.body, &in) != nil {
			f := x.refused(a)
			if problem(a).Code == api.CodeInvalidCode {
				f.Cause = "The password is right, and the code of the second factor was not accepted: it was used before or mistyped, or the clock of the server or of the phone is off."
			}
			r.Find(f)
			return nil
		}
	}
	before := len(x.jar.cookies(x.urlOf(statusPath), false))
	for _, f := range x.judge(x.urlOf(loginPath), a, x.relevant(a)) {
		r.Find(f)
	}
	if len(x.relevant(a)) == 0 || x.found.ours && len(x.jar.cookies(x.urlOf(statusPath), false)) == before && !slices.ContainsFunc(x.relevant(a), named("aiwfe_session")) {
		r.Find(api.Finding{
			Code:     "cookie_not_set",
			Evidence: said("POST "+x.url(loginPath), a) + ", with " + counted(len(x.relevant(a)), "cookie") + " and none of a session",
			Expected: "a Set-Cookie line with the session",
		})
	}
	return &in
}

// second answers the challenge of a second factor, as far as there is a code.
func (x *outside) second(ctx context.Context, r *doctor.Result, in api.LoginAnswer) *answer {
	if in.EnrollmentRequired {
		r.Note("second_factor_owed", "The password is right; this account must set up a second factor before it can sign in.")
		r.Skip("the account has to set up a second factor first")
		return nil
	}
	if x.Code == nil {
		r.Note("second_factor_due", "The password is right; a second factor is asked for (%s). Give its code by --code to look further.", strings.Join(in.Methods, ", "))
		r.Skip("a second factor is asked for, and no code was given")
		return nil
	}
	x.grant.factor = true
	code, err := x.Code()
	if err != nil {
		r.Unable("the code of the second factor", err)
		return nil
	}
	body, _ := json.Marshal(api.ChallengeAnswer{ChallengeToken: in.ChallengeToken, Code: code})
	a, err := x.private.ask(ctx, x.asBrowser(http.MethodPost, "/api/v1/auth/2fa/challenge", string(body)))
	if err != nil {
		r.Unable("POST "+x.url("/api/v1/auth/2fa/challenge"), err)
		return nil
	}
	return a
}

// refused maps the public code of a refused login to its cause.
func (x *outside) refused(a *answer) api.Finding {
	p := problem(a)
	f := api.Finding{
		Code: "login_refused", Evidence: said("POST "+x.url(loginPath), a),
		Expected: "200, since address and password were said to be right",
		Remedy:   "Look at what the server noted: aiwfe-auth explain " + requestOf(a),
	}
	switch {
	case a.status >= 500:
		f.Code = "login_breaks"
	case p.Code == api.CodeInvalidCredentials:
		f.Cause = "The address or the password is wrong, or the account is disabled or locked: the answer is the same on purpose."
	case p.Code == api.CodeTooManyAttempts:
		f.Cause = "There were too many attempts, for this account or from this address. Where every visitor has the address of a proxy, one of them spends it for all."
	case p.Code == api.CodeOriginNotAllowed, p.Code == api.CodeCSRFTokenInvalid, p.Code == api.CodeCSRFTokenMissing, p.Code == api.CodeCSRFTokenExpired:
		f = x.refusal(a, []api.Code{p.Code})
		f.Evidence, f.Expected = said("POST "+x.url(loginPath), a), "200"
	case wantsForm(a):
		f.Code = "login_body_type_wrong"
	}
	return f
}

// wantsForm recognizes a login that asks for the fields of a form, as
// FastAPI-Users has it.
func wantsForm(a *answer) bool {
	body := string(a.body)
	return a.status == http.StatusUnprocessableEntity && strings.Contains(body, `"username"`) && !strings.Contains(body, "email")
}

// requestOf names the request for explain.
func requestOf(a *answer) string {
	if id := a.Get("X-Request-Id"); id != "" {
		return id
	}
	return "REQUEST_ID"
}

// credentials is the one place where the password is read.
func (x *outside) credentials(name string) string {
	body, _ := json.Marshal(map[string]string{name: x.User, "password": string(x.Password.Reveal())})
	return string(body)
}
