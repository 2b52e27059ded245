package httpkit

import (
	"maps"
	"net/http"
)

// usual are the headers that every answer carries, errors included, each with
// its one value. The slices are shared by all answers, and have no room behind
// their value: who adds to one gets a copy.
var usual = [...]struct {
	name  string
	value []string
}{
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"X-Frame-Options", []string{"DENY"}},
	// Not no-referrer: under it a browser sends "Origin: null" with our own
	// forms. same-origin keeps addresses with tokens from every other site.
	{"Referrer-Policy", []string{"same-origin"}},
	{"Content-Security-Policy", []string{"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Cache-Control", []string{"no-store"}},
}

// Values that answers share, as above.
var (
	closing     = []string{"close"}
	typeJSON    = []string{"application/json; charset=utf-8"}
	typeProblem = []string{"application/problem+json"}
)

func (k *Kit) headers(q *Request, h http.Header) {
	for i := range usual {
		h[usual[i].name] = usual[i].value
	}
	h["X-Request-Id"] = []string{q.ID}
	if k.https {
		h["Strict-Transport-Security"] = k.hsts
	}
}

// guard has the connection end with the answer where the library takes
// Content-Length and chunked together: a proxy in front may have read the other
// one, so what follows on it is not trusted (request smuggling).
func (q *Request) guard() {
	if len(q.r.TransferEncoding) > 0 {
		q.w.Header()["Connection"] = closing
	}
}

// dress gives an answer of ours to what was meant for an application the headers
// that Server left out for it. What stands there already was chosen.
func (q *Request) dress() {
	if !q.behind || q.theirs {
		return
	}
	h := q.Header()
	chosen := maps.Clone(h)
	q.kit.headers(q, h)
	maps.Copy(h, chosen)
}
