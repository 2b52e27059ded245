package httpapi

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Doctor examines the running server. It takes no address: what is asked over
// HTTP looks at PUBLIC_URL and at configured peers alone.
type Doctor interface {
	// Last is the last diagnosis, nil before the first.
	Last() *api.Diagnosis
	// Examine looks now; deep asks the public address and other machines too.
	Examine(ctx context.Context, deep bool) (api.Diagnosis, error)
}

func (a *API) doctorRoutes() []Route {
	return []Route{{
		Method: "GET", Path: admin + "/doctor", Op: "getDiagnosis", Out: api.Diagnosis{},
		Summary: "What the doctor found: causes with evidence and remedy",
		Query:   []Param{{"fresh", "1 looks now, the public address included; else the last diagnosis is given."}},
		Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.diagnosis),
	}}
}

func (a *API) diagnosis(q *httpkit.Request, _ *httpkit.Nothing) (api.Diagnosis, error) {
	switch fresh := q.HTTP().URL.Query().Get("fresh"); {
	case a.o.Doctor == nil:
		return api.Diagnosis{}, fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
	case fresh == "1":
		return a.o.Doctor.Examine(q.Context(), true)
	case fresh != "" && fresh != "0":
		return api.Diagnosis{}, fault.Invalid("/fresh", "not_allowed", "Please use 1, or leave it out.")
	}
	if last := a.o.Doctor.Last(); last != nil {
		return *last, nil
	}
	return a.o.Doctor.Examine(q.Context(), false)
}
