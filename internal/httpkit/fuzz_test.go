package httpkit

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Whatever the Cookie header holds, a value that is taken is of the letters
// that we write, stands in the header as it is, and stands there once.
func FuzzCookie(f *testing.F) {
	const name = "__Host-aiwfe_session"
	for _, seed := range []string{
		"", name + "=abc", "a=1; " + name + "=abc; b=2", name + "=a; " + name + "=b", name + `="abc"`, name + "=",
		"$Version=1; " + name + "=abc", `a="; ` + name + "=abc; b=\"", "\u2000" + name + "=abc", name + " = abc ", name + "=a=b",
		strings.Repeat("a=b; ", 100) + name + "=abc", name + "=" + strings.Repeat("a", 201), "=" + name + "=abc", ";;;" + name + "=abc",
	} {
		f.Add(seed)
	}
	w := build(f)
	f.Fuzz(func(t *testing.T, header string) {
		r := ask(http.MethodGet, "/", "")
		r.Header["Cookie"] = []string{header}
		q := w.look(r)
		value := q.Client.SessionCookie
		switch {
		case value == "":
			return
		case q.brokenSession:
			t.Errorf("a broken cookie has the value %q", value)
		case !plain(value) || len(value) > 200:
			t.Errorf("%q was taken", value)
		case !strings.Contains(header, value) || !strings.Contains(header, name):
			t.Errorf("%q does not stand in the header", value)
		case strings.Count("; "+header+";", "; "+name+"="+value+";") > 1:
			t.Errorf("%q stands there twice", value)
		case !q.ours:
			t.Error("a request with our cookie counts as one without")
		}
	})
}

// No body makes the decoder panic, and of what was sent no error gives back more
// than a bit of plain text.
func FuzzJSONBody(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "[]", `"x"`, `{"email":"a","count":1,"inner":{"on":true},"list":["x"]}`, `{"email":"a","email":"b"}`,
		`{"Email":"a"}`, `{"unknown":1}`, `{"email":1}`, `{"list":["a",{}]}`, `{"count":1e400}`, "{\"email\":\"\xff\"}", `{"email":"\ud800"}`,
		strings.Repeat("[", 200), `{"email":"a"} x`,
	} {
		f.Add([]byte(seed))
	}
	sayings := []string{
		"malformed_json (json_syntax): json syntax", "malformed_json (json_unknown_key): unknown key",
		"malformed_json (json_not_an_object): not an object", "malformed_json (json_not_an_object): null",
		"validation_failed (validation_failed)",
	}
	pointers := regexp.MustCompile(`^/(email|count|inner|inner/on|list|list/[0-9]+)$`)
	f.Fuzz(func(t *testing.T, body []byte) {
		err := decode(body, new(shape))
		if err == nil {
			if !utf8.Valid(body) {
				t.Error("bytes that are not UTF-8 are accepted")
			}
			return
		}
		x := fault.From(err)
		if x.Code != api.CodeMalformedJSON && x.Code != api.CodeValidationFailed {
			t.Fatalf("the fault is %v", x)
		}
		if !slices.Contains(sayings, x.Error()) { // these, and nothing out of the body
			t.Errorf("the log gets %q", x.Error())
		}
		if len(x.Detail) > 200 || strings.ContainsFunc(x.Detail, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("the detail is %q", x.Detail)
		}
		for _, field := range x.Fields {
			if !pointers.MatchString(field.Pointer) {
				t.Errorf("the pointer is %q", field.Pointer)
			}
		}
	})
}

// A peer that is no proxy of ours decides nothing by its headers, and what a
// proxy forwards is an address or is not taken.
func FuzzForwardedHeaders(f *testing.F) {
	for _, seed := range []string{
		"", "1.2.3.4", "1.2.3.4, 203.0.113.5", "10.0.0.2", "unknown", "[2001:db8::1]:443", "::ffff:10.0.0.1", "1.2.3.4:80", ",", "fe80::1%eth0",
		"1.2.3.4,\t10.0.0.1", "\"1.2.3.4\"", "0x7f.1", "1.2.3.4\x00",
	} {
		f.Add(seed, "1.2.3.4", "for=1.2.3.4", "abc", false)
		f.Add("1.2.3.4", seed, seed, seed, true)
	}
	w := build(f)
	peers := map[bool]string{false: "203.0.113.77", true: "10.0.0.1"}
	f.Fuzz(func(t *testing.T, first, second, forwarded, id string, proxied bool) {
		r := ask(http.MethodGet, "/", "")
		r.RemoteAddr = peers[proxied] + ":4711"
		r.Header["X-Forwarded-For"] = []string{first, second}
		for _, name := range []string{"Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Forwarded-Host", "Via"} {
			r.Header[name] = []string{forwarded}
		}
		r.Header["X-Request-Id"] = []string{id}
		q := w.look(r)
		if q.Proxied != proxied {
			t.Errorf("proxied is %v", q.Proxied)
		}
		a, err := netip.ParseAddr(q.Client.IP)
		if err != nil || a.Zone() != "" || a.Is4In6() {
			t.Fatalf("the address is %q: %v", q.Client.IP, err)
		}
		if !goodRequestID(q.ID) {
			t.Errorf("the request id is %q", q.ID)
		}
		if proxied {
			if q.Client.IP != peers[true] && w.trusts(a) {
				t.Errorf("a proxy of ours, %s, is taken for the client", a)
			}
			return
		}
		if q.Client.IP != peers[false] || q.Client.Network != peers[false] {
			t.Errorf("a stranger became %s", q.Client.IP)
		}
		if q.ID == id {
			t.Errorf("a stranger chose the request id %q", id)
		}
	})
}

// What Next accepts leads to our own origin or a listed one, for Go's reading
// of an address and for a browser's.
func FuzzRedirectTarget(f *testing.F) {
	for _, seed := range []string{
		"/", "/account?x=1#y", "//evil.example", "/\\evil.example", "/%2F%2Fevil.example", "/\t/evil.example", "https:evil.example",
		own + "/x", own, listed + "/x", own + "@evil.example", own + ".evil.example", "javascript:alert(1)", "/..//evil.example",
		"https://auth.example.com:443/", "/%5cevil.example", "/a?next=//evil.example", "/;//evil.example", "https:///evil.example",
		"/.%2f%2fevil.example", own + "//evil.example", own + "?//evil.example", own + "#//x", "/%09/evil.example", "/?\\",
	} {
		f.Add(seed)
	}
	w := build(f)
	base := must(url.Parse(own + "/login"))
	f.Fuzz(func(t *testing.T, raw string) {
		u, ok := w.Next(raw)
		if !ok {
			return
		}
		to := u.String() // what the answer sends
		there, err := base.Parse(to)
		if err != nil {
			t.Fatalf("%q became %q, which Go does not read: %v", raw, to, err)
		}
		if origin := there.Scheme + "://" + there.Host; origin != own && origin != listed || there.User != nil {
			t.Errorf("%q leads Go to %s", raw, there)
		}
		if origin := browsersOrigin(to); origin != own && origin != listed {
			t.Errorf("%q leads a browser to %q", to, origin)
		}
		if strings.ContainsAny(to, "\r\n\t\x00\\ ") || !utf8.ValidString(to) {
			t.Errorf("%q became %q, which has a character that readers differ about", raw, to)
		}
		if again, ok := w.Next(to); !ok || again.String() != to {
			t.Errorf("%q became %q, which would be refused", raw, to)
		}
	})
}

// browsersOrigin reads a Location on a page of ours as the WHATWG URL standard
// does, as far as the origin goes: it drops blanks and control characters
// around, tabs and line breaks anywhere, and takes a backslash for a slash.
func browsersOrigin(to string) string {
	to = strings.TrimFunc(to, func(r rune) bool { return r <= 0x20 })
	to = strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(to)
	scheme, rest := "https", to
	if s, after, ok := strings.Cut(to, ":"); ok && !strings.ContainsAny(s, "/?#") {
		scheme, rest = strings.ToLower(s), after
		if scheme != "http" && scheme != "https" {
			return scheme + ":"
		}
		if scheme == "https" && !strings.HasPrefix(rest, "/") {
			return own // "https:x" on an https page is a relative address
		}
		rest = "//" + strings.TrimLeft(rest, "/")
	}
	if !strings.HasPrefix(rest, "//") {
		return own
	}
	host := strings.TrimLeft(rest, "/")
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndex(host, "@"); i >= 0 {
		host = host[i+1:]
	}
	host = strings.ToLower(host)
	if plain, err := url.PathUnescape(host); err == nil {
		host = plain
	}
	return scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
}

// A form that is read holds each field once, as net/url reads it.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"", "a=1&b=2", "a=1&a=2", "a=1&%61=2", "a=1;b=2", "a=%4", "=", "a", "a=+", "&&&", strings.Repeat("a&", 60), "a=%00", "csrf_token=x&email=%C3%A9",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := ParseForm(body)
		if err != nil {
			if x := fault.From(err); x.Code != api.CodeMalformedRequest || x.Cause != nil || form != nil {
				t.Errorf("the fault is %v, the form %v", x, form)
			}
			return
		}
		values, err := url.ParseQuery(string(body))
		if err != nil || len(values) != len(form) || len(form) > 51 {
			t.Fatalf("%d fields, net/url reads %d, %v", len(form), len(values), err)
		}
		for name, value := range form {
			if all := values[name]; len(all) != 1 || all[0] != value {
				t.Errorf("%q is %q, net/url reads %q", name, value, all)
			}
		}
	})
}
