package policy

import (
	"errors"
	"strings"
	"testing"
)

func TestPathsThatCanBeReadInTwoWaysAreRefused(t *testing.T) {
	for raw, want := range map[string]error{
		"":                              ErrNoPath,
		"admin":                         ErrNoPath,
		"http://x/admin":                ErrNoPath,
		"*":                             ErrNoPath,
		"//admin":                       ErrSegments,
		"/a//admin":                     ErrSegments,
		"/./admin":                      ErrSegments,
		"/a/../admin":                   ErrSegments,
		"/a/..":                         ErrSegments,
		"/a/.":                          ErrSegments,
		"/..;/admin":                    ErrMatrix,
		"/a/.;x/admin":                  ErrMatrix,
		"/a/;/admin":                    ErrMatrix,
		"/%2e%2e/admin":                 ErrHidden,
		"/%2E/admin":                    ErrHidden,
		"/a%2fadmin":                    ErrHidden,
		"/a%5cadmin":                    ErrHidden,
		"/%252e%252e/admin":             ErrHidden,
		"/a%00":                         ErrHidden,
		"/a%0d%0aX: y":                  ErrControl, // the blank comes first
		"/a%0d%0aX:y":                   ErrHidden,
		"/a%3fx":                        ErrHidden,
		"/a%23x":                        ErrHidden,
		"/a%3bx":                        ErrHidden,
		"/a%":                           ErrEscape,
		"/a%4":                          ErrEscape,
		"/a%u0041":                      ErrEscape,
		`/a\admin`:                      ErrBack,
		`/\admin`:                       ErrBack,
		"/a admin":                      ErrControl,
		"/a\tadmin":                     ErrControl,
		"/a\x00":                        ErrControl,
		"/a%ff":                         ErrControl,
		"/a%c0%ae%c0%ae/admin":          ErrControl, // an overlong dot
		"/a%c2%85":                      ErrControl, // a line end of ISO 8859
		"/a?x":                          ErrQuery,
		"/a#x":                          ErrQuery,
		"/.../admin":                    ErrSegments, // Windows: dots at an end fall away
		"/..%20/admin":                  ErrSegments,
		"/a/.%E2%80%8D./admin":          ErrSegments, // two dots with a joiner that some file systems leave out
		"/a/\uff0e\uff0e/admin":         ErrSegments, // wide dots
		"/a/\u2025/admin":               ErrSegments, // one character of two dots
		"/a\uff0fadmin":                 ErrHidden,   // a wide slash
		"/a\u2100admin":                 ErrHidden,   // a/c in one character
		"/a\uff052e/admin":              ErrHidden,   // a wide percent sign
		"/" + strings.Repeat("a", 9000): ErrTooLong,
	} {
		if got, err := Path(raw); !errors.Is(err, want) {
			t.Errorf("%.40q: %q, %v; want %v", raw, got, err, want)
		}
	}
}

func TestPathsThatLeadToThemselves(t *testing.T) {
	for raw, want := range map[string]string{
		"/":                 "/",
		"/a":                "/a",
		"/a/":               "/a/",
		"/a/.well-known/x":  "/a/.well-known/x",
		"/a..b/...c":        "/a..b/...c",
		"/%61dmin":          "/admin",
		"/gr%C3%BC%C3%9Fe":  "/grüße",
		"/grüße":            "/grüße",
		"/a%20b":            "/a b",
		"/a;v=1/b":          "/a;v=1/b",
		"/@scope/pkg@1.0:x": "/@scope/pkg@1.0:x",
	} {
		if got, err := Path(raw); err != nil || got != want {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
}

func TestHosts(t *testing.T) {
	for raw, want := range map[string]string{
		"app.example.com": "app.example.com", "APP.Example.com:8443": "app.example.com", "app.example.com.": "app.example.com",
		"app.example.com.:443": "app.example.com", "127.0.0.1:80": "127.0.0.1", "[::1]:80": "::1", "[::1]": "::1",
		"xn--bcher-kva.example": "xn--bcher-kva.example",
	} {
		if got, err := Host(raw); err != nil || got != want {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{
		"", ".", "a..b", "a b", "bücher.example", "a@b", "a/b", "a,b", "a:b:c", "a:", "a:99999999", "[::1", "[::1]x", "[1.2.3.4]", "[fe80::1%25eth0]", "a\x00",
		strings.Repeat("a", 64) + ".com", strings.Repeat("a.", 200), "127.1", "0x7f.0.0.1", "a.0x7f", "2130706433", "127.0.0.01", "1.2.3.4.5",
	} {
		if got, err := Host(raw); err == nil {
			t.Errorf("%q is taken for %q", raw, got)
		}
	}
}

func FuzzPath(f *testing.F) {
	f.Add("/a/%41/b;c")
	f.Add("/a/%2e%2e/b")
	f.Fuzz(func(t *testing.T, raw string) {
		plain, err := Path(raw)
		if err != nil {
			return
		}
		if !strings.HasPrefix(plain, "/") || strings.Contains(plain, "//") || strings.Contains(plain+"/", "/../") || strings.ContainsAny(plain, "\\%\x00\r\n") {
			t.Errorf("%q became %q", raw, plain)
		}
		for _, other := range append(readings(plain), barest(plain)) {
			if segments(other) != nil || strings.ContainsAny(other, "\\%") || strings.Count(other, "/") != strings.Count(plain, "/") {
				t.Errorf("%q became %q, which is read as %q", raw, plain, other)
			}
		}
	})
}

func FuzzHost(f *testing.F) {
	f.Add("App.example.com.:80")
	f.Add("[::1]:443")
	f.Fuzz(func(t *testing.T, raw string) {
		host, err := Host(raw)
		if err != nil {
			return
		}
		again := host
		if strings.Contains(host, ":") {
			again = "[" + host + "]"
		}
		if twice, err := Host(again); err != nil || twice != host || host != strings.ToLower(host) || strings.ContainsAny(host, "/@,* %\x00\r\n") {
			t.Errorf("%q became %q, and that %q, %v", raw, host, twice, err)
		}
	})
}
