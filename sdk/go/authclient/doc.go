// Package authclient is aiwfe-auth for services written in Go: a client of its
// API, and middleware of the shape of net/http that says who is asking.
//
//	import auth "github.com/aiwfe/aiwfe-auth/sdk/go/authclient"
//
//	client, err := auth.NewClient("https://auth.example.com")
//	verifier := auth.AskStatus(client, auth.StatusOptions{})
//	http.Handle("/", auth.Require(verifier)(page))
//
// Within page, auth.FromContext says who it is. Two verifiers are here. AskStatus
// hands the caller's cookie or bearer token to the server, and knows of a sign-out
// within a second. Assertions looks at the signed X-Auth-Assertion header that the
// gateway and forward-auth add, and asks nobody. Headers such as Remote-User are
// never believed: without a signature anybody can write them.
//
// A server or a database that is away is never taken for "signed out": it is an
// error for which IsUnavailable is true, and the middleware answers 503.
package authclient
