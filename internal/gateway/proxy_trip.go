package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// trip is one request on its way to an application and back.
type trip struct {
	proxy     *Proxy
	q         *httpkit.Request
	up        *upstream
	ask       Ask
	person    *login.Person
	assertion string
	cancel    context.CancelCauseFunc
	ctx       context.Context
	// body is nil where there is none.
	body *upload
	// end is what the answer says of the connection to the client.
	end []string
	// began is set once the answer has begun, endless for one that has no end of its own.
	began, endless atomic.Bool

	mu   sync.Mutex
	over bool
	conn net.Conn // of an upgraded connection, else nil

	place
}

// serve hands the request on. It panics as ReverseProxy does where an answer
// broke off, so that it does not look like a whole one.
func (t *trip) serve(r *http.Request, heard uint64) {
	t.ctx, t.cancel = context.WithCancelCause(r.Context())
	if full := t.proxy.o.Lasting.add(t, heard); full != "" {
		t.cancel(nil)
		t.proxy.fail(t.q, t.ask, t.q.Fault(t.crowded(full)))
		return
	}
	t.up.pool.open.Add(1)
	defer func() {
		p := recover()
		t.leave(p != nil)
		if p != nil {
			panic(p)
		}
	}()
	t.q.HandOver()
	t.end = t.q.Header()["Connection"]
	hand := httputil.ReverseProxy{
		Rewrite: t.rewrite, Transport: t, ModifyResponse: t.answered, ErrorHandler: t.failed,
		BufferPool: &buffers, ErrorLog: t.proxy.quiet.log,
	}
	hand.ServeHTTP(answer{t.q, t}, r.WithContext(t.ctx))
}

// leave ends the trip, and notes why where it did not come to its end. Clients
// go away all the time, which is nothing to tell of.
func (t *trip) leave(broken bool) {
	t.up.pool.open.Add(-1)
	t.proxy.o.Lasting.remove(t)
	t.body.end()
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	if t.ctx.Err() == nil {
		if broken {
			t.q.Fault(t.broken())
		}
	} else if _, ended := errors.AsType[errEnded](context.Cause(t.ctx)); ended {
		t.q.Fault(t.broken())
	}
	t.cancel(nil)
}

// errEnded is why a trip is cut: who it is for may no longer make it.
type errEnded struct{ reason string }

func (e errEnded) Error() string { return "cut, since the session no longer counts here: " + e.reason }

// cut ends the trip at once, also where the client takes nothing.
func (t *trip) cut(reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.cancel(errEnded{reason})
	switch {
	case t.conn != nil:
		_ = t.conn.Close()
	case t.began.Load():
		_ = http.NewResponseController(t.q).SetWriteDeadline(time.Unix(1, 0))
	}
}

// answer is where the application's answer goes.
type answer struct {
	*httpkit.Request
	t *trip
}

// WriteHeader sends the head of the answer, or one that goes before it.
func (a answer) WriteHeader(status int) {
	h := a.Header()
	switch {
	case status < http.StatusOK:
		withoutOurs(h)
	case a.t.end != nil:
		h["Connection"] = a.t.end
	}
	if status >= http.StatusOK {
		a.t.began.Store(true)
		a.t.body.end() // both may speak by turns now, for as long as the application likes
	}
	a.Request.WriteHeader(status)
}

// Unwrap lets http.ResponseController find what lies beneath.
func (a answer) Unwrap() http.ResponseWriter { return a.Request }

// room are the buffers of answers.
type room struct{ pool sync.Pool }

var buffers = room{}

const bufferSize = 32 << 10

// Get gives a buffer.
func (r *room) Get() []byte {
	if b, ok := r.pool.Get().(*[bufferSize]byte); ok {
		return b[:]
	}
	return make([]byte, bufferSize)
}

// Put takes it back.
func (r *room) Put(b []byte) { r.pool.Put((*[bufferSize]byte)(b)) }
