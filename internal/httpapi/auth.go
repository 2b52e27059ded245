package httpapi

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const auth = "/api/v1/auth"

func (a *API) authRoutes() []Route {
	return []Route{
		{
			Method: "GET", Path: auth + "/csrf-token", Op: "getCsrfToken", Tag: "Sign in", Out: api.CSRFToken{},
			Summary: "A CSRF token for this browser, and the cookie it is bound to",
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.csrfToken),
		},
		{
			Method: "POST", Path: auth + "/jwt/login", Op: "login", Tag: "Sign in", In: api.LoginRequest{}, Out: api.LoginAnswer{},
			Summary: "Sign in by address and password; also takes the OAuth2 password form from clients that are no browser",
			Codes:   []api.Code{api.CodeInvalidCredentials, api.CodeTooManyAttempts, api.CodeOverloaded, api.CodeSessionLimitReached},
			Handler: a.loginEither(),
		},
		{
			Method: "GET", Path: auth + "/status", Op: "getStatus", Tag: "Sign in", Out: api.Status{}, Role: httpkit.Signed,
			Summary: "Who is signed in", Codes: tokenCodes, Handler: http.HandlerFunc(a.status),
		},
		{
			Method: "POST", Path: auth + "/jwt/refresh", Op: "refresh", Tag: "Sign in", In: api.RefreshRequest{}, Out: api.Tokens{},
			Summary: "The next access token, by a refresh token or by the session cookie", Codes: tokenCodes,
			Handler: http.HandlerFunc(a.refresh),
		},
		{
			Method: "POST", Path: auth + "/jwt/logout", Op: "logout", Tag: "Sign in", Status: http.StatusNoContent,
			Summary: "End this session, everywhere at once",
			Handler: httpkit.Endpoint(httpkit.Rule{Status: http.StatusNoContent}, a.logout),
		},
		{
			Method: "POST", Path: auth + "/register", Op: "register", Tag: "Accounts", In: api.Registration{}, Out: api.User{}, Status: http.StatusCreated,
			Also: http.StatusAccepted, AlsoOut: api.Accepted{},
			Summary: "Make an account, by invitation or where registration is open",
			Codes:   []api.Code{api.CodeRegistrationClosed, api.CodeInvitationInvalid, api.CodeUserAlreadyExists, api.CodePasswordRefused, api.CodeTooManyAttempts, api.CodeOverloaded},
			Handler: http.HandlerFunc(a.register),
		},
		{
			Method: "POST", Path: auth + "/reset-password", Op: "resetPassword", Tag: "Accounts", In: api.PasswordReset{}, Status: http.StatusNoContent,
			Summary: "Set a new password by a one-time link; ends all sessions and signs nobody in",
			Codes:   []api.Code{api.CodeResetTokenInvalid, api.CodePasswordRefused, api.CodeTooManyAttempts, api.CodeOverloaded},
			Handler: httpkit.Endpoint(httpkit.Rule{Status: http.StatusNoContent}, a.resetPassword),
		},
		{
			Method: "GET", Path: "/api/v1/users/me", Op: "getMe", Tag: "Accounts", Out: api.User{}, Role: httpkit.Signed,
			Summary: "The own account", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.me),
		},
		{
			Method: "PATCH", Path: "/api/v1/users/me", Op: "updateMe", Tag: "Accounts", In: api.ProfileChange{}, Out: api.User{}, Role: httpkit.Signed,
			Summary: "Change the own profile", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.updateMe),
		},
		{
			Method: "POST", Path: auth + "/password", Op: "changePassword", Tag: "Accounts", In: api.PasswordChange{}, Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Set a new password; needs the current one and ends the other sessions",
			Codes:   append([]api.Code{api.CodeInvalidCredentials, api.CodePasswordRefused, api.CodeTooManyAttempts, api.CodeOverloaded}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.changePassword),
		},
		{
			Method: "GET", Path: auth + "/sessions", Op: "listSessions", Tag: "Sessions", Out: api.SessionList{}, Role: httpkit.Signed,
			Summary: "The own live sessions", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.sessions),
		},
		{
			Method: "DELETE", Path: auth + "/sessions/{id}", Op: "endSession", Tag: "Sessions", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "End one own session", Codes: append([]api.Code{api.CodeNotFound}, tokenCodes...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.endSession),
		},
		{
			Method: "DELETE", Path: auth + "/sessions", Op: "endOtherSessions", Tag: "Sessions", Out: api.Ended{}, Role: httpkit.Signed,
			Summary: "End all own sessions but this one", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.endOthers),
		},
		a.selfTestRoute(),
		{
			Method: "GET", Path: api.EchoPath, Op: "getEcho", Tag: "Service", Out: api.Echo{},
			Summary: "How this very request arrived, for the doctor; other methods and longer paths are answered alike",
			Query: []Param{
				{"status", "Answer with this status: 401, 403, 404, 409 or 422."},
				{"pad", "Add a header of so many bytes to the answer."},
				{"cookies", "With 1, set two cookies that end within a minute."},
			},
			Codes: []api.Code{api.CodeTooManyAttempts}, Handler: http.HandlerFunc(a.echo),
		},
		{
			Method: "GET", Path: "/api/v1/config", Op: "getConfig", Tag: "Service", Out: api.Config{},
			Summary: "What a front end needs to know; nothing secret",
			Handler: httpkit.Endpoint(httpkit.Rule{}, func(*httpkit.Request, *httpkit.Nothing) (api.Config, error) { return a.o.Config, nil }),
		},
	}
}

var tokenCodes = []api.Code{api.CodeNotAuthenticated, api.CodeTokenExpired, api.CodeTokenInvalid, api.CodeSessionEnded, api.CodeLegacyTokenRetired}

func (a *API) csrfToken(q *httpkit.Request, _ *httpkit.Nothing) (api.CSRFToken, error) {
	q.Heal()
	token, err := q.NewToken()
	return api.CSRFToken{CSRFToken: token}, err
}

// loginEither takes JSON, or the OAuth2 password form (RFC 6749 section 4.3.2).
func (a *API) loginEither() http.Handler {
	asJSON := httpkit.Endpoint(httpkit.Rule{Guard: httpkit.TokenAlways}, a.loginJSON)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := httpkit.From(w)
		q.Heal()
		if httpkit.IsForm(r) {
			a.loginForm(q)
			return
		}
		asJSON.ServeHTTP(w, r)
	})
}

func (a *API) loginJSON(q *httpkit.Request, in *api.LoginRequest) (api.LoginAnswer, error) {
	out, err := a.o.Login.Password(q.Context(), login.Attempt{Email: in.Email, Password: in.Password, Client: q.Client})
	if err != nil {
		return api.LoginAnswer{}, err
	}
	return outcome(q, out), nil
}

// loginForm is for clients that are no browser: bearer tokens only. From a
// browser it would be a way around the CSRF token, since any site can send a
// form.
func (a *API) loginForm(q *httpkit.Request) {
	body, err := q.Body("application/x-www-form-urlencoded")
	if err == nil && q.FromBrowser() {
		err = fault.New(api.CodeOriginNotAllowed, "oauth2_form_from_browser",
			"The OAuth2 password form is for programs. A browser signs in with JSON and a CSRF token.")
	}
	var form httpkit.Form
	if err == nil {
		form, err = httpkit.ParseForm(body)
	}
	if err != nil {
		q.Fail(err)
		return
	}
	if bad := (&api.LoginRequest{Email: form["username"], Password: form["password"]}).Validate(); len(bad) > 0 {
		for i := range bad {
			if bad[i].Pointer == "/email" {
				bad[i].Pointer = "/username"
			}
		}
		q.Fail(httpkit.Invalid(bad))
		return
	}
	out, err := a.o.Login.Password(q.Context(), login.Attempt{
		Email: form["username"], Password: form["password"], Client: q.Client, TokensOnly: true,
	})
	if err != nil {
		q.Fail(err)
		return
	}
	q.JSON(http.StatusOK, outcome(q, out))
}

// refresh is by a token in the body, else by the session cookie.
func (a *API) refresh(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	in := api.RefreshRequest{}
	if err := q.ReceiveOptional(&in); err != nil {
		q.Fail(err)
		return
	}
	g, err := a.refreshed(q, in.RefreshToken)
	if err != nil {
		q.Fail(err)
		return
	}
	q.JSON(http.StatusOK, tokens(g, false))
}

func (a *API) refreshed(q *httpkit.Request, token string) (*login.Grant, error) {
	if token != "" {
		return a.o.Login.Refresh(q.Context(), token, q.Client)
	}
	p, err := q.ByCookie()
	if err != nil {
		return nil, err
	}
	return a.o.Login.Renew(p)
}

// logout ends whatever sessions are shown. With a dead one, or none, there is
// nothing to end, and the answer is the same. The cookie's session ends beside
// the token's: the answer takes the cookie away, and a session that nobody
// holds a cookie of any more could be used by a thief alone (ASVS 7.4.1).
func (a *API) logout(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	ended := ""
	for _, shown := range []func() (*login.Person, error){q.Person, q.ByCookie} {
		p, err := shown()
		if err == nil && p.Session.ID != ended { // mostly both are of one session
			ended = p.Session.ID
			err = a.o.Login.Logout(q.Context(), p, q.Client)
		}
		if err != nil && api.Codes[fault.From(err).Code].Status != http.StatusUnauthorized {
			return httpkit.Nothing{}, err
		}
	}
	q.SignedOut()
	return httpkit.Nothing{}, nil
}

func (a *API) resetPassword(q *httpkit.Request, in *api.PasswordReset) (httpkit.Nothing, error) {
	return httpkit.Nothing{}, a.o.Login.ResetPassword(q.Context(), in.Token, in.Password, q.Client)
}

func (a *API) me(q *httpkit.Request, _ *httpkit.Nothing) (api.User, error) {
	p, err := q.Person()
	if err != nil {
		return api.User{}, err
	}
	return user(p.User()), nil
}

func (a *API) updateMe(q *httpkit.Request, in *api.ProfileChange) (api.User, error) {
	p, err := q.Person()
	if err != nil {
		return api.User{}, err
	}
	u := *p.User()
	if in.Language != nil {
		if *in.Language != "" && !i18n.Known(*in.Language) {
			return api.User{}, fault.Invalid("/language", "not_allowed", "Please use one of the languages of GET /api/v1/config, or nothing.")
		}
		if u, err = a.o.Login.SetLanguage(q.Context(), p, *in.Language, q.Client); err != nil {
			return api.User{}, err
		}
	}
	if in.Name != nil {
		u, err = a.o.Login.Rename(q.Context(), p, *in.Name, q.Client)
	}
	return user(&u), err
}

func (a *API) changePassword(q *httpkit.Request, in *api.PasswordChange) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.ChangePassword(q.Context(), p, in.CurrentPassword, in.NewPassword, q.Client)
}

func (a *API) sessions(q *httpkit.Request, _ *httpkit.Nothing) (api.SessionList, error) {
	p, err := q.Person()
	if err != nil {
		return api.SessionList{}, err
	}
	list, err := a.o.Login.Sessions(q.Context(), p.User().ID)
	return sessionList(list, p.Session.ID), err
}

func (a *API) endSession(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	id := q.HTTP().PathValue("id")
	if err := a.o.Login.End(q.Context(), login.Self(p, q.Client.Client), p.User().ID, id); err != nil {
		return httpkit.Nothing{}, err
	}
	if id == p.Session.ID && !p.Bearer {
		q.SignedOut()
	}
	return httpkit.Nothing{}, nil
}

func (a *API) endOthers(q *httpkit.Request, _ *httpkit.Nothing) (api.Ended, error) {
	p, err := q.Person()
	if err != nil {
		return api.Ended{}, err
	}
	n, err := a.o.Login.EndOthers(q.Context(), login.Self(p, q.Client.Client), p.User().ID, p.Session.ID)
	return api.Ended{Ended: n}, err
}
