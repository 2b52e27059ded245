package httpkit

import (
	"errors"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// renewed is the field of a form that was shown again with a fresh token.
const renewed = "renewed"

// judged adds to the refusal of a form what the server finds wrong with the
// browser. A token that has gone stale is nothing wrong: the form comes back
// with a fresh one, once, and only the second refusal is told of. Where a token
// that we made comes without any cookie, there is nothing to wait for.
func (q *Request) judged(form Form, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || api.Codes[f.Code].Status != http.StatusForbidden {
		return err
	}
	seen := q.Seen(err)
	if !seen.OwnPage() {
		return err
	}
	q.renewal = true
	if f.Code != api.CodeOriginNotAllowed && form[renewed] == "" && !q.cookieless(&seen, form[CSRFField]) {
		return err
	}
	c := *f
	c.Report = q.Report(selftest.Judge(nil, seen), &seen)
	return &c
}

// cookieless says that a form came with a token of ours and without a cookie.
func (q *Request) cookieless(seen *selftest.Seen, token string) bool {
	return len(seen.Came)+len(seen.Doubled)+len(seen.Unreadable) == 0 && q.kit.o.CSRF.Verify(token) == nil
}

// Renewed says whether the page is shown because a form of it was refused, so
// that its next refusal is known to be the second.
func (q *Request) Renewed() bool { return q.renewal }
