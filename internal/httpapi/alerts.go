package httpapi

import (
	"context"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Alerts lists alerts, and keeps them quiet.
type Alerts interface {
	List(ctx context.Context) (api.AlertList, error)
	Silence(ctx context.Context, who alert.Actor, in api.NewAlertSilence) (api.AlertSilence, error)
	Unsilence(ctx context.Context, who alert.Actor, id string) error
	Test(ctx context.Context, who alert.Actor, to string) ([]api.AlertTested, error)
}

func (a *API) alertRoutes() []Route {
	return []Route{
		{
			Method: "GET", Path: admin + "/alerts", Op: "listAlerts", Out: api.AlertList{},
			Summary: "What fires, what may soon, and what is resolved; silences, rules and receivers",
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.listAlerts),
		},
		{
			Method: "POST", Path: admin + "/alerts/silences", Op: "silenceAlerts", In: api.NewAlertSilence{}, Out: api.AlertSilence{}, Status: http.StatusCreated,
			Summary: "Keep alerts of a rule from being told of, for a while",
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusCreated}, a.silenceAlerts),
		},
		{
			Method: "DELETE", Path: admin + "/alerts/silences/{id}", Op: "unsilenceAlerts", Status: http.StatusNoContent,
			Summary: "End a silence before its time", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusNoContent}, a.unsilenceAlerts),
		},
		{
			Method: "POST", Path: admin + "/alerts/test", Op: "testAlerts", In: api.AlertTest{}, Out: api.AlertTestResults{},
			Summary: "Send a test message to the receivers, and say of each how it went",
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.testAlerts),
		},
	}
}

// decider is the administrator who asks, with a proof that is recent enough for
// a decision.
func (a *API) decider(q *httpkit.Request) (alert.Actor, error) {
	p, err := q.Require(httpkit.Admin)
	if err == nil {
		err = a.o.Login.Recent(p)
	}
	if err != nil {
		return alert.Actor{}, err
	}
	return alert.Actor{ID: p.User().ID, Client: q.Client.Client}, nil
}

func (a *API) listAlerts(q *httpkit.Request, _ *httpkit.Nothing) (api.AlertList, error) {
	return a.o.Alerts.List(q.Context())
}

func (a *API) silenceAlerts(q *httpkit.Request, in *api.NewAlertSilence) (api.AlertSilence, error) {
	who, err := a.decider(q)
	if err != nil {
		return api.AlertSilence{}, err
	}
	return a.o.Alerts.Silence(q.Context(), who, *in)
}

func (a *API) unsilenceAlerts(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	who, err := a.decider(q)
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Alerts.Unsilence(q.Context(), who, q.HTTP().PathValue("id"))
}

func (a *API) testAlerts(q *httpkit.Request, in *api.AlertTest) (api.AlertTestResults, error) {
	who, err := a.decider(q)
	if err != nil {
		return api.AlertTestResults{}, err
	}
	results, err := a.o.Alerts.Test(q.Context(), who, in.To)
	return api.AlertTestResults{Results: results}, err
}
