package gateway

import (
	"errors"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// A trip takes a file descriptor for the application beside the client's, and one
// with no end keeps both: whoever opens WebSockets without measure would else
// take those by which others sign in, and those of the database.

// leastShare is what one person may have under way however few there may be.
const leastShare = 64

// full says why there is no room for one more trip of a person, or of a stranger;
// "" where there is. All strangers together may take a half, and a person a quarter.
func (l *Lasting) full(person string) string {
	most, mine := l.o.Most, l.held[person]
	switch {
	case most == 0:
		return ""
	case l.total >= most, person == "" && mine >= most/2:
		return "gateway_full"
	case person != "" && mine >= max(most/4, leastShare):
		return "too_many_open"
	}
	return ""
}

// crowded is what to answer then.
func (t *trip) crowded(reason string) *fault.Error {
	if reason == "too_many_open" {
		return fault.New(api.CodeUpstreamUnavailable, reason,
			"You have too much open at once. Please close some pages and try again.").After(retryAfter)
	}
	return unavailable(reason).After(retryAfter).Because(errors.New(
		"as much is under way to applications as there are file descriptors for; a higher limit (LimitNOFILE, ulimit -n) has room for more"))
}
