package gateway

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func ada() *login.Person {
	return &login.Person{Session: &session.Session{
		ID: "ses_1", Method: "password", User: account.User{ID: "7", Email: "ada@example.com", Name: "Ada\r\nX-Evil: 1", Role: "user"},
	}, Scopes: []string{"read"}}
}

func TestEveryIdentityHeaderIsAlwaysThere(t *testing.T) {
	for name, p := range map[string]*login.Person{"a stranger": nil, "ada": ada()} {
		h := http.Header{"Remote-User": {"admin", "root"}}
		Identify(h, p, "")
		for _, one := range Identity {
			values, ok := h[http.CanonicalHeaderKey(one)]
			if !ok || len(values) != 1 || p == nil && values[0] != "" || strings.ContainsAny(values[0], "\r\n") {
				t.Errorf("%s: %s is %q", name, one, values)
			}
		}
	}
}

func TestWhatClientsClaimIsStripped(t *testing.T) {
	h := http.Header{}
	for _, name := range append([]string{
		"remote_user", "REMOTE-USER", "Remote_Groups", "X_Auth_Request_User", "x-auth-request-anything", "X-WEBAUTH-USER", "X_Remote_User",
		"X-Forwarded-User", "X_Forwarded_Email", "X-Authentik-Username", "Remote-Anything", "x_auth-assertion", "Remote.User", "remote+user", "X.Auth.Assertion", "X|Forwarded~User",
	}, Identity...) {
		h[name] = []string{"admin"}
	}
	h["X-Auth-Token"], h["Accept"] = []string{"the application's own"}, []string{"*/*"}
	Strip(h)
	if len(h) != 2 {
		t.Error(h)
	}
}

func TestOriginsThatMayActForUsers(t *testing.T) {
	g := &Gate{Allowed: func(origin string) bool { return origin == "https://other.example.com" }}
	for _, tt := range []struct {
		method, origin, site, upgrade string
		want                          bool
	}{
		{"GET", "https://evil.example", "cross-site", "", false},
		{"GET", "https://evil.example", "cross-site", "websocket", true},
		{"GET", "https://app.example.com", "same-origin", "websocket", false},
		{"POST", "https://app.example.com", "same-origin", "", false},
		{"POST", "https://app.example.com:443", "", "", false},
		{"POST", "https://app.example.com:8443", "same-site", "", true},
		{"POST", "http://app.example.com", "", "", true},
		{"POST", "https://app.example.com.evil.example", "", "", true},
		{"POST", "https://other.example.com", "same-site", "", false},
		{"POST", "https://sibling.example.com", "same-site", "", true},
		{"POST", "null", "cross-site", "", true},
		{"POST", "", "cross-site", "", true},
		{"POST", "", "same-site", "", true},
		{"POST", "", "none", "", false},
		{"POST", "", "", "", false},
		{"DELETE", "https://evil.example", "", "", true},
	} {
		ask := Ask{Scheme: "https", Authority: "app.example.com", Place: policy.Place{Host: "app.example.com", Path: "/", Method: tt.method}, Header: http.Header{}}
		for name, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site, "Upgrade": tt.upgrade} {
			if value != "" {
				ask.Header.Set(name, value)
			}
		}
		if got := g.foreign(ask); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
}

func TestAssertionsAreForOneApplicationAndAMinute(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	a, err := NewAssertions("https://auth.example.com", secret.New(make([]byte, 32)), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	text, err := a.For(ada(), "app.example.com")
	if err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	body, err := jws.Verify(a.JWKS())
	for _, want := range []string{`"aud":"app.example.com"`, `"sub":"7"`, `"exp":1800000060`, `"iss":"https://auth.example.com"`} {
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s, %v", body, err)
		}
	}
	if again, _ := a.For(ada(), "app.example.com"); again != text {
		t.Error("the same is signed twice within half a minute")
	}
	other, changed := ada(), ada()
	other.Session.ID, changed.Session.User.Role = "ses_2", "admin"
	for what, next := range map[string]func() (string, error){
		"another host":     func() (string, error) { return a.For(ada(), "b.example.com") },
		"another session":  func() (string, error) { return a.For(other, "app.example.com") },
		"another role":     func() (string, error) { return a.For(changed, "app.example.com") },
		"half a minute on": func() (string, error) { at = at.Add(assertionKept); return a.For(ada(), "app.example.com") },
	} {
		if got, err := next(); err != nil || got == text {
			t.Errorf("%s: the same assertion, %v", what, err)
		}
	}
	if got, _ := a.For(nil, "app.example.com"); got != "" {
		t.Error("a stranger is asserted to be somebody")
	}
}
