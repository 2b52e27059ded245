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
			Method: "POST", Path: admin + "/policy/check", Op: "checkPolicy", In: api.PolicyQuestion{}, Out: api.PolicyAnswer{},
			Summary: "Whether a person may reach a place, by which rule, and what it would take; changes nothing",
			Codes:   []api.Code{api.CodeNotFound}, Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.checkPolicy),
		},
	}
}

func (a *API) policy(q *httpkit.Request, _ *httpkit.Nothing) (api.Policy, error) {
	return a.o.Rules.Policy(q.Context()), nil
}

func (a *API) checkPolicy(q *httpkit.Request, in *api.PolicyQuestion) (api.PolicyAnswer, error) {
	return a.o.Rules.CheckPolicy(q.Context(), *in)
}
