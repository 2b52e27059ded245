package httpkit

import (
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// RequireAgain is Require without what was remembered of this request: an
// answer that goes on for long asks it now and then, so that a session that
// ends or a role that is taken away ends the answer too.
func (q *Request) RequireAgain(role Role) (*login.Person, error) {
	q.byToken, q.byCookie = identity{}, identity{}
	return q.Require(role)
}

// Flow is an answer that is sent piece by piece and may take longer than the
// server allows others: each piece has a deadline of its own, so that a client
// which reads nothing is still let go.
type Flow struct {
	q     *Request
	rc    *http.ResponseController
	piece time.Duration
}

// Flow lifts the time limits of the whole answer. Reading is one of them: the
// server listens for the client going away, and would take its own read limit
// for that.
func (q *Request) Flow(piece time.Duration) (*Flow, error) {
	f := &Flow{q: q, rc: http.NewResponseController(q.w), piece: piece}
	if err := f.rc.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return f, f.allow()
}

func (f *Flow) allow() error { return f.rc.SetWriteDeadline(time.Now().Add(f.piece)) }

// Write sends one piece at once.
func (f *Flow) Write(b []byte) (int, error) {
	if err := f.allow(); err != nil {
		return 0, err
	}
	n, err := f.q.Write(b)
	if err != nil {
		return n, err
	}
	return n, f.rc.Flush()
}
