package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// broken is what to note of an answer that did not come to its end.
func (t *trip) broken() *fault.Error {
	if ended, ok := errors.AsType[errEnded](context.Cause(t.ctx)); ok {
		return fault.New(api.CodeSessionEnded, ended.reason, "Your session has ended. Please sign in again.").Because(ended)
	}
	if t.ctx.Err() != nil {
		return fault.New(api.CodeUpstreamUnavailable, "client_gone", "The client went away.")
	}
	why := errors.New("the application " + t.up.name + " broke off its answer, or the client went away")
	return unavailable("upstream_broke_off").Because(why)
}

// failed answers where the application gave no answer.
func (t *trip) failed(_ http.ResponseWriter, _ *http.Request, err error) {
	t.q.TakeBack()
	t.proxy.fail(t.q, t.ask, t.q.Fault(t.fault(err)))
}

func (t *trip) fault(err error) *fault.Error {
	told := errors.Join(errors.New("the application "+t.up.name+" at "+t.up.url.String()), err)
	_, ended := errors.AsType[errEnded](context.Cause(t.ctx))
	body := t.body.fault()
	switch {
	case ended, t.ctx.Err() != nil && (body == nil || body.Reason != stalled): // which ends the context, too
		return t.broken()
	case body != nil:
		return body
	}
	if unreached(err) {
		return unavailable("application_unreachable").After(retryAfter).Because(told)
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return fault.New(api.CodeUpstreamTimeout, "", "The application behind this server did not answer in time. "+
			"Please look whether it did what you wanted before you try again.").Because(told)
	}
	return unavailable("upstream_no_answer").Because(told)
}
