package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// pass is what a signed-in client shows.
type pass struct{ token, cookie, csrf string }

// signIn signs a person in as a program would, with a CSRF token and no cookie.
func (n *node) signIn(ctx context.Context, email string) (p pass, err error) {
	var csrf struct {
		CSRFToken string `json:"csrf_token"`
	}
	if _, err := n.call(ctx, http.MethodGet, "/api/v1/auth/csrf-token", "", nil, &csrf); err != nil {
		return p, err
	}
	var got struct {
		AccessToken string `json:"access_token"`
	}
	res, err := n.call(ctx, http.MethodPost, "/api/v1/auth/jwt/login", credentials(email), map[string]string{
		"Content-Type": "application/json", "X-CSRF-TOKEN": csrf.CSRFToken,
	}, &got)
	if err != nil {
		return p, err
	}
	for _, c := range res.Cookies() {
		if c.Name == "aiwfe_session" {
			p.cookie = c.Name + "=" + c.Value
		}
	}
	p.token, p.csrf = got.AccessToken, csrf.CSRFToken
	return p, nil
}

func credentials(email string) string {
	body, _ := json.Marshal(map[string]string{"email": email, "password": password})
	return string(body)
}

func (n *node) call(ctx context.Context, method, path, body string, header map[string]string, into any) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, n.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		return res, err
	}
	if res.StatusCode >= 300 {
		return res, fmt.Errorf("%s %s was answered with %d %s", method, path, res.StatusCode, all)
	}
	if into == nil {
		return res, nil
	}
	return res, json.Unmarshal(all, into)
}

// get prepares one request without a body.
func (n *node) get(path string, header ...string) ([]bench.Wire, error) {
	return bench.Prepare(bench.Request{URL: n.url + path, Header: header})
}

// loginWires is a login of each person in turn.
func (n *node) loginWires(ctx context.Context) ([]bench.Wire, error) {
	p, err := n.signIn(ctx, boss)
	if err != nil {
		return nil, err
	}
	var all []bench.Request
	for _, email := range n.db.people {
		all = append(all, bench.Request{
			Method: http.MethodPost, URL: n.url + "/api/v1/auth/jwt/login", Body: credentials(email),
			Header: []string{"Content-Type: application/json", "X-CSRF-TOKEN: " + p.csrf},
		})
	}
	return bench.Prepare(all...)
}
