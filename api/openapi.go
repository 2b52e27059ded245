package api

import (
	_ "embed" // the document
	"net/http"
)

// OpenAPI is the document as committed, for a server at localhost; a running
// server makes its own at /openapi.json, with its version and its address.
//
//go:embed openapi.json
var OpenAPI []byte

// Who may call an endpoint, in the words that the reference page shows.
const (
	AccessAnybody  = "Open to anybody."
	AccessSigned   = "Needs a session cookie or a bearer token."
	AccessEnrollee = "Needs a session with a recent proof, or the challenge token of a login with enrollment_required."
	AccessAdmin    = "Needs an administrator: a session of theirs, or a token with the scope admin."
	AccessOperator = "In development and test open to this machine; elsewhere needs METRICS_TOKEN as bearer token, or an administrator."
)

// Endpoint is one method on one path, as the OpenAPI document needs it. The
// packages that serve endpoints describe them by it, so that the document and
// the mux are made of the same list.
type Endpoint struct {
	Method, Path string
	// Op is the operationId, stable: SDKs name their methods by it.
	Op, Tag, Summary string
	// In and Out are values of the body types, nil for none.
	In, Out any
	// Status of the answer that is no error; 0 is 200.
	Status int
	// Also is a second status that answers with the same body, 0 for none: an
	// unhealthy server is 503 with the same shape.
	Also int
	// AlsoOut is its body where that is another one.
	AlsoOut any
	// Media is the type of the answer where it is not JSON; several by commas.
	Media string
	// Access is one of the sentences above.
	Access string
	Query  []Parameter
	// Codes are the errors it may answer.
	Codes []Code
	// InPath says what a part of the path is that is no id.
	InPath string
	// Sent are headers of the request that it looks at, Gives those of its answers
	// by status, beside what all answers have.
	Sent  []Header
	Gives map[int][]Header
	// Pages are the statuses that a person is shown a page with.
	Pages []int
}

// Parameter is a parameter of the query.
type Parameter struct{ Name, Doc string }

// Watching lists the endpoints by which the server is watched. They have no
// version in their path, for orchestrators and scrapers are set up once.
func Watching() []Endpoint {
	operator := []Code{CodeNotAuthenticated, CodeTokenInvalid, CodeTokenExpired, CodeSessionEnded, CodeNotFound, CodeDatabaseUnavailable}
	health := func(path, op, summary string) Endpoint {
		return Endpoint{
			Method: http.MethodGet, Path: path, Op: op, Tag: "Health", Summary: summary, Out: Health{},
			Also: http.StatusServiceUnavailable, Access: AccessAnybody,
		}
	}
	live := health("/api/health/live", "getLive", "Whether the program runs; asks nothing of the database")
	live.Also = 0
	return []Endpoint{
		health("/api/health", "getHealth", "Whether the service is healthy, check by check"),
		live,
		health("/api/health/ready", "getReady", "Whether requests should be sent here; answers within a second"),
		{
			Method: http.MethodGet, Path: "/api/health/auth", Op: "getAuthHealth", Tag: "Health", Out: AuthHealth{},
			Summary: "Whether tokens sign and verify, and how the hash pool does; strangers get the status alone",
			Also:    http.StatusServiceUnavailable, Access: AccessOperator,
		},
		{
			Method: http.MethodGet, Path: "/api/health/database", Op: "getDatabaseHealth", Tag: "Health", Out: DatabaseHealth{},
			Summary: "Engine, version, pools and migrations; strangers get the status alone",
			Also:    http.StatusServiceUnavailable, Access: AccessOperator,
		},
		{
			Method: http.MethodGet, Path: "/api/metrics/authentication", Op: "getAuthMetrics", Tag: "Health", Out: AuthMetrics{},
			Summary: "The figures of signing in on all servers, each with its target", Access: AccessOperator, Codes: operator,
			Query: []Parameter{{"node", "The id or the host of one server; all if left out."}},
		},
		{
			Method: http.MethodGet, Path: "/metrics", Op: "getMetrics", Tag: "Health", Media: "text/plain",
			Summary: "The figures for Prometheus", Access: AccessOperator, Codes: operator,
		},
	}
}
