package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/pause"
)

// client is a program of one person: tokens in headers, and of cookies only the one that the CSRF token belongs to, as
// a front end on another host has it.
type client struct {
	base  string
	http  *http.Client
	tally *tally
	csrf  string
	token string
	// cookie is what the CSRF token is bound to.
	cookie *http.Cookie
	// refresh is good once.
	refresh string
}

// answered is what the server said.
type answered struct {
	status int
	body   struct {
		Code           string `json:"code"`
		CSRFToken      string `json:"csrf_token"`
		AccessToken    string `json:"access_token"`
		RefreshToken   string `json:"refresh_token"`
		Requires2FA    bool   `json:"requires_2fa"`
		ChallengeToken string `json:"challenge_token"`
		Secret         string `json:"secret"`
	}
}

func (a answered) good() bool { return a.status < http.StatusBadRequest }

// newClient comes from a loopback address of its own where the system has more than one: limits count by address.
func newClient(base string, from net.IP, t *tally) *client {
	own := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		if conn, err := own.DialContext(ctx, "tcp4", address); err == nil {
			return conn, nil
		}
		return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", address)
	}
	return &client{base: base, tally: t, http: &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second},
	}}
}

// errGone is that the time was over while somebody was busy.
var errGone = errors.New("the time is over")

func (c *client) do(ctx context.Context, method, path string, in any) (a answered, err error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return a, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", agents[len(path)%len(agents)])
	if c.csrf != "" {
		req.Header.Set("X-CSRF-TOKEN", c.csrf)
	}
	if c.cookie != nil {
		req.AddCookie(c.cookie)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if ctx.Err() != nil {
		return a, errGone
	}
	if err != nil {
		c.tally.failed(err)
		return a, err
	}
	defer func() { _ = res.Body.Close() }()
	c.tally.add(func(r *Report) { r.Requests++ })
	a.status = res.StatusCode
	for _, one := range res.Cookies() {
		if strings.Contains(one.Name, "csrf") {
			c.cookie = one
		}
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && len(text) > 0 && text[0] == '{' {
		err = json.Unmarshal(text, &a.body)
	}
	if err != nil {
		return a, fmt.Errorf("read the answer of %s: %w", path, err)
	}
	if !a.good() {
		c.tally.refused(a.body.Code)
	}
	return a, nil
}

var agents = []string{
	"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
	"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
}

// sleep waits, or says that the time is over.
func sleep(ctx context.Context, d time.Duration) error {
	if pause.For(ctx, d) != nil {
		return errGone
	}
	return nil
}
