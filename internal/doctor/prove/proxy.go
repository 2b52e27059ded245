package prove

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// proxy stands before the server, and does what it is told to, which is mostly
// wrong.
type proxy struct {
	url      string
	upstream *url.URL
	listen   net.Listener
	problem  error
	server   *http.Server

	// request changes what is passed on; answer what comes back. instead answers
	// in place of the server when it returns true.
	request func(r *http.Request)
	answer  func(a *http.Response) error
	instead func(w http.ResponseWriter, r *http.Request) bool
}

// newProxy takes its port at once, since the settings name it.
func newProxy(upstream string) *proxy {
	p := &proxy{upstream: &url.URL{Scheme: "http", Host: upstream}}
	p.listen, p.problem = net.Listen("tcp", "127.0.0.1:0")
	if p.problem == nil {
		_, port, _ := net.SplitHostPort(p.listen.Addr().String())
		p.url = "https://localhost:" + port
	}
	return p
}

// start serves. An honest proxy says Host, X-Forwarded-For and
// X-Forwarded-Proto as it should.
func (p *proxy) start(a *authority, f Fault) error {
	if p.problem != nil {
		return fmt.Errorf("no port is free: %w", p.problem)
	}
	if f.front != nil {
		f.front(p)
	}
	issue := a.honest
	if f.cert != nil {
		issue = f.cert
	}
	cert, err := issue(a)
	if err != nil {
		return err
	}
	p.server = &http.Server{
		Handler: p.handler(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(nowhere{}, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
	}
	go func() { _ = p.server.ServeTLS(p.listen, "", "") }()
	return nil
}

func (p *proxy) handler() http.Handler {
	honest := &httputil.ReverseProxy{
		ErrorLog: log.New(nowhere{}, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.upstream)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
			if p.request != nil {
				p.request(r.Out)
			}
		},
		ModifyResponse: p.answer,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.instead == nil || !p.instead(w, r) {
			honest.ServeHTTP(w, r)
		}
	})
}

func (p *proxy) close() error {
	if p.server == nil {
		return p.listen.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := p.server.Shutdown(ctx); err != nil {
		return p.server.Close() // idle connections of the doctor need no manners
	}
	return nil
}

// nowhere is a log that nobody reads.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
