package httpapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const factors = auth + "/2fa"

var stepUp = append([]api.Code{api.CodeReauthRequired, api.CodeForbidden}, tokenCodes...)

// enrollCodes are those of a set-up, by a session or by a waiting login.
func enrollCodes(more ...api.Code) []api.Code {
	return append(append(more, api.CodeChallengeExpired), stepUp...)
}

func (a *API) factorRoutes() []Route {
	routes := []Route{
		{
			Method: "GET", Path: factors, Op: "getSecurity", Out: api.Security{}, Role: httpkit.Signed, Codes: tokenCodes,
			Summary: "What protects the own account",
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.security),
		},
		{
			Method: "POST", Path: factors + "/challenge", Op: "answerChallenge", In: api.ChallengeAnswer{}, Out: api.LoginAnswer{},
			Summary: "Answer the challenge of a login with a second factor",
			Codes:   []api.Code{api.CodeInvalidCode, api.CodeChallengeExpired, api.CodeTooManyAttempts, api.CodeOverloaded, api.CodeSessionLimitReached},
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.answerChallenge),
		},
		{
			Method: "POST", Path: factors + "/totp/setup", Op: "setupTotp", Access: api.AccessEnrollee, In: api.EnrollRequest{}, Out: api.TOTPSetup{},
			Summary: "A new seed for an authenticator app; it counts once a code confirmed it", Codes: enrollCodes(),
			Handler: httpkit.Optional(httpkit.Rule{}, a.setupTOTP),
		},
		{
			Method: "POST", Path: factors + "/totp/confirm", Op: "confirmTotp", Access: api.AccessEnrollee, In: api.TOTPConfirm{}, Out: api.FactorAdded{},
			Summary: "Make the new seed count by one of its codes", Codes: enrollCodes(api.CodeInvalidCode, api.CodeNotFound),
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.confirmTOTP),
		},
		{
			Method: "DELETE", Path: factors + "/totp", Op: "removeTotp", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Remove the authenticator app", Codes: append([]api.Code{api.CodeNotFound, api.CodeLastFactor}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.removeTOTP),
		},
		{
			Method: "POST", Path: factors + "/webauthn/register/options", Op: "getPasskeyCreationOptions", Access: api.AccessEnrollee, In: api.EnrollRequest{}, Out: api.WebAuthnOptions{},
			Summary: "Options for making a passkey", Codes: enrollCodes(api.CodePasskeysUnusable),
			Handler: httpkit.Optional(httpkit.Rule{}, a.registerOptions),
		},
		{
			Method: "POST", Path: factors + "/webauthn/register/verify", Op: "addPasskey", Access: api.AccessEnrollee, In: api.WebAuthnRegistration{}, Out: api.FactorAdded{},
			Summary: "Add the passkey that a browser made", Codes: enrollCodes(api.CodePasskeyRefused, api.CodeFactorExists, api.CodeFactorLimit),
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.registerVerify),
		},
		{
			Method: "POST", Path: factors + "/webauthn/login/options", Op: "getPasskeyRequestOptions", In: api.WebAuthnOptionsRequest{}, Out: api.WebAuthnOptions{},
			Summary: "Options for signing in by a passkey, for answering a challenge, or, when signed in, for a step-up",
			Codes:   []api.Code{api.CodeChallengeExpired, api.CodePasskeysUnusable, api.CodeNotFound, api.CodeTooManyAttempts},
			Handler: httpkit.Optional(httpkit.Rule{}, a.loginOptions),
		},
		{
			Method: "POST", Path: factors + "/webauthn/login/verify", Op: "loginByPasskey", In: api.WebAuthnLogin{}, Out: api.LoginAnswer{},
			Summary: "Sign in by a passkey alone",
			Codes:   []api.Code{api.CodeInvalidCredentials, api.CodeTooManyAttempts, api.CodeSessionLimitReached},
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.loginByPasskey),
		},
		{
			Method: "PATCH", Path: factors + "/webauthn/{id}", Op: "renamePasskey", In: api.FactorName{}, Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Give a passkey another name", Codes: append([]api.Code{api.CodeNotFound}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.renamePasskey),
		},
		{
			Method: "DELETE", Path: factors + "/webauthn/{id}", Op: "removePasskey", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Remove a passkey", Codes: append([]api.Code{api.CodeNotFound, api.CodeLastFactor}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.removePasskey),
		},
		{
			Method: "POST", Path: factors + "/backup-codes", Op: "makeBackupCodes", Out: api.BackupCodes{}, Role: httpkit.Signed,
			Summary: "Ten new backup codes, shown once; the old ones no longer work",
			Codes:   append([]api.Code{api.CodeNotFound, api.CodeTooManyAttempts, api.CodeOverloaded}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.makeCodes),
		},
		{
			Method: "GET", Path: factors + "/trusted-devices", Op: "listTrustedDevices", Out: api.TrustedDeviceList{}, Role: httpkit.Signed,
			Summary: "The devices that are not asked for the second factor", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.trustedDevices),
		},
		{
			Method: "DELETE", Path: factors + "/trusted-devices", Op: "endAllTrust", Out: api.Ended{}, Role: httpkit.Signed,
			Summary: "Trust no device any more", Codes: tokenCodes,
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.endAllTrust),
		},
		{
			Method: "DELETE", Path: factors + "/trusted-devices/{id}", Op: "endTrust", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Trust one device no more", Codes: append([]api.Code{api.CodeNotFound}, tokenCodes...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}, a.endTrust),
		},
		{
			Method: "POST", Path: auth + "/reauth", Op: "reauthenticate", In: api.Reauth{}, Out: api.LoginAnswer{}, Role: httpkit.Signed,
			Summary: "Prove again who is signed in (step-up), for sensitive changes",
			Codes: append([]api.Code{
				api.CodeInvalidCredentials, api.CodeInvalidCode, api.CodeChallengeExpired, api.CodeForbidden, api.CodeTooManyAttempts, api.CodeOverloaded,
			}, tokenCodes...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed}, a.reauth),
		},
	}
	for i := range routes {
		routes[i].Tag = "Second factors"
	}
	return routes
}

// answer gives the tokens of a grant, and the browser its cookies.
func answer(q *httpkit.Request, g *login.Grant) api.LoginAnswer {
	q.Signed(g)
	t := tokens(g, true)
	return api.LoginAnswer{
		AccessToken: t.AccessToken, TokenType: t.TokenType, ExpiresIn: t.ExpiresIn, RefreshToken: t.RefreshToken,
		SessionID: t.SessionID, User: t.User,
	}
}

// outcome gives either the tokens or what is owed for them.
func outcome(q *httpkit.Request, out *login.Outcome) api.LoginAnswer {
	if out.Challenge == nil {
		return answer(q, out.Grant)
	}
	c := out.Challenge
	return api.LoginAnswer{
		Requires2FA: !c.Enroll, EnrollmentRequired: c.Enroll, ChallengeToken: c.Token, Methods: c.Methods,
		ExpiresIn: int64(c.ExpiresIn / time.Second),
	}
}

// enrollee is who sets a factor up: by a waiting login, or signed in.
func (a *API) enrollee(q *httpkit.Request, token string) (*login.Enrollee, error) {
	if token != "" {
		return a.o.Login.EnrolleeBy(q.Context(), token, q.Client)
	}
	p, err := q.Require(httpkit.Signed)
	if err != nil {
		return nil, err
	}
	return a.o.Login.EnrolleeOf(p, q.Client)
}

func (a *API) security(q *httpkit.Request, _ *httpkit.Nothing) (api.Security, error) {
	p, err := q.Person()
	if err != nil {
		return api.Security{}, err
	}
	s, err := a.o.Login.Security(q.Context(), p.User())
	return protection(p.User(), s), err
}

func (a *API) answerChallenge(q *httpkit.Request, in *api.ChallengeAnswer) (api.LoginAnswer, error) {
	g, err := a.o.Login.Answer(q.Context(), login.Answer{
		Token: in.ChallengeToken, Method: in.Method, Code: in.Code, Credential: in.Credential, Trust: in.TrustDevice, Client: q.Client,
	})
	if err != nil {
		return api.LoginAnswer{}, err
	}
	return answer(q, g), nil
}

func (a *API) setupTOTP(q *httpkit.Request, in *api.EnrollRequest) (api.TOTPSetup, error) {
	e, err := a.enrollee(q, in.ChallengeToken)
	if err != nil {
		return api.TOTPSetup{}, err
	}
	s, err := a.o.Login.SetupTOTP(q.Context(), e)
	if err != nil {
		return api.TOTPSetup{}, err
	}
	return api.TOTPSetup{Secret: s.Key, OTPAuthURI: s.URI, QRSVG: s.SVG}, nil
}

// added is the answer of a set-up; a login that waited for it has its session.
func added(q *httpkit.Request, got *login.Added) api.FactorAdded {
	out := api.FactorAdded{Factor: oneFactor(&got.Factor), BackupCodesLeft: got.CodesLeft}
	if got.Grant != nil {
		l := answer(q, got.Grant)
		out.Login = &l
	}
	return out
}

func (a *API) confirmTOTP(q *httpkit.Request, in *api.TOTPConfirm) (api.FactorAdded, error) {
	e, err := a.enrollee(q, in.ChallengeToken)
	if err != nil {
		return api.FactorAdded{}, err
	}
	got, err := a.o.Login.ConfirmTOTP(q.Context(), e, in.Code)
	if err != nil {
		return api.FactorAdded{}, err
	}
	return added(q, got), nil
}

func (a *API) removeTOTP(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.RemoveTOTP(q.Context(), p, q.Client)
}

func (a *API) registerOptions(q *httpkit.Request, in *api.EnrollRequest) (api.WebAuthnOptions, error) {
	e, err := a.enrollee(q, in.ChallengeToken)
	if err != nil {
		return api.WebAuthnOptions{}, err
	}
	make := a.o.Login.RegisterOptions
	if in.Conditional {
		make = a.o.Login.UpgradeOptions
	}
	options, err := make(q.Context(), e)
	return api.WebAuthnOptions{Options: jsontext.Value(options)}, err
}

func (a *API) registerVerify(q *httpkit.Request, in *api.WebAuthnRegistration) (api.FactorAdded, error) {
	e, err := a.enrollee(q, in.ChallengeToken)
	if err != nil {
		return api.FactorAdded{}, err
	}
	got, err := a.o.Login.RegisterPasskey(q.Context(), e, in.Credential, in.Name)
	if err != nil {
		return api.FactorAdded{}, err
	}
	return added(q, got), nil
}

// loginOptions serves three moments that differ in who is known by then: the
// owner of a waiting login, somebody signed in, or nobody.
func (a *API) loginOptions(q *httpkit.Request, in *api.WebAuthnOptionsRequest) (api.WebAuthnOptions, error) {
	var options []byte
	var err error
	if in.ChallengeToken != "" {
		options, err = a.o.Login.AnswerOptions(q.Context(), in.ChallengeToken, q.Client)
	} else if p, perr := q.Person(); perr == nil {
		options, err = a.o.Login.ReauthOptions(q.Context(), p, q.Client)
	} else {
		options, err = a.o.Login.PasskeyOptions(q.Context(), q.Client)
	}
	return api.WebAuthnOptions{Options: jsontext.Value(options)}, err
}

func (a *API) loginByPasskey(q *httpkit.Request, in *api.WebAuthnLogin) (api.LoginAnswer, error) {
	g, err := a.o.Login.Passkey(q.Context(), in.Credential, q.Client)
	if err != nil {
		return api.LoginAnswer{}, err
	}
	return answer(q, g), nil
}

func (a *API) renamePasskey(q *httpkit.Request, in *api.FactorName) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.RenameFactor(q.Context(), p, q.HTTP().PathValue("id"), in.Name, q.Client)
}

func (a *API) removePasskey(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.RemoveFactor(q.Context(), p, q.HTTP().PathValue("id"), q.Client)
}

func (a *API) makeCodes(q *httpkit.Request, _ *httpkit.Nothing) (api.BackupCodes, error) {
	p, err := q.Person()
	if err != nil {
		return api.BackupCodes{}, err
	}
	codes, err := a.o.Login.MakeCodes(q.Context(), p, q.Client)
	return api.BackupCodes{Codes: codes}, err
}

func (a *API) trustedDevices(q *httpkit.Request, _ *httpkit.Nothing) (api.TrustedDeviceList, error) {
	p, err := q.Person()
	if err != nil {
		return api.TrustedDeviceList{}, err
	}
	s, err := a.o.Login.Security(q.Context(), p.User())
	return api.TrustedDeviceList{Items: devices(s.Devices)}, err
}

func (a *API) endTrust(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	_, err = a.o.Login.EndTrust(q.Context(), p, q.HTTP().PathValue("id"), q.Client)
	return httpkit.Nothing{}, err
}

func (a *API) endAllTrust(q *httpkit.Request, _ *httpkit.Nothing) (api.Ended, error) {
	p, err := q.Person()
	if err != nil {
		return api.Ended{}, err
	}
	n, err := a.o.Login.EndTrust(q.Context(), p, "", q.Client)
	return api.Ended{Ended: n}, err
}

func (a *API) reauth(q *httpkit.Request, in *api.Reauth) (api.LoginAnswer, error) {
	p, err := q.Person()
	if err != nil {
		return api.LoginAnswer{}, err
	}
	g, err := a.o.Login.Reauth(q.Context(), p, in.Password, login.Answer{
		Method: in.Method, Code: in.Code, Credential: in.Credential, Client: q.Client,
	})
	if err != nil {
		return api.LoginAnswer{}, err
	}
	out := answer(q, g)
	out.User = nil
	return out, nil
}
