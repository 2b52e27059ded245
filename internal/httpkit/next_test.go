package httpkit

import (
	"net/http"
	"strings"
	"testing"
)

func TestWayBackAfterLogin(t *testing.T) {
	w := build(t)
	for _, c := range []struct{ raw, want string }{
		{"/account", "/account"},
		{"/", "/"},
		{"/a/b?x=1&y=%2F#part", "/a/b?x=1&y=%2F#part"},
		{"/caf%C3%A9", "/caf%C3%A9"},
		{"/a%2Fb", "/a%2Fb"},
		{own + "/account?x=1", "/account?x=1"},
		{own, "/"},
		{listed + "/start", listed + "/start"},
		{listed, listed},

		{"", ""},
		{"account", ""},
		{"?next=x", ""},
		{"#x", ""},
		{"../account", ""},
		// To a browser each of these is another host, or might be.
		{"//evil.example", ""},
		{"///evil.example", ""},
		{"////evil.example", ""},
		{"/\\evil.example", ""},
		{"\\\\evil.example", ""},
		{"\\/evil.example", ""},
		{"/%2F%2Fevil.example", ""},
		{"/%2fevil.example", ""},
		{"/a//evil.example", ""},
		{"/./evil.example", ""},
		{"/.//evil.example", ""},
		{"/..//evil.example", ""},
		{"/%2e%2e/evil.example", ""},
		{"/a/../../evil.example", ""},
		{"https:evil.example", ""},
		{"https:/evil.example", ""},
		{"https:///evil.example", ""},
		{"https://evil.example", ""},
		{"HTTPS://evil.example", ""},
		{"https://evil.example/?x=" + own, ""},
		{own + ".evil.example/", ""},
		{own + "@evil.example/", ""},
		{own + ":443@evil.example/", ""},
		{"https://user:pass@auth.example.com/", ""},
		{"https://@auth.example.com/", ""},
		{own + ":443/", ""},
		{own + ":8443/", ""},
		{"http://auth.example.com/", ""}, // not the way the user came
		{"http://app.example.com/", ""},
		{own + "//evil.example", ""},
		{own + "/\\evil.example", ""},
		{"https://app.example.com.evil.example/", ""},
		{"https://evil.example/app.example.com", ""},
		{"https://evil-app.example.com/", ""},
		{"javascript:alert(1)", ""},
		{"JavaScript:alert(1)", ""},
		{"javascript://app.example.com/%0aalert(1)", ""},
		{"data:text/html,<script>", ""},
		{"vbscript:x", ""},
		{"blob:" + own + "/x", ""},
		{"ftp://app.example.com/", ""},
		{"view-source:" + own, ""},
		// A browser drops these before it reads the rest.
		{"/\t/evil.example", ""},
		{"/\n/evil.example", ""},
		{"\t//evil.example", ""},
		{" //evil.example", ""},
		{"/\x00/evil.example", ""},
		{"java\tscript:alert(1)", ""},
		{"/account\r\nSet-Cookie: x=1", ""},
		{"/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"}, // stays encoded, and so harmless
		// Letters that some program folds to a slash, a dot or a letter of ours.
		{"/\uff0fevil.example", ""},
		{"\uff0f\uff0fevil.example", ""},
		{"https://auth\u3002example\uff0ecom/", ""},
		{"https://\u24d0uth.example.com/", ""},
		{"https://xn--auth-example.com/", ""},
		// Signing in must not sign out again.
		{"/logout", ""},
		{"/%6cogout", ""},
		{own + "/logout", ""},
		{"/" + strings.Repeat("a", 2048), ""},
		{"/%zz", ""},
		{"https://[::1", ""},
	} {
		u, ok := w.Next(c.raw)
		if ok != (c.want != "") || ok && u.String() != c.want {
			t.Errorf("%q: %v, %v; want %q", c.raw, u, ok, c.want)
		}
	}
}

// Behind a proxy that strips nothing, Host is the client's to choose.
func TestLinksNeverComeFromTheHostHeader(t *testing.T) {
	w := build(t)
	r := ask(http.MethodGet, "/", "", "X-Forwarded-Host: evil.example")
	r.Host, r.RemoteAddr = "evil.example", "10.0.0.1:80"
	if got := w.look(r).Kit().URL("/reset"); got != own+"/reset" {
		t.Error(got)
	}
}

func TestFormClientIsABrowser(t *testing.T) {
	q := build(t).look(ask(http.MethodPost, "/", ""))
	if !q.FormClient().Browser || q.Client.Browser {
		t.Error("a form without browser headers must get a cookie and no refresh token")
	}
}
