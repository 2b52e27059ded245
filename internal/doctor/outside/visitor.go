package outside

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

// visitor asks over HTTP as a plain client does. It keeps no cookies and
// follows no redirect: a redirect to another origin could carry a password away.
type visitor struct {
	client *http.Client
	base   *url.URL // where requests go
	host   string   // the Host header
	pace   *pace
}

// newVisitor goes to base and says that it wants host. server is the name that
// the certificate must have. insecure is for what is asked after the
// certificate has been judged by a check of its own.
func newVisitor(base *url.URL, host, server string, insecure bool) *visitor {
	t := &http.Transport{
		Proxy:               nil, // HTTPS_PROXY would show us another world than a browser's
		DialContext:         (&net.Dialer{Timeout: 4 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{ServerName: server, InsecureSkipVerify: insecure, MinVersion: tls.VersionTLS10}, //nolint:gosec // it judges, and sends nothing secret before it has
		TLSHandshakeTimeout: 4 * time.Second, ResponseHeaderTimeout: 6 * time.Second,
		DisableCompression: true, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 6, // some proxies allow one address ten
		MaxResponseHeaderBytes: 256 << 10,
	}
	return &visitor{base: base, host: host, pace: &pace{}, client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// request is one question.
type request struct {
	method string // "" is GET
	path   string // with a query, sent as it stands
	header http.Header
	body   string
}

// answer is what came back.
type answer struct {
	http.Header
	status int
	proto  string
	body   []byte
	tls    *tls.ConnectionState
	began  time.Time
	took   time.Duration
}

// ask sends one request, and again where something in front found it hasty.
func (v *visitor) ask(ctx context.Context, q request) (*answer, error) {
	for attempt := 0; ; attempt++ {
		if err := v.pace.wait(ctx); err != nil {
			return nil, err
		}
		a, err := v.once(ctx, q)
		switch {
		case err != nil:
			return nil, err
		case !v.pace.hasty(a, attempt):
			if attempt > 0 && a.Get("X-Request-Id") != "" {
				v.pace.helped()
			}
			return a, nil
		}
		if err := v.pace.again(ctx, a, attempt); err != nil {
			return nil, err
		}
	}
}

func (v *visitor) once(ctx context.Context, q request) (*answer, error) {
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(v.base.String(), "/")+q.path, strings.NewReader(q.body))
	if err != nil {
		return nil, err
	}
	for name, values := range q.header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	r.Host = v.host
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "aiwfe-auth-doctor/"+version.String())
	}
	began := time.Now()
	res, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return &answer{
		Header: res.Header, status: res.StatusCode, proto: res.Proto, body: body, tls: res.TLS,
		began: began, took: time.Since(began),
	}, nil
}

// why is the plain reason of a network error, without the address that every
// layer puts before it.
func why(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return err.Error()
}
