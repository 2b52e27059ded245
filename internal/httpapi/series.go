package httpapi

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Figures gives what charts draw.
type Figures interface {
	// Series is over 1h, 24h, 7d or 30d, of all nodes or of one, named by its id or its host.
	Series(ctx context.Context, span, node string) (api.Series, error)
}

func (a *API) figureRoutes() []Route {
	return []Route{{
		Method: "GET", Path: admin + "/metrics/series", Op: "getSeries", Out: api.Series{},
		Summary: "The figures of signing in over time, as charts draw them",
		Query:   []Param{{"range", "1h, 24h, 7d or 30d; 24h if left out."}, {"node", "The id or the host of one server; all if left out."}},
		Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.series),
	}}
}

func (a *API) series(q *httpkit.Request, _ *httpkit.Nothing) (api.Series, error) {
	if a.o.Figures == nil {
		return api.Series{}, fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
	}
	v := q.HTTP().URL.Query()
	span := v.Get("range")
	if span == "" {
		span = "24h"
	}
	return a.o.Figures.Series(q.Context(), span, v.Get("node"))
}
