package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

func ask(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	a, err := NewAssets(brand.Default())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "http://localhost/", nil)
	r.URL.Path = path // as it is, dots and all
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w.Result()
}

func address(t *testing.T, name string) string {
	t.Helper()
	a, err := NewAssets(brand.Default())
	if err != nil {
		t.Fatal(err)
	}
	at, err := a.Address(name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestOnlyTheHashedAddressIsKeptForEver(t *testing.T) {
	for name, mime := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		for path, cache := range map[string]string{
			address(t, name):    "public, max-age=31536000, immutable",
			StaticPrefix + name: "no-cache",
		} {
			res := ask(t, http.MethodGet, path)
			h := res.Header
			if res.StatusCode != 200 || h.Get("Cache-Control") != cache || h.Get("Content-Type") != mime || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d, %v", path, res.StatusCode, h)
			}
			again := ask(t, http.MethodGet, path, "If-None-Match", h.Get("ETag"))
			if again.StatusCode != http.StatusNotModified {
				t.Errorf("%s with its tag: %d", path, again.StatusCode)
			}
		}
	}
}

func TestNothingButTheFilesIsServed(t *testing.T) {
	for _, path := range []string{
		"/static/", "/static", "/static/..", "/static/../templates/login.html", "/static/app.css/", "/static/./app.css",
		"/static/app.0000000000.css", "/static//app.css", "/static/%2e%2e/doc.go", "/static/app.css\x00",
	} {
		res := ask(t, http.MethodGet, path)
		if res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d, %q", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	if res := ask(t, http.MethodPost, address(t, "app.css")); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
}

func TestCompressionIsAskedForAndGivesTheSameBytes(t *testing.T) {
	at := address(t, "app.css")
	plain, err := io.ReadAll(ask(t, http.MethodGet, at).Body)
	if err != nil {
		t.Fatal(err)
	}
	res := ask(t, http.MethodGet, at, "Accept-Encoding", "br, gzip;q=0.8")
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(plain, unpacked) {
		t.Errorf("%d bytes after unpacking, %d before; %v", len(unpacked), len(plain), err)
	}
	for _, refusal := range []string{"", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip", "gzip;q=x"} {
		if res := ask(t, http.MethodGet, at, "Accept-Encoding", refusal); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q got a packed answer", refusal)
		}
	}
	if res := ask(t, http.MethodHead, at); res.StatusCode != 200 || res.ContentLength != int64(len(plain)) {
		t.Errorf("HEAD: %d, length %d", res.StatusCode, res.ContentLength)
	}
}

// A style sheet may load things too, and the policy forbids them all.
func TestStaticFilesNameNoOtherPlace(t *testing.T) {
	for _, name := range []string{"app.css", "app.js", "favicon.svg"} {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(body), `xmlns="http://www.w3.org/2000/svg"`, "")
		for _, bad := range []string{"http:", "https:", "@import", "url(", "eval(", "innerHTML", "<style", "<script"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
}
