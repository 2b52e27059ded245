package httpapi

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Rules knows who may reach which application.
type Rules interface {
	// Policy is the rules that hold now, and how the applications are.
	Policy(ctx context.Context) api.Policy
	// CheckPolicy tries the rules on a person and a place; it changes nothing.
	CheckPolicy(ctx context.Context, q api.PolicyQuestion) (api.PolicyAnswer, error)
}

func (a *API) policyRoutes() []Route {
	return []Route{
		{
			Method: "GET", Path: admin + "/policy", Op: "getPolicy", Out: api.Policy{},
			Summary: "The rules for applications that hold now, and whether the applications take connections",
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.policy),
		},
		{
			Method: "GET", Path: admin + "/policy/check", Op: "checkPolicy", Out: api.PolicyAnswer{},
			Summary: "Whether a person may reach a place, by which rule, and what it would take",
			Query: []Param{
				{"url", "The address that is asked for, as it is sent."},
				{"method", "GET if left out."},
				{"user", "The address of an account; left out for a stranger."},
				{"session", "One session or token of the account; left out for every way in which it can sign in."},
			},
			Codes: []api.Code{api.CodeNotFound, api.CodeValidationFailed}, Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.checkPolicy),
		},
	}
}

func (a *API) policy(q *httpkit.Request, _ *httpkit.Nothing) (api.Policy, error) {
	return a.o.Rules.Policy(q.Context()), nil
}

func (a *API) checkPolicy(q *httpkit.Request, _ *httpkit.Nothing) (api.PolicyAnswer, error) {
	v := q.HTTP().URL.Query()
	return a.o.Rules.CheckPolicy(q.Context(), api.PolicyQuestion{
		User: v.Get("user"), URL: v.Get("url"), Method: v.Get("method"), Session: v.Get("session"),
	})
}
