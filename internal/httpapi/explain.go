package httpapi

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

// explainer knows what became of requests.
type explainer interface {
	Explain(ctx context.Context, id string) (api.Explained, bool, error)
}

func (a *API) explain(q *httpkit.Request, _ *httpkit.Nothing) (api.Explained, error) {
	id := q.HTTP().PathValue("id")
	x, found, err := a.o.Explain.Explain(q.Context(), id)
	if err == nil && !found {
		err = fault.New(api.CodeNotFound, httpkit.ReasonUnexplained, trace.Unknown(id))
	}
	return x, err
}
