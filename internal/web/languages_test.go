package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestMenuKeepsTheAddressAndNoSecret(t *testing.T) {
	for _, c := range []struct{ name, method, target, path, want string }{
		{"plain", "GET", "/login", "/login", "/login?lang="},
		{"with more", "GET", "/login?next=%2Fdocs&notice=signed-out", "/login", "/login?next=%2Fdocs&notice=signed-out&lang="},
		{"in a language", "GET", "/login?lang=fr", "/login", "/login?lang="},
		{"a form that came back", "POST", "/account/profile?x=y", "/account", "/account?lang="},
		{"a one-time link", "GET", "/setup?token=s3cret", "/setup", ""},
		{"more than anybody needs", "GET", "/login?x=" + strings.Repeat("y", maxKeptQuery), "/login", "/login?lang="},
		{"another host", "GET", "/", "//evil.example/", ""},
		{"no path", "GET", "/", "javascript:alert(1)", ""},
	} {
		got := inLanguage(httptest.NewRequest(c.method, c.target, nil), c.path)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWayBackDoesNotUndoALanguage(t *testing.T) {
	for address, want := range map[string]string{
		"/account":                "/account",
		"/account?lang=de":        "/account",
		"/docs?b=1&a=2":           "/docs?b=1&a=2", // as it was
		"/docs?a=2&lang=de&b=%2F": "/docs?a=2&b=%2F",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := withoutLang(u); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
