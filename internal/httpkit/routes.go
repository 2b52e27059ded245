package httpkit

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Mux serves routes and answers what no route serves: 404, and 405 with Allow.
// A path that is not in its one clean form is not found, rather than
// redirected: what was checked must be what is served.
func Mux(mux *http.ServeMux, fail func(*Request, *fault.Error)) http.Handler {
	m := &matched{mux: mux, fail: fail}
	m.exact.Store(&map[asked]route{})
	return http.HandlerFunc(m.serve)
}

// matched remembers which handler the mux found for a method and a path that
// are themselves a pattern, so that it is not searched for twice at each
// request. Only patterns are kept, of which there are as many as routes.
type matched struct {
	mux  *http.ServeMux
	fail func(*Request, *fault.Error)

	mu sync.Mutex
	// exact is replaced and never changed, so that a request reads it without a lock.
	exact atomic.Pointer[map[asked]route]
}

type asked struct{ method, path string }

type route struct {
	pattern string
	handler http.Handler
}

func (m *matched) serve(w http.ResponseWriter, r *http.Request) {
	key := asked{r.Method, r.URL.Path}
	one, ok := (*m.exact.Load())[key]
	// An escaped slash is none for the mux, which Path does not tell.
	if ok && r.URL.RawPath == "" {
		r.Pattern = one.pattern
		one.handler.ServeHTTP(w, r)
		return
	}
	h, pattern := m.mux.Handler(r)
	if pattern == "" || !clean(r.URL.Path) {
		m.refuse(From(w), r, h)
		return
	}
	if pattern == key.method+" "+key.path && !strings.ContainsAny(pattern, "{}") {
		m.remember(key, route{pattern, h})
	}
	m.mux.ServeHTTP(w, r)
}

func (m *matched) remember(key asked, one route) {
	m.mu.Lock()
	defer m.mu.Unlock()
	more := maps.Clone(*m.exact.Load())
	more[key] = one
	m.exact.Store(&more)
}

func (m *matched) refuse(q *Request, r *http.Request, h http.Handler) {
	c := capture{header: http.Header{}}
	if clean(r.URL.Path) {
		h.ServeHTTP(&c, r)
	}
	f := fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
	if c.status == http.StatusMethodNotAllowed {
		q.Header()["Allow"] = c.header["Allow"]
		f = fault.New(api.CodeMethodNotAllowed, "", "This address does not serve this method.")
	}
	m.fail(q, q.Fault(f))
}

func clean(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.Contains(path, "//") &&
		!strings.Contains(path+"/", "/./") && !strings.Contains(path+"/", "/../") && !strings.ContainsRune(path, 0)
}

// capture takes what the library would answer.
type capture struct {
	header http.Header
	status int
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(status int)      { c.status = status }
func (c *capture) Write(b []byte) (int, error) { return len(b), nil }
