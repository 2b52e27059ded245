package faultlab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// transport trusts the authority of the deployment.
func (r *running) transport(t *testing.T) *http.Transport {
	t.Helper()
	if r.ca == "" {
		return &http.Transport{MaxIdleConnsPerHost: 32}
	}
	text, err := os.ReadFile(r.ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &http.Transport{MaxIdleConnsPerHost: 32, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

// askJSON sends one request and reads the answer, which must be a good one.
func askJSON(t *testing.T, c *http.Client, method, address, csrf, body string, into any) {
	t.Helper()
	if err := tryJSON(t.Context(), c, method, address, csrf, body, into); err != nil {
		t.Fatal(err)
	}
}

func tryJSON(ctx context.Context, c *http.Client, method, address, csrf, body string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if csrf != "" {
		req.Header.Set("X-CSRF-TOKEN", csrf)
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return &wrongStatus{method + " " + address, res.Status}
	}
	return json.NewDecoder(res.Body).Decode(into)
}

type wrongStatus struct{ asked, answered string }

func (w *wrongStatus) Error() string { return w.asked + " was answered " + w.answered }
