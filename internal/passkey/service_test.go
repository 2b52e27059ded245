package passkey

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/go-webauthn/webauthn/webauthn"
)

func TestWhereNoPasskeyCanWork(t *testing.T) {
	for address, says := range map[string]string{
		"https://auth.example.com":      "",
		"https://auth.example.com:8443": "",
		"https://auth":                  "Passkeys need a whole domain name", // a name of the house
		"http://localhost:8080":         "",
		"https://localhost":             "",
		"http://auth.localhost:8080":    "",
		"http://auth.example.com":       "Browsers offer passkeys over https only",
		"http://notlocalhost":           "Browsers offer passkeys over https only",
		"https://192.0.2.1":             "Passkeys need a host name",
		"http://127.0.0.1:8080":         "Passkeys need a host name", // secure, yet no name
		"https://[::1]:8080":            "Passkeys need a host name",
	} {
		s, _ := service(t, address)
		if got := s.Unusable(); !strings.HasPrefix(got, says) || (got == "") != (says == "") {
			t.Errorf("%s: %q", address, got)
		}
		_, _, err := s.BeginDiscoverable()
		if errors.Is(err, ErrUnusable) != (says != "") {
			t.Errorf("%s: %v", address, err)
		}
		_, _, err = s.BeginRegistration(marie, nil)
		if errors.Is(err, ErrUnusable) != (says != "") {
			t.Errorf("%s: %v", address, err)
		}
		if _, err = s.Finish(Ceremony{}, nil, nil); says != "" && !errors.Is(err, ErrUnusable) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// In development the page may be open at the other names of this machine.
func TestPageAtAnotherHostIsToldBoth(t *testing.T) {
	s, _ := service(t, "http://localhost:8080")
	if got := s.Fits("http://localhost:8080"); got != "" {
		t.Error(got)
	}
	for _, at := range []string{"http://127.0.0.1:8080", "http://localhost:9090", "https://localhost:8080", "", "null"} {
		if got := s.Fits(at); !strings.Contains(got, "belong to http://localhost:8080") || !strings.Contains(got, "open at "+at+".") {
			t.Errorf("%s: %q", at, got)
		}
	}
	if got := s.Fits("http://" + strings.Repeat("x", 5000)); len(got) > 400 {
		t.Errorf("a sentence of %d bytes", len(got))
	}
}

func TestOriginIsWrittenAsBrowsersDo(t *testing.T) {
	for address, origin := range map[string]string{
		"https://Auth.Example.com/":        "https://auth.example.com",
		"https://auth.example.com:443":     "https://auth.example.com",
		"http://localhost:80/x?y#z":        "http://localhost",
		"https://auth.example.com:80":      "https://auth.example.com:80",
		"https://xn--bcher-kva.example:99": "https://xn--bcher-kva.example:99",
	} {
		if s, _ := service(t, address); s.origin != origin || s.RPID() == "" || strings.Contains(s.RPID(), ":") {
			t.Errorf("%s: %s at %s", address, s.RPID(), s.origin)
		}
	}
}

func TestConstructorRefuses(t *testing.T) {
	good := Options{PublicURL: &url.URL{Scheme: "https", Host: "auth.example.com"}, Product: "Example", Now: time.Now}
	for name, alter := range map[string]func(*Options){
		"no address":      func(o *Options) { o.PublicURL = nil },
		"no product":      func(o *Options) { o.Product = "" },
		"no clock":        func(o *Options) { o.Now = nil },
		"no host":         func(o *Options) { o.PublicURL = &url.URL{Scheme: "https"} },
		"no scheme":       func(o *Options) { o.PublicURL = &url.URL{Host: "auth.example.com"} },
		"not in punycode": func(o *Options) { o.PublicURL = &url.URL{Scheme: "https", Host: "bücher.example"} },
	} {
		o := good
		alter(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: made", name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// What the caller mixed up is an error of ours, not a refusal of the person's.
func TestMixedUpStoreIsNoRefusal(t *testing.T) {
	s, _ := service(t, origin)
	cred := registered(t, s, device(t, virtualwebauthn.KeyTypeEC2), up|uv)
	theirs, torn, swapped := cred, cred, cred
	theirs.UserHandle = []byte("pierre")
	torn.Data = torn.Data[:9]
	swapped.CredentialID = []byte("another")
	for name, creds := range map[string][]Credential{
		"none": nil, "two accounts": {cred, theirs}, "torn record": {torn}, "record of another": {swapped},
	} {
		if _, _, err := s.BeginSecond(creds); err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, c, err := s.BeginSecond([]Credential{cred})
	if err != nil {
		t.Fatal(err)
	}
	for name, alter := range map[string]func(*Ceremony){
		"no state":          func(c *Ceremony) { c.State = nil },
		"another challenge": func(c *Ceremony) { c.Challenge = make([]byte, 32) },
		"no challenge":      func(c *Ceremony) { c.Challenge, c.State = nil, []byte("{}") },
	} {
		altered := c
		alter(&altered)
		if _, err := s.Finish(altered, []Credential{cred}, nil); err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := s.BeginRegistration(User{Handle: make([]byte, 65), Email: "m@example.com"}, nil); err == nil {
		t.Error("a handle of 65 bytes")
	}
}

func TestStoredRecordHasNoAttestation(t *testing.T) {
	s, _ := service(t, origin)
	cred := registered(t, s, device(t, virtualwebauthn.KeyTypeEC2), up|uv|be)
	var r webauthn.Credential
	if err := json.Unmarshal(cred.Data, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Attestation.Object)+len(r.Attestation.ClientDataJSON) > 0 || len(cred.Data) > 1000 {
		t.Errorf("%d bytes: %s", len(cred.Data), cred.Data)
	}
	if !r.Flags.BackupEligible || len(r.Transport) != 2 || len(r.PublicKey) == 0 {
		t.Errorf("lost: %s", cred.Data)
	}
	if cred.Name != "" || cred.AAGUID != "00000000-0000-0000-0000-000000000000" {
		t.Errorf("a device that keeps quiet is %q, %s", cred.Name, cred.AAGUID)
	}
}

func TestModelsAreInUUIDForm(t *testing.T) {
	for id, name := range models {
		if len(id) != 36 || id != strings.ToLower(id) || strings.Count(id, "-") != 4 || name == "" {
			t.Errorf("%s: %s", id, name)
		}
		if Model(strings.ToUpper(id)) != name {
			t.Errorf("%s in capitals is unknown", id)
		}
	}
	if Model("00000000-0000-0000-0000-000000000000") != "" {
		t.Error("no model has a name")
	}
}

func TestDiscoverableIsWhatTheBrowserSaid(t *testing.T) {
	s, _ := service(t, origin)
	for results, is := range map[string]bool{
		`{"credProps":{"rk":true}}`: true, `{"credProps":{"rk":false}}`: false, `{"credProps":{}}`: false, `{}`: false,
	} {
		_, c, err := s.BeginRegistration(marie, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := base("webauthn.create", origin, s.rpID, c.Challenge, device(t, virtualwebauthn.KeyTypeEC2))
		a.results = results
		cred, err := s.FinishRegistration(c, marie, a.registration(t))
		if err != nil || cred.Discoverable != is {
			t.Errorf("%s: %v, %v", results, cred.Discoverable, err)
		}
	}
}
