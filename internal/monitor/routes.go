package monitor

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// maxRoutes bounds the series of answers. Routes come from our own lists, so
// it is never reached; if ever it is, the rest counts as one.
const maxRoutes = 2000

// unmatched is the route of whatever no route serves.
const unmatched = "unmatched"

type routeKey struct {
	method, route string
	status        int
}

// routes remembers the children of the request histogram, so that an answer
// costs one look into a map.
type routes struct {
	mu       sync.RWMutex
	children map[routeKey]child
}

// child is where an answer of one route, method and status is timed.
type child struct {
	prometheus.Observer
	timer *figures.Timer
}

func (r *routes) child(v *prometheus.HistogramVec, b *figures.Book, d httpkit.Done) child {
	k := routeKey{known(d.Method), d.Route, d.Status}
	r.mu.RLock()
	o, ok := r.children[k]
	r.mu.RUnlock()
	if ok {
		return o
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.children) >= maxRoutes {
		k = routeKey{known(""), other, 0}
	}
	o = child{Observer: v.WithLabelValues(k.method, path(k.route), strconv.Itoa(k.status))}
	if d.Route != "" {
		o.timer = b.Timer(figures.Route + d.Route)
	}
	r.children[k] = o
	return o
}

// known keeps a method that a client invented from becoming a label; _OTHER is
// OpenTelemetry's name for it.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "_OTHER"
}

// path is the pattern without its method.
func path(route string) string {
	if route == "" {
		return unmatched
	}
	if _, p, ok := strings.Cut(route, " "); ok {
		return p
	}
	return route
}
