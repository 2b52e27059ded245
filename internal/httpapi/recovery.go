package httpapi

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// asking are the codes of a request for mail. None of them depends on whether
// the address has an account.
var asking = []api.Code{api.CodeMailNotConfigured, api.CodeTooManyAttempts}

func (a *API) recoveryRoutes() []Route {
	ask := func(path, op, summary string, f func(*httpkit.Request, *api.MailRequest) (api.Accepted, error)) Route {
		return Route{
			Method: "POST", Path: auth + path, Op: op, Tag: "Accounts", In: api.MailRequest{}, Out: api.Accepted{},
			Status: http.StatusAccepted, Summary: summary, Codes: asking,
			Handler: httpkit.Endpoint(httpkit.Rule{Status: http.StatusAccepted}, f),
		}
	}
	return []Route{
		ask("/forgot-password", "forgotPassword", "Mail a link to set a new password; the answer is the same for every address", a.forgot),
		ask("/request-verify-token", "requestVerification", "Mail the link that proves an address; the answer is the same for every address", a.askVerification),
		ask("/request-unlock", "requestUnlock", "Mail a link that lets the owner try again after too many attempts", a.askUnlock),
		{
			Method: "POST", Path: auth + "/verify", Op: "verify", Tag: "Accounts", In: api.Verification{}, Out: api.User{},
			Summary: "Prove an address by a link: of a registration, or of a change of address",
			Codes:   []api.Code{api.CodeVerifyTokenInvalid, api.CodeUserAlreadyExists, api.CodePasswordRefused, api.CodeTooManyAttempts, api.CodeOverloaded},
			Handler: httpkit.Endpoint(httpkit.Rule{}, a.verify),
		},
		{
			Method: "POST", Path: auth + "/unlock", Op: "unlock", Tag: "Accounts", In: api.OneTimeToken{}, Status: http.StatusNoContent,
			Summary: "Forget the failed attempts at an account, by a link from its mailbox",
			Codes:   []api.Code{api.CodeLinkInvalid, api.CodeTooManyAttempts},
			Handler: httpkit.Endpoint(httpkit.Rule{Status: http.StatusNoContent}, a.unlock),
		},
		{
			Method: "POST", Path: auth + "/not-me", Op: "reportNotMe", Tag: "Accounts", In: api.OneTimeToken{}, Status: http.StatusNoContent,
			Summary: "This was not me: end everything and lock the account until its owner sets a new password",
			Codes:   []api.Code{api.CodeLinkInvalid, api.CodeTooManyAttempts},
			Handler: httpkit.Endpoint(httpkit.Rule{Status: http.StatusNoContent}, a.notMe),
		},
		{
			Method: "POST", Path: auth + "/email", Op: "changeEmail", Tag: "Accounts", In: api.MailRequest{}, Out: api.Accepted{},
			Status: http.StatusAccepted, Role: httpkit.Signed,
			Summary: "Begin the change of the own address: the new one gets a link, the old one is told",
			Codes:   append(append([]api.Code{}, asking...), stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusAccepted}, a.changeEmail),
		},
	}
}

// accepted is the one sentence for every address.
var accepted = api.Accepted{Detail: "If the address has an account, a message is on its way."}

func (a *API) forgot(q *httpkit.Request, in *api.MailRequest) (api.Accepted, error) {
	return accepted, a.o.Login.Forgot(q.Context(), in.Email, q.Client)
}

func (a *API) askVerification(q *httpkit.Request, in *api.MailRequest) (api.Accepted, error) {
	return accepted, a.o.Login.AskVerification(q.Context(), in.Email, q.Client)
}

func (a *API) askUnlock(q *httpkit.Request, in *api.MailRequest) (api.Accepted, error) {
	return accepted, a.o.Login.AskUnlock(q.Context(), in.Email, q.Client)
}

func (a *API) verify(q *httpkit.Request, in *api.Verification) (api.User, error) {
	u, err := a.o.Login.Verify(q.Context(), in.Token, in.Password, q.Client)
	return user(&u), err
}

func (a *API) unlock(q *httpkit.Request, in *api.OneTimeToken) (httpkit.Nothing, error) {
	return httpkit.Nothing{}, a.o.Login.SelfUnlock(q.Context(), in.Token, q.Client)
}

func (a *API) notMe(q *httpkit.Request, in *api.OneTimeToken) (httpkit.Nothing, error) {
	_, err := a.o.Login.Report(q.Context(), in.Token, q.Client)
	return httpkit.Nothing{}, err
}

func (a *API) changeEmail(q *httpkit.Request, in *api.MailRequest) (api.Accepted, error) {
	p, err := q.Person()
	if err != nil {
		return api.Accepted{}, err
	}
	return api.Accepted{Detail: "A message is on its way to the new address. Open the link in it to finish."},
		a.o.Login.AskEmail(q.Context(), p, in.Email, q.Client)
}

// register answers in two ways: 201 with the account, or, where addresses are
// proven by mail, 202 and one body for every address.
func (a *API) register(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	in, err := httpkit.Receive[api.Registration](q, httpkit.Rule{})
	if err != nil {
		q.Fail(err)
		return
	}
	if q.Client.Browser {
		q.KeepBrowser() // the link is bound to it
	}
	made, err := a.o.Login.Register(q.Context(), login.Joining{
		Token: in.Invitation, Email: in.Email, Name: in.Name, Password: in.Password, Client: q.Client,
	})
	switch {
	case err != nil:
		q.Fail(err)
	case made.Mailed:
		q.JSON(http.StatusAccepted, api.Accepted{Detail: "A message is on its way. Open the link in it to finish."})
	default:
		q.JSON(http.StatusCreated, user(&made.User))
	}
}
