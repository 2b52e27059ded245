package httpkit

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// JSON writes a value. Answers are small: they are made whole before the
// status is sent.
func (q *Request) JSON(status int, v any) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		q.Fail(fault.Internal(err))
		return
	}
	h := q.Header()
	h["Content-Type"] = typeJSON
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	q.WriteHeader(status)
	_, _ = q.Write(body)
}

// roomy is what fits into the library's own buffer: it then finds the length by
// itself, for less than a header costs.
const roomy = 2000

// Append is JSON for an answer that is written by hand into a buffer that the
// next request uses again.
func (q *Request) Append(status int, write func([]byte) ([]byte, error)) {
	room, _ := q.kit.rooms.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	body, err := write((*room)[:0])
	if err != nil {
		q.Fail(fault.Internal(err))
		return
	}
	h := q.Header()
	h["Content-Type"] = typeJSON
	if len(body) > roomy {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	q.WriteHeader(status)
	_, _ = q.Write(body)
	if cap(body) <= 4*roomy {
		*room = body
		q.kit.rooms.Put(room)
	}
}

// Fail answers an error as RFC 9457 problem details, in one place and one form.
func (q *Request) Fail(err error) {
	f := q.Fault(err)
	status, p := q.problem(f)
	body, err := json.Marshal(p)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"status":500,"code":"internal_error"}`)
	}
	h := q.Header()
	q.FailHeaders(f)
	h["Content-Type"] = typeProblem
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	q.WriteHeader(status)
	_, _ = q.Write(body)
}

// FailHeaders sets the headers that belong to a fault, on a page too.
func (q *Request) FailHeaders(f *fault.Error) {
	h := q.Header()
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(f.RetryAfter)))
	}
	if api.Codes[f.Code].Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if f.Code == api.CodeBodyTooLarge {
		h.Set("Connection", "close")
	}
}

// seconds rounds up: coming back after so many is never too early.
func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

func (q *Request) problem(f *fault.Error) (int, any) {
	info := api.Codes[f.Code]
	if q.kit.o.FastAPIUsers && info.Legacy != "" {
		return legacyProblem(f, info)
	}
	p := api.Problem{
		Type: q.kit.URL("/problems/" + string(f.Code)), Title: info.Title, Status: info.Status, Detail: f.Detail,
		Code: f.Code, RequestID: q.ID, LegacyDetail: info.Legacy,
	}
	if f.RetryAfter > 0 {
		p.RetryAfter = seconds(f.RetryAfter)
	}
	if f.Report != nil {
		p.Report = f.Report.Code
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, api.FieldError{Pointer: field.Pointer, Code: field.Code, Detail: field.Detail})
	}
	return info.Status, p
}

// legacyProblem is what FastAPI-Users answered: status 400 and a constant. It
// tells nothing that the usual form does not tell.
func legacyProblem(f *fault.Error, info api.CodeInfo) (int, any) {
	status := http.StatusBadRequest
	if f.Code == api.CodePasswordRefused {
		reason := f.Detail
		if len(f.Fields) > 0 {
			reason = f.Fields[0].Detail
		}
		return status, map[string]any{"detail": map[string]string{"code": info.Legacy, "reason": reason}}
	}
	return status, map[string]any{"detail": info.Legacy}
}
