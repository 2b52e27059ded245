package httpkit

import "net/http"

// Router takes routes: http.ServeMux, or one that writes them down.
type Router interface {
	Handle(pattern string, h http.Handler)
	HandleFunc(pattern string, serve func(http.ResponseWriter, *http.Request))
	Handler(r *http.Request) (h http.Handler, pattern string)
}

// Listed is a mux that knows what was put on it, which the library's does not
// tell: what is reserved for this server is made of it.
type Listed struct {
	*http.ServeMux
	Patterns []string
}

// NewListed makes an empty one.
func NewListed() *Listed { return &Listed{ServeMux: http.NewServeMux()} }

// Handle puts a route on the mux.
func (l *Listed) Handle(pattern string, h http.Handler) {
	l.Patterns = append(l.Patterns, pattern)
	l.ServeMux.Handle(pattern, h)
}

// HandleFunc is the same for a function.
func (l *Listed) HandleFunc(pattern string, serve func(http.ResponseWriter, *http.Request)) {
	l.Handle(pattern, http.HandlerFunc(serve))
}
