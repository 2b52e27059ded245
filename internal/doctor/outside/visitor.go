package outside

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

// visitor asks over HTTP as a plain client does. It keeps no cookies and
// follows no redirect: a redirect to another origin could carry a password away.
type visitor struct {
	client *http.Client
	base   *url.URL     // where requests go
	host   string       // the Host header
	held   atomic.Int64 // how often a limit held a request up
	haste  *haste
}

// newVisitor goes to base and says that it wants host. server is the name that
// the certificate must have. insecure is for what is asked after the
// certificate has been judged by a check of its own.
func newVisitor(base *url.URL, host, server string, insecure bool) *visitor {
	t := &http.Transport{
		Proxy:               nil, // HTTPS_PROXY would show us another world than a browser's
		DialContext:         dialing,
		TLSClientConfig:     &tls.Config{ServerName: server, InsecureSkipVerify: insecure, MinVersion: tls.VersionTLS10, CipherSuites: suites()}, //nolint:gosec // it judges, and sends nothing secret before it has
		TLSHandshakeTimeout: 4 * time.Second, ResponseHeaderTimeout: 6 * time.Second,
		DisableCompression: true, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 6, // some proxies allow one address ten
		MaxResponseHeaderBytes: 256 << 10,
	}
	return &visitor{base: base, host: host, haste: &haste{}, client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// dialing connects. Browsers know that every name below localhost is this
// machine; resolvers often do not.
func dialing(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("localhost", port)
	}
	return (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, network, address)
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

// patience is how long it waits before it asks again where a proxy lets only so
// many requests through: an examination asks more at once than a person does.
var patience = []time.Duration{300 * time.Millisecond, time.Second, 3 * time.Second}

// ask sends one request, and again where it was held up by a limit.
func (v *visitor) ask(ctx context.Context, q request) (*answer, error) {
	for attempt, pause := range patience {
		if err := v.haste.wait(ctx); err != nil {
			return nil, err
		}
		a, err := v.once(ctx, q)
		if err != nil || !a.held() {
			if err == nil && attempt > 0 {
				v.haste.helped()
			}
			return a, err
		}
		v.held.Add(1)
		v.haste.held()
		select {
		case <-ctx.Done():
			return a, nil
		case <-time.After(pause):
		}
	}
	return v.once(ctx, q)
}

// held says that a proxy answered for there being too many requests, or no
// server: the servers themselves say so with a code.
func (a *answer) held() bool {
	return (a.status == http.StatusServiceUnavailable || a.status == http.StatusTooManyRequests) && problem(a).Code == ""
}

// once sends one request.
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
		r.Header.Set("User-Agent", version.DoctorsAgent+version.String())
	}
	began := time.Now()
	res, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := read(res)
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return &answer{
		Header: res.Header, status: res.StatusCode, proto: res.Proto, body: body, tls: res.TLS,
		began: began, took: time.Since(began),
	}, nil
}

// read takes an answer as a browser does, which unpacks what it did not ask to
// be packed.
func read(res *http.Response) ([]byte, error) {
	var from io.Reader = res.Body
	if strings.EqualFold(res.Header.Get("Content-Encoding"), "gzip") && res.Request.Method != http.MethodHead {
		packed := bufio.NewReader(res.Body)
		from = packed
		if magic, _ := packed.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
			unpacked, err := gzip.NewReader(packed)
			if err != nil {
				return nil, err
			}
			from = unpacked
		}
	}
	return io.ReadAll(io.LimitReader(from, maxAnswer))
}

// suites are the ciphers that browsers still take, which are a few more than
// this library's own choice.
func suites() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	return append(ids, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA)
}

// why is the plain reason of a network error, without the address that every
// layer puts before it.
func why(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return err.Error()
}
