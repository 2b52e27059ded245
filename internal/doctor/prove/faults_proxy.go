package prove

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
)

// onRequest is a proxy that changes what it passes on.
func onRequest(f func(r *http.Request)) func(*proxy) {
	return func(p *proxy) { p.request = f }
}

// onAnswer is a proxy that changes what comes back.
func onAnswer(f func(h http.Header)) func(*proxy) {
	return func(p *proxy) {
		p.answer = func(a *http.Response) error {
			f(a.Header)
			return nil
		}
	}
}

func without(header string) func(*proxy) {
	return onRequest(func(r *http.Request) { r.Header.Del(header) })
}

var requestFaults = []Fault{
	{Class: "proxy", How: "the proxy drops X-CSRF-TOKEN", Cause: "proxy_strips_csrf_header", front: without("X-CSRF-TOKEN")},
	{Class: "proxy", How: "the proxy drops Authorization", Cause: "proxy_strips_authorization", front: without("Authorization")},
	{Class: "proxy", How: "the proxy drops cookies of requests", Cause: "proxy_strips_cookies", front: without("Cookie")},
	{Class: "proxy", How: "the proxy drops Origin", Cause: "proxy_rewrites_origin", front: without("Origin")},
	{Class: "proxy", How: "the proxy asks by the name of the server behind it", Cause: "proxy_rewrites_host", front: func(p *proxy) {
		p.request = func(r *http.Request) {
			r.Host = p.upstream.Host
			r.Header.Del("X-Forwarded-Host")
		}
	}},
	{Class: "proxy", How: "the proxy says http where people say https", Cause: "forwarded_proto_wrong", front: onRequest(func(r *http.Request) {
		r.Header.Set("X-Forwarded-Proto", "http")
	})},
	{Class: "proxy", How: "the proxy tells no address of a client", Cause: "forwarded_headers_missing", front: without("X-Forwarded-For")},
	{Class: "proxy", How: "the proxy sends a body of its own", Cause: "proxy_changes_body", front: onRequest(func(r *http.Request) {
		if r.ContentLength > 0 {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte("{}"))), 2
		}
	})},
}

var answerFaults = []Fault{
	{Class: "proxy", How: "the proxy drops Set-Cookie", Cause: "proxy_drops_set_cookie", front: onAnswer(func(h http.Header) { h.Del("Set-Cookie") })},
	{Class: "cookie", How: "the proxy writes a Path into cookies", Cause: "proxy_rewrites_cookies", front: onAnswer(func(h http.Header) {
		cookies := h.Values("Set-Cookie")
		for i := range cookies {
			cookies[i] = strings.Replace(cookies[i], "Path=/", "Path=/auth", 1)
		}
	})},
	{Class: "cookie", How: "the proxy takes Secure off cookies", Cause: "proxy_rewrites_cookies", front: onAnswer(func(h http.Header) {
		cookies := h.Values("Set-Cookie")
		for i := range cookies {
			cookies[i] = strings.ReplaceAll(cookies[i], "; Secure", "")
		}
	})},
	{Class: "cache", How: "the proxy answers everybody from one memory", Cause: "cache_serves_auth", front: remembers},
	{Class: "proxy", How: "the proxy takes 4 KiB", Cause: "proxy_limits_body", front: func(p *proxy) {
		p.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.ContentLength <= 4<<10 {
				return false
			}
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return true
		}
	}},
}

// remembers makes the proxy keep each answer to a GET and give it to whoever
// asks next.
func remembers(p *proxy) {
	var mu sync.Mutex
	kept := map[string]*http.Response{}
	bodies := map[string][]byte{}
	p.answer = func(a *http.Response) error {
		if a.Request.Method != http.MethodGet || a.StatusCode != http.StatusOK {
			return nil
		}
		body, err := io.ReadAll(a.Body)
		if err != nil {
			return err
		}
		a.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		defer mu.Unlock()
		kept[a.Request.URL.Path], bodies[a.Request.URL.Path] = a, body
		return nil
	}
	p.instead = func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		a := kept[r.URL.Path]
		if a == nil || r.Method != http.MethodGet {
			return false
		}
		for name, values := range a.Header {
			w.Header()[name] = values
		}
		w.Header().Set("Age", "1")
		w.WriteHeader(a.StatusCode)
		_, _ = w.Write(bodies[r.URL.Path])
		return true
	}
}
