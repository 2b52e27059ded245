package main

import "testing"

// TestPublicAddressIsReadAsBrowsersDo: names in any script and case, addresses
// of digits, and nothing beside scheme and host.
func TestPublicAddressIsReadAsBrowsersDo(t *testing.T) {
	for text, want := range map[string]string{
		"https://auth.example.com":     "https://auth.example.com",
		"https://AUTH.example.com/":    "https://auth.example.com",
		"https://bücher.example":       "https://xn--bcher-kva.example",
		"http://localhost:8080":        "http://localhost:8080",
		"http://127.0.0.1:8080":        "http://127.0.0.1:8080",
		"https://[2001:db8::1]:8443":   "https://[2001:db8::1]:8443",
		"https://my_host.internal":     "https://my_host.internal",
		"https://auth.example.com/x":   "",
		"https://auth.example.com?a=b": "",
		"https://a:b@auth.example.com": "",
		"ftp://auth.example.com":       "",
		"auth.example.com":             "",
		"https://":                     "",
	} {
		u, err := publicAddress("--url", text)
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
}
