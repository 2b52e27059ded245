package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Headers by which a proxy describes a request, as the library spells them.
// X-Forwarded-Prefix and -Port are none: a rule is about what the client sent.
const (
	originalURL     = "X-Original-Url"
	originalMethod  = "X-Original-Method"
	forwardedMethod = "X-Forwarded-Method"
	forwardedProto  = "X-Forwarded-Proto"
	forwardedHost   = "X-Forwarded-Host"
	forwardedURI    = "X-Forwarded-Uri"
)

var errOnce = errors.New("it must come exactly once")

// described makes an Ask of what a proxy told, in pieces as they were sent. What
// is not clear is refused: nobody knows what the application would make of it.
func described(r *http.Request, scheme, authority, uri, method string) (Ask, error) {
	path, _, _ := strings.Cut(uri, "?")
	ask := Ask{Authority: authority, Raw: uri, Header: r.Header, Place: policy.Place{Method: method}}
	var err error
	if ask.Place.Path, err = policy.Path(path); err != nil {
		return ask, unclear(api.CodeForbidden, policy.ReasonAmbiguous, "The path can be read in two ways, so it is refused.", "the path", err)
	}
	if ask.Place.Host, err = policy.Host(authority); err != nil {
		return ask, unclear(api.CodeForbidden, "host_ambiguous", "The host is no name of one, so it is refused.", "the host", err)
	}
	switch scheme {
	case "https", "wss": // Traefik's word for a WebSocket
		ask.Scheme = "https"
	case "http", "ws":
		ask.Scheme = "http"
	default:
		return ask, incomplete("the scheme", errors.New("it is neither https nor http"))
	}
	if !goodMethod(method) {
		return ask, incomplete("the method", errors.New("it is none that is handed on"))
	}
	return ask, nil
}

// goodMethod takes words in capitals. TRACE would show an application's headers,
// ours among them, and CONNECT asks for a tunnel.
func goodMethod(m string) bool {
	return m != "" && len(m) <= 32 && strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" &&
		m != http.MethodTrace && m != http.MethodConnect
}

// once reads headers that must have one value each.
func once(h http.Header, names ...string) error {
	for _, name := range names {
		if len(h[name]) != 1 || h[name][0] == "" {
			return incomplete(name, errOnce)
		}
	}
	return nil
}

// absent refuses headers of another way of asking: a client may have sent them.
func absent(h http.Header, names ...string) error {
	for _, name := range names {
		if len(h[name]) > 0 {
			return incomplete(name, errors.New("it contradicts another header: the proxy lets through what a client wrote"))
		}
	}
	return nil
}

func incomplete(what string, err error) error {
	return unclear(api.CodeMalformedRequest, "forward_headers_wrong",
		"The proxy does not say clearly which request it asks about. Compare its configuration with `aiwfe-auth proxy`.", what, err)
}

func unclear(code api.Code, reason, detail, what string, err error) error {
	return fault.New(code, reason, detail).Because(errors.New(what + ": " + err.Error()))
}
