// Package httpapi is the JSON API under /api/v1, one file per group of
// endpoints. Routes stand in one list, from which the mux and the OpenAPI
// document are both made, so that neither can know a route the other does not.
package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// Options is what the API needs.
type Options struct {
	Login *login.Service
	// Audit reads the audit.
	Audit auditReader
	// Explain tells why a request was refused.
	Explain explainer
	Kit     *httpkit.Kit
	// KeyID is the kid of the tokens that are made now.
	KeyID string
	// Doctor examines the running server; nil where nobody does.
	Doctor Doctor
	// Upkeep knows what maintenance came to; nil where nobody does any.
	Upkeep Upkeep
	// Figures are what charts draw; nil where nobody counts.
	Figures Figures
	// Alerts lists alerts and keeps them quiet.
	Alerts Alerts
	// Rules knows who may reach which application.
	Rules Rules
	// Config is answered by GET /api/v1/config.
	Config api.Config
	// Stopping is closed when the server stops, which ends answers that have
	// no end of their own; nil where nothing has to stop.
	Stopping <-chan struct{}
	// Reports are what pages found wrong with browsers.
	Reports interface {
		Reports(ctx context.Context, limit int) ([]selftest.Report, error)
	}
	// SelfTests bounds how often a network may send a self-test, and Trouble says
	// in a language what a person can do about what it found.
	SelfTests ratelimit.Limiter
	Trouble   func(lang string, r *fault.Report) string
	// LegacySunset is when tokens of the old form end; zero when they are off.
	LegacySunset time.Time
}

// API serves the endpoints.
type API struct {
	o Options
	// streams has a place for each live tail that may run.
	streams chan struct{}
	echoes  *echoGuard
}

// New refuses when something is missing.
func New(o Options) (*API, error) {
	switch {
	case o.Login == nil, o.Audit == nil, o.Explain == nil, o.Kit == nil, o.Reports == nil || o.SelfTests == nil, o.Trouble == nil, o.Alerts == nil, o.Rules == nil:
		return nil, errors.New("httpapi: Login, Audit, Explain, Kit, Reports, SelfTests, Trouble, Alerts and Rules are needed")
	}
	return &API{o: o, streams: make(chan struct{}, maxStreams), echoes: newEchoGuard()}, nil
}

// Route is one endpoint: how it is reached, what it is, and who serves it.
type Route struct {
	Method, Path string
	// Op is the operationId, stable: SDKs name their methods by it.
	Op, Tag, Summary string
	// In and Out are values of the body types, nil for none.
	In, Out any
	// Media is the type of the answer where it is not JSON; several by commas.
	Media  string
	Status int
	// Also is a second status that is no error, AlsoOut its body.
	Also    int
	AlsoOut any
	Role    httpkit.Role
	// Access says who may call it where that is not the role's sentence.
	Access string
	Query  []Param
	// Codes are the errors beside those that every route of its kind has.
	Codes   []api.Code
	Handler http.Handler
}

// Param is a query parameter.
type Param struct{ Name, Doc string }

// Routes is the one list.
func (a *API) Routes() []Route {
	return slices.Concat(a.authRoutes(), a.factorRoutes(), a.recoveryRoutes(), a.ownRoutes(), a.adminRoutes())
}

// Register puts the routes on the mux.
func (a *API) Register(mux httpkit.Router) {
	for _, r := range a.Routes() {
		mux.Handle(r.Method+" "+r.Path, r.Handler)
	}
	for _, method := range echoMethods {
		mux.HandleFunc(method+" "+api.EchoPath+"/{rest...}", a.echo)
		if method != http.MethodGet { // which stands in the list
			mux.HandleFunc(method+" "+api.EchoPath, a.echo)
		}
	}
}
