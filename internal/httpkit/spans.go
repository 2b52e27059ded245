package httpkit

import (
	"net/http"
	"time"
)

// Spans follows requests through the program, for operators.
type Spans interface {
	// Begin puts what follows the request into its context, and gives the id of the
	// trace. What the request itself says of a trace counts only if it is trusted.
	Begin(r *http.Request, trusted bool, began time.Time) (follows *http.Request, trace string)
	End(Done)
}

// follow begins to follow the request, where somebody wants to.
func (q *Request) follow(began time.Time) {
	if q.kit.o.Spans != nil {
		q.r, q.traceID = q.kit.o.Spans.Begin(q.r, q.Proxied, began)
	}
}

// Who is the account and the session that the request counted as; "" where it
// counted as none.
func (q *Request) Who() (user, session string) {
	if q.person == nil {
		return "", ""
	}
	return string(q.person.User().ID), q.person.Session.ID
}
