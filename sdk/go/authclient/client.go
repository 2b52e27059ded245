package authclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	api        = "/api/v1/auth"
	mostAnswer = 4 << 20
	askLimit   = 10 * time.Second
)

// Client asks one aiwfe-auth. It keeps no cookies, so that it can serve many
// people at once without mixing them; SignedIn holds what belongs to one.
type Client struct {
	base string
	http *http.Client
	// patience is how long a question that changes nothing waits to be asked again.
	patience time.Duration

	mu   sync.Mutex
	csrf string
}

// Option changes a client.
type Option func(*Client)

// WithHTTPClient brings a transport and a timeout of your own. Its cookie jar is
// not used, and no redirect is followed: it would take a password along.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) { own := *h; c.http = &own }
}

// WithPatience sets how long Status, Me, Sessions and a refresh may wait for what
// Retry-After says, each time; 3 s if not given, 0 for never.
func WithPatience(d time.Duration) Option { return func(c *Client) { c.patience = d } }

// NewClient takes the address that users type, such as https://auth.example.com.
// Plain http is for this machine and a network of your own: passwords go over it.
func NewClient(base string, options ...Option) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf(
			"the address of aiwfe-auth is %q; it should be like https://auth.example.com, without a path", base)
	}
	c := &Client{base: u.Scheme + "://" + u.Host, http: &http.Client{Timeout: askLimit}, patience: 3 * time.Second}
	for _, o := range options {
		o(c)
	}
	c.http.Jar = nil
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// question is one request.
type question struct {
	method, path string
	header       http.Header
	body         any
	// again says that to ask twice does no harm.
	again bool
}

// ask sends a question and reads the answer into out, which may be nil.
func (c *Client) ask(ctx context.Context, q question, out any) error {
	for tries := 0; ; tries++ {
		err := c.once(ctx, q, out)
		if err == nil || !q.again || tries == 2 || !c.wait(ctx, err) {
			return err
		}
	}
}

// wait waits for what the server asked for, if that is short enough to be worth it.
func (c *Client) wait(ctx context.Context, err error) bool {
	var p *Problem
	if !errors.As(err, &p) || p.RetryAfter == 0 || p.RetryAfter > c.patience || !IsUnavailable(err) {
		return false
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < p.RetryAfter {
		return false
	}
	timer := time.NewTimer(p.RetryAfter)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (c *Client) once(ctx context.Context, q question, out any) error {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return fmt.Errorf("write the question %s: %w", q.path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, c.base+q.path, body)
	if err != nil {
		return fmt.Errorf("ask %s: %w", q.path, err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	res, err := c.http.Do(req)
	if err != nil {
		return &Unavailable{err}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return &Unavailable{fmt.Errorf("read the answer of %s: %w", q.path, err)}
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return problemOf(res, text)
	}
	if out == nil {
		return nil
	}
	if !isJSON(mediaType(res)) || json.Unmarshal(text, out) != nil {
		return problemOf(res, nil)
	}
	return nil
}

func mediaType(res *http.Response) string {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return kind
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

func isJSON(kind string) bool {
	return kind == "application/json" || kind == "application/jwk-set+json"
}
