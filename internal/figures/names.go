package figures

import "strings"

// What is counted. Names are kept in the database for more than a year, so they
// are never given another meaning.
const (
	Attempts  = "attempts"  // sign-ins that were decided
	Succeeded = "succeeded" // of them, those that began a session
	Guessing  = "guessing"  // of them, those that no person made who wants to sign in
	Slips     = "slips"     // of them, those that the same person made good a little later
	Access    = "access"    // access tokens issued
	Refresh   = "refresh"   // refresh tokens rotated
	Legacy    = "legacy"    // uses of tokens of the old form
	CSRFMade  = "csrf made"
	CSRFLost  = "csrf lost" // tokens that could not be made
	Queries   = "queries"   // reads and transactions of the database
	Errors    = "errors"    // of them, those that failed for want of the database
	Answers   = "answers"   // requests that were answered
	Broken    = "broken"    // of them, those with a status of 500 or more

	Failure = "failure " // and a code: sign-ins that were refused
	Reason  = "reason "  // and the private reason of the same
	Refused = "refused " // and a code: requests refused as possibly forged
)

// What is timed.
const (
	Login = "login"  // sign-ins that succeeded
	Wait  = "wait"   // what hashes waited for a worker
	Route = "route " // and a route
	Class = "class " // and a class of routes
)

// What is looked at now and then.
const (
	Pool     = "pool "    // and the name of a pool: the part that is in use
	Sessions = "sessions" // alive, on all nodes
	Queue    = "queue"    // hashes that wait
)

// ClassOf says what a route is for. The endpoints of signing in have a target of
// their own.
func ClassOf(route string) string {
	_, path, _ := strings.Cut(route, " ")
	switch {
	case strings.HasPrefix(path, "/api/v1/auth/"):
		return Auth
	case strings.HasPrefix(path, "/api/v1/admin"), strings.HasPrefix(path, "/admin"):
		return "admin"
	case strings.HasPrefix(path, "/api/v1/"):
		return "account"
	case strings.HasPrefix(path, "/api/"), path == "/metrics", path == "/healthz", path == "/livez", path == "/readyz":
		return "machine"
	case strings.HasPrefix(path, "/static/"):
		return "static"
	}
	return "page"
}

// Auth is the class of the endpoints of signing in.
const Auth = "auth"
