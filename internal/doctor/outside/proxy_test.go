package outside

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// echoOf is an echo that left with some header lines and came back with others.
func echoOf(sent, came [][2]string) *echo {
	e := &echo{answer: &answer{Header: http.Header{}}, ours: true}
	for _, l := range sent {
		e.Sent = append(e.Sent, api.EchoLine{Name: l[0], Value: l[1]})
	}
	for _, l := range came {
		e.Header.Add(l[0], l[1])
	}
	return e
}

const (
	sentOne = "__Host-aiwfe_probe=aiwfe-probe-set-0; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax"
	sentTwo = "__Host-aiwfe_probe_two=aiwfe-probe-set-1; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"
)

func TestWhatBecomesOfSetCookie(t *testing.T) {
	for _, c := range []struct {
		name               string
		came               []string
		dropped, rewritten int
	}{
		{"as they left", []string{sentOne, sentTwo}, 0, 0},
		{"in another order", []string{sentTwo, sentOne}, 0, 0},
		{"among those of the proxy", []string{"NODE=1; Path=/", sentOne, sentTwo}, 0, 0},
		{"attributes in another order and case", []string{"__Host-aiwfe_probe=aiwfe-probe-set-0; secure; samesite=lax; httponly; max-age=60; path=/", sentTwo}, 0, 0},
		{"with an Expires beside Max-Age", []string{sentOne + "; Expires=Mon, 30 Nov 2026 03:00:00 GMT", sentTwo}, 0, 0},
		{"none", nil, 2, 0},
		{"the last alone", []string{sentTwo}, 1, 0},
		{"joined in one line", []string{sentOne + ", " + sentTwo}, 0, 2},
		{"without Secure", []string{strings.Replace(sentOne, "; Secure", "", 1), sentTwo}, 0, 1},
		{"with a Domain", []string{sentOne + "; Domain=example.com", sentTwo}, 0, 1},
		{"with another Path", []string{strings.Replace(sentOne, "Path=/", "Path=/auth", 1), sentTwo}, 0, 1},
		{"under another name", []string{strings.Replace(sentOne, "__Host-aiwfe_probe", "app", 1), sentTwo}, 0, 1},
		{"with another value", []string{strings.Replace(sentOne, "set-0", "set", 1), sentTwo}, 0, 1},
	} {
		e := echoOf([][2]string{{"Set-Cookie", sentOne}, {"Set-Cookie", sentTwo}}, nil)
		e.Header["Set-Cookie"] = c.came
		dropped, rewritten := cookieLines(e)
		if len(dropped) != c.dropped || len(rewritten) != c.rewritten {
			t.Errorf("%s: lost %q, rewritten %q", c.name, dropped, rewritten)
		}
		if said := strings.Join(slices.Concat(dropped, rewritten), "\n"); strings.Contains(said, "set-0") || strings.Contains(said, "set-1") {
			t.Errorf("%s: the evidence shows a value: %s", c.name, said)
		}
	}
}

func TestReferrerPolicyAsBrowsersReadIt(t *testing.T) {
	for _, c := range []struct {
		came []string
		bad  bool
	}{
		{[]string{"same-origin"}, false},
		{[]string{"no-referrer"}, true},
		{[]string{"same-origin", "no-referrer"}, true},
		{[]string{"no-referrer", "same-origin"}, false},
		{[]string{"no-referrer, strict-origin-when-cross-origin"}, false},
		{[]string{"same-origin, NO-REFERRER"}, true},
		{[]string{"no-referrer, of-the-future"}, true},
		{[]string{"no-referrer-when-downgrade"}, false},
		{nil, false},
	} {
		e := echoOf([][2]string{{"Referrer-Policy", "same-origin"}}, nil)
		e.Header["Referrer-Policy"] = c.came
		if got := referrer(e) != nil; got != c.bad {
			t.Errorf("%q: a fault is %v", c.came, got)
		}
	}
}

func TestHeadersThatProtect(t *testing.T) {
	sent := [][2]string{
		{"Content-Security-Policy", "default-src 'none'"},
		{"X-Frame-Options", "DENY"},
		{"Strict-Transport-Security", "max-age=31536000"},
		{"X-Content-Type-Options", "nosniff"},
	}
	with := func(name string, values ...string) *echo {
		e := echoOf(sent, sent)
		e.Header.Del(name)
		for _, v := range values {
			e.Header.Add(name, v)
		}
		return e
	}
	for _, c := range []struct {
		name string
		e    *echo
		bad  int
	}{
		{"as they left", echoOf(sent, sent), 0},
		{"a second policy beside ours", with(
			"Content-Security-Policy",
			"default-src 'none'",
			"frame-ancestors 'self'",
		), 0},
		{"another policy in place of ours", with("Content-Security-Policy", "default-src *"), 1},
		{"no policy", with("Content-Security-Policy"), 1},
		{"framing by the own host", with("X-Frame-Options", "SAMEORIGIN"), 0},
		{"a longer time for https", with("Strict-Transport-Security", "max-age=63072000; includeSubDomains"), 0},
		{"https switched off", with("Strict-Transport-Security", "max-age=0"), 1},
		{"sniffing", with("X-Content-Type-Options"), 1},
	} {
		if got := protection(c.e); len(got) != c.bad {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestWhatCachesLeaveBehind(t *testing.T) {
	for _, c := range []struct {
		name, value string
		hit, open   bool
	}{
		{"Age", "12", true, false},
		{"Age", "0", false, false},
		{"X-Cache", "HIT", true, false},
		{"X-Cache", "Hit from cloudfront", true, false},
		{"X-Cache", "MISS", false, false},
		{"Cf-Cache-Status", "DYNAMIC", false, false},
		{"Cf-Cache-Status", "HIT", true, false},
		{"Cache-Status", "edge; hit; ttl=30", true, false},
		{"Cache-Control", "no-store", false, false},
		{"Cache-Control", "private, max-age=60", false, false},
		{"Cache-Control", "public, max-age=60", false, true},
		{"Cache-Control", "max-age=60", false, true},
		{"Cache-Control", "public, no-store", false, false},
	} {
		e := echoOf(nil, [][2]string{{c.name, c.value}})
		if got := hit(e) != ""; got != c.hit {
			t.Errorf("%s: %s: a hit is %v", c.name, c.value, got)
		}
		if got := storable(e) != ""; got != c.open {
			t.Errorf("%s: %s: may be kept is %v", c.name, c.value, got)
		}
	}
}

// TestEachRemedyIsOfACause, and names the proxy at hand.
func TestEachRemedyIsOfACause(t *testing.T) {
	for cause, lines := range remedies {
		if _, ok := api.Causes[cause]; !ok {
			t.Errorf("%s is no cause", cause)
		}
		for kind := range lines {
			if names[kind] == "" {
				t.Errorf("%s: there is no proxy %q", cause, kind)
			}
			if got := remedy(cause, kind); !strings.HasPrefix(got, names[kind]+": ") {
				t.Errorf("%s for %s: %s", cause, kind, got)
			}
		}
		if remedy(cause, "") == "" || remedy(cause, "squid") == "" {
			t.Errorf("%s has no remedy for a proxy that nobody knows", cause)
		}
	}
	for header, kind := range map[string]string{
		"nginx/1.22.1":  "nginx",
		"openresty/1.2": "nginx",
		"Caddy":         "caddy",
		"cloudflare":    "cloudflare",
		"envoy":         "envoy",
		"Apache/2.4":    "apache",
		"gunicorn":      "",
	} {
		if got := kindOf(&answer{Header: http.Header{"Server": {header}}}); got != kind {
			t.Errorf("%s is taken for %q", header, got)
		}
	}
}

func TestContentTypesThatMeanTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"application/json", "application/json", true},
		{"application/json; charset=utf-8", "application/json;charset=UTF-8", true},
		{"application/json", "application/json; charset=iso-8859-1", false},
		{"application/json", "application/x-www-form-urlencoded", false},
		{"application/json", "", false},
	} {
		if got := sameType(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
