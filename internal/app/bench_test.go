package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkCheck is the handler alone, without network: what a session check
// costs in the program itself, with all that it tells written nowhere.
func BenchmarkCheck(b *testing.B) {
	for _, mode := range []string{"cached", "strict"} {
		p := program(b, "SESSION_CHECK="+mode)
		ada := p.person(b, "ada@example.com")
		for _, one := range ada.checks() {
			b.Run(mode+"/"+one.name, func(b *testing.B) {
				b.ReportAllocs()
				r := one.request()
				for b.Loop() {
					if w := p.check(r); w.status != http.StatusOK {
						b.Fatal(w.status)
					}
				}
			})
		}
	}
}

// answer is the least that a ResponseWriter can be.
type answer struct {
	header http.Header
	status int
	size   int
}

func (a *answer) Header() http.Header    { return a.header }
func (a *answer) WriteHeader(status int) { a.status = status }
func (a *answer) Write(b []byte) (int, error) {
	a.size += len(b)
	return len(b), nil
}

func (p *running) check(r *http.Request) *answer {
	w := &answer{header: http.Header{}}
	p.handler.ServeHTTP(w, r)
	return w
}

// asking is one way to ask who is signed in.
type asking struct {
	name, path string
	header     http.Header
}

func (a asking) request() *http.Request {
	r := httptest.NewRequest(http.MethodGet, a.path, nil)
	r.Header = a.header
	return r
}
