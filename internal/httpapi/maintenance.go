package httpapi

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Upkeep knows what was done to keep the installation well.
type Upkeep interface {
	// Maintenance is the schedule and the last report of each kind.
	Maintenance(ctx context.Context) (api.Maintenance, error)
}

func (a *API) maintenanceRoutes() []Route {
	return []Route{{
		Method: "GET", Path: admin + "/maintenance", Op: "getMaintenance", Out: api.Maintenance{},
		Summary: "When maintenance is due, and the last report of each kind",
		Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.maintenance),
	}}
}

func (a *API) maintenance(q *httpkit.Request, _ *httpkit.Nothing) (api.Maintenance, error) {
	if a.o.Upkeep == nil {
		return api.Maintenance{}, fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
	}
	return a.o.Upkeep.Maintenance(q.Context())
}
