package policy

import (
	"errors"
	"testing"
)

func TestTrialSaysWhatItTakes(t *testing.T) {
	way := func(name, method, role string) Way {
		return Way{Name: name, Person: Person{Role: role, Scopes: []string{"read", "write", "admin"}, Method: method, ProvenAt: noon}}
	}
	key, code, alone := way("a passkey", "passkey", "admin"), way("a code", "password+totp", "admin"), way("the password", "password", "admin")
	reader := Way{Name: "the token “x”", Now: true, Bearer: true, Person: Person{Role: "admin", Scopes: []string{"read"}, Method: "personal_token"}}
	for _, tt := range []struct {
		method, path string
		ways         []Way
		allowed      bool
		reason, want string
	}{
		{"GET", "/healthz", nil, true, ReasonAllowed, "Allowed, without signing in."},
		{"GET", "/", nil, false, ReasonSignIn, "Refused until somebody signs in."},
		{"GET", "/internal", []Way{key}, false, ReasonNobody, "Refused."},
		{"GET", "/", []Way{alone}, true, ReasonAllowed, "Allowed after the password."},
		{"GET", "/", []Way{key, alone, reader}, true, ReasonAllowed, "Allowed, however this person signs in."},
		{"GET", "/admin", []Way{key, code, alone}, true, ReasonAllowed, "Allowed after a passkey or after a code."},
		{"GET", "/keys", []Way{key, code, alone}, true, ReasonAllowed, "Allowed after a passkey."},
		{"GET", "/keys", []Way{code}, false, ReasonProof, "Refused, since there is no way in by a passkey or a security key here: the person adds one at /account and signs in with it."},
		{"GET", "/admin", []Way{alone}, false, ReasonProof, "Refused, since there is no way in by a second factor here: the person adds one at /account and signs in with it."},
		{"GET", "/admin", []Way{way("a passkey", "passkey", "user")}, false, ReasonRole, "Refused."},
		{"POST", "/", []Way{reader}, false, ReasonScope, "Refused."},
		{"GET", "/", []Way{reader}, true, ReasonAllowed, "Allowed with the token “x”."},
	} {
		got := policy(t).Try(Place{"app.example.com", tt.path, tt.method}, tt.ways, noon)
		if got.Allowed != tt.allowed || got.Decision.Reason != tt.reason || got.Summary() != tt.want {
			t.Errorf("%s %s: %t, %s: %s", tt.method, tt.path, got.Allowed, got.Decision.Reason, got.Summary())
		}
	}
}

func TestSessionThatIsTooWeakSaysWhatMendsIt(t *testing.T) {
	at := Place{"app.example.com", "/keys", "GET"}
	one := policy(t).Try(at, []Way{{Name: "the session", Now: true, Person: Person{Method: "password", ProvenAt: noon}}}, noon)
	one.Mends(policy(t).Try(at, []Way{{Name: "a passkey", Person: Person{Method: "passkey", ProvenAt: noon}}}, noon))
	if one.Allowed || one.Summary() != "Refused as it is; allowed after a passkey." {
		t.Error(one.Summary())
	}
}

func TestAddressesAsOperatorsWriteThem(t *testing.T) {
	for raw, want := range map[string]Place{
		"https://App.example.com":              {"app.example.com", "/", "GET"},
		"HTTP://app.example.com:8080/a?b=/../": {"app.example.com", "/a", "GET"},
		"https://app.example.com?x":            {"app.example.com", "/", "GET"},
		"https://[::1]:8443/a%20b#c":           {"::1", "/a b", "GET"},
	} {
		if got, err := Target(raw, "GET"); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	for raw, want := range map[string]error{
		"app.example.com/": ErrNoURL, "ftp://a/": ErrNoURL, "https://": ErrHost, "https://ada@app.example.com/": ErrUser,
		"https://a@b@c/": ErrUser, `https://app.example.com\@evil.example/`: ErrNoPath, "https://app.example.com//a": ErrSegments,
		"https://app.example.com/%2e%2e/a": ErrHidden,
	} {
		if got, err := Target(raw, "GET"); !errors.Is(err, want) {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
}
