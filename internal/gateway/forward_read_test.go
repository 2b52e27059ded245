package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A client that reaches our own pages through a trusted proxy can write X-Original-URL, and the proxy says which host
// it got the request for.
func TestNginxAsksAboutTheHostThatItGotTheRequestFor(t *testing.T) {
	for _, tt := range []struct {
		address, told string
		want          bool
	}{
		{"https://app.example.com/x", "", true},
		{"https://app.example.com/x", "app.example.com", true},
		{"https://app.example.com:8443/x", "APP.example.com", true},
		{"https://app.example.com/x", "auth.example.com", false},
		{"https://app.example.com/x", "auth.example.com, app.example.com", false},
	} {
		r := httptest.NewRequest(http.MethodGet, ForwardPath, nil)
		r.Header[originalURL], r.Header[originalMethod] = []string{tt.address}, []string{"GET"}
		if tt.told != "" {
			r.Header[forwardedHost] = []string{tt.told}
		}
		if _, err := byOriginal(r); (err == nil) != tt.want {
			t.Errorf("%s with X-Forwarded-Host: %s: %v", tt.address, tt.told, err)
		}
	}
}
