package authclient

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var noon = time.Unix(1_800_000_000, 0)

// signer is a server that has keys, and makes assertions by any of them.
type signer struct {
	*httptest.Server
	jwks  atomic.Value // string
	asked atomic.Int64
	at    atomic.Int64 // seconds after noon
}

func newSigner(t *testing.T) *signer {
	s := &signer{}
	s.jwks.Store(jwks("one"))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.asked.Add(1)
		w.Header().Set("Content-Type", "application/jwk-set+json")
		text := s.jwks.Load().(string)
		if text == "" {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s
}

func seed(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{name[0]}, ed25519.SeedSize))
}

func jwks(names ...string) string {
	var all []string
	for _, n := range names {
		x := base64.RawURLEncoding.EncodeToString(seed(n).Public().(ed25519.PublicKey))
		all = append(all, fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":%q,"x":%q}`, n, x))
	}
	return `{"keys":[` + strings.Join(all, ",") + `]}`
}

func signed(key, head, claims string) string {
	e := base64.RawURLEncoding
	text := e.EncodeToString([]byte(head)) + "." + e.EncodeToString([]byte(claims))
	return text + "." + e.EncodeToString(ed25519.Sign(seed(key), []byte(text)))
}

func (s *signer) verifier(t *testing.T, o AssertionOptions) Verifier {
	t.Helper()
	c, err := NewClient(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.Audience, o.Issuer = []string{"app.example.com"}, "https://auth.example.com"
	o.Now = func() time.Time { return noon.Add(time.Duration(s.at.Load()) * time.Second) }
	v, err := Assertions(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const goodHead = `{"alg":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt"}`

// goodClaims is JSON of a good assertion in which members were changed; nil takes one away.
func goodClaims(changes map[string]any) string {
	c := map[string]any{
		"iss": "https://auth.example.com", "aud": "app.example.com", "sub": "7", "email": "ada@example.com", "name": "Ada",
		"groups": []string{"user"}, "scopes": []string{"read"}, "sid": "ses_1", "method": "password", "iat": noon.Unix(), "exp": noon.Unix() + 60,
	}
	for name, value := range changes {
		c[name] = value
		if value == nil {
			delete(c, name)
		}
	}
	text, _ := json.Marshal(c)
	return string(text)
}

func with(assertion ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://app.example.com/", nil)
	r.Header["X-Auth-Assertion"] = assertion
	r.Header.Set("Remote-User", "1")
	r.Header.Set("X-Auth-Request-User", "1")
	return r
}

func TestAssertions(t *testing.T) {
	good := signed("one", goodHead, goodClaims(nil))
	parts := strings.Split(good, ".")
	last := parts[2][:len(parts[2])-1]
	changed := func(name string, value any) string {
		return signed("one", goodHead, goodClaims(map[string]any{name: value}))
	}
	headed := func(head string) string { return signed("one", head, goodClaims(nil)) }
	for what, bad := range map[string]string{
		"nonsense": "x", "two parts": parts[0] + "." + parts[1], "four parts": good + ".x",
		"another's signature":     parts[0] + "." + parts[1] + "." + strings.Split(changed("sub", "8"), ".")[2],
		"no signature":            parts[0] + "." + parts[1] + ".",
		"another key's name":      signed("two", goodHead, goodClaims(nil)),
		"padding":                 good + "=",
		"a line break":            good[:20] + "\n" + good[20:],
		"bits behind the last":    parts[0] + "." + parts[1] + "." + last + string(parts[2][len(parts[2])-1]+1),
		"alg none":                headed(`{"alg":"none","kid":"one","typ":"aiwfe-assertion+jwt"}`),
		"alg HS256":               headed(`{"alg":"HS256","kid":"one","typ":"aiwfe-assertion+jwt"}`),
		"alg in another case":     headed(`{"ALG":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt"}`),
		"alg twice":               headed(`{"alg":"none","alg":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt"}`),
		"typ of an access token":  headed(`{"alg":"EdDSA","kid":"one","typ":"at+jwt"}`),
		"no typ":                  headed(`{"alg":"EdDSA","kid":"one"}`),
		"no kid":                  headed(`{"alg":"EdDSA","typ":"aiwfe-assertion+jwt"}`),
		"kid no text":             headed(`{"alg":"EdDSA","kid":1,"typ":"aiwfe-assertion+jwt"}`),
		"crit":                    headed(`{"alg":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt","crit":["b64"],"b64":false}`),
		"empty crit":              headed(`{"alg":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt","crit":[]}`),
		"head and more":           headed(goodHead + `{}`),
		"head no object":          headed(`[]`),
		"sub twice":               signed("one", goodHead, strings.Replace(goodClaims(nil), `"sub":"7"`, `"sub":"7","sub":"8"`, 1)),
		"SUB for sub":             signed("one", goodHead, strings.Replace(goodClaims(nil), `"sub"`, `"SUB"`, 1)),
		"name twice further down": changed("more", json.RawMessage(`{"a":1,"a":2}`)),
		"deep":                    changed("more", json.RawMessage(strings.Repeat("[", 50)+strings.Repeat("]", 50))),
		"no UTF-8":                signed("one", goodHead, strings.Replace(goodClaims(nil), "Ada", "\xff", 1)),
		"iss":                     changed("iss", "https://auth.example.com/"), "aud": changed("aud", "other.example.com"),
		"aud list": changed("aud", []string{"app.example.com"}), "no sub": changed("sub", nil), "empty sub": changed("sub", ""),
		"sub null": changed("sub", json.RawMessage("null")), "no sid": changed("sid", nil),
		"no exp": changed("exp", nil), "expired": signed("one", goodHead, goodClaims(map[string]any{"iat": noon.Unix() - 90, "exp": noon.Unix() - 30})), "exp text": changed("exp", "1800000060"),
		"exp float": changed("exp", json.RawMessage("1800000060.5")), "exp huge": changed("exp", json.RawMessage("99999999999999999999")),
		"exp negative": changed("exp", -1), "no iat": changed("iat", nil), "iat to come": changed("iat", noon.Unix()+31),
		"nbf to come": changed("nbf", noon.Unix()+31), "lives for long": changed("exp", noon.Unix()+3600),
		"groups no list": changed("groups", "admin"), "groups of null": changed("groups", json.RawMessage(`[null]`)),
		"long": changed("name", strings.Repeat("a", 9000)),
	} {
		v := newSigner(t).verifier(t, AssertionOptions{})
		if who, err := v.Verify(with(bad)); who != nil || !IsSignedOut(err) || IsUnavailable(err) {
			t.Errorf("%s: %+v, %v", what, who, err)
		}
	}
	v := newSigner(t).verifier(t, AssertionOptions{})
	for what, bad := range map[string]*http.Request{"two": with(good, good), "none": with(), "empty": with("")} {
		if who, err := v.Verify(bad); who != nil || !IsSignedOut(err) {
			t.Errorf("%s: %+v, %v", what, who, err)
		}
	}
	who, err := v.Verify(with(good))
	if err != nil || who.ID != "7" || who.SessionID != "ses_1" || !who.HasRole("admin", "user") || who.HasScope("read", "write") || !who.HasScope("read") {
		t.Errorf("%+v, %v", who, err)
	}
	for what, fine := range map[string]string{
		"just expired":    signed("one", goodHead, goodClaims(map[string]any{"iat": noon.Unix() - 89, "exp": noon.Unix() - 29})),
		"of a fast clock": signed("one", goodHead, goodClaims(map[string]any{"iat": noon.Unix() + 29, "exp": noon.Unix() + 89})),
		"a new claim":     changed("more", map[string]any{"a": []any{1, nil, "b"}}),
	} {
		if _, err := v.Verify(with(fine)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestKeysAreAskedForAgainWhenOneIsNew(t *testing.T) {
	s := newSigner(t)
	v := s.verifier(t, AssertionOptions{})
	one := signed("one", goodHead, goodClaims(map[string]any{"exp": noon.Unix() + 100}))
	two := signed("two", strings.Replace(goodHead, "one", "two", 1), goodClaims(map[string]any{"exp": noon.Unix() + 100}))
	look := func(what, assertion string, asked int64, ok, known bool) {
		t.Helper()
		_, err := v.Verify(with(assertion))
		if s.asked.Load() != asked || (err == nil) != ok || IsUnavailable(err) == known {
			t.Errorf("%s: asked %d times, %v", what, s.asked.Load(), err)
		}
	}
	look("the first", one, 1, true, true)
	look("again", one, 1, true, true)
	look("a key just invented", two, 1, false, true)
	s.at.Store(4)
	look("a key invented", two, 2, false, true)
	look("and again", two, 2, false, true)
	s.jwks.Store(jwks("one", "two"))
	s.at.Store(8)
	look("a new key", two, 3, true, true)
	look("the old one beside it", one, 3, true, true)

	s.jwks.Store("")
	three := signed("x", strings.Replace(goodHead, "one", "x", 1), goodClaims(nil))
	s.at.Store(12)
	look("an unknown key, and nobody answers", three, 4, false, false)
	look("at once again", three, 4, false, false)
	look("known keys meanwhile", one, 4, true, true)
}

func TestKeysThatWereWithdrawnStopToCount(t *testing.T) {
	s := newSigner(t)
	v := s.verifier(t, AssertionOptions{})
	at := func(seconds int64) error {
		s.at.Store(seconds)
		_, err := v.Verify(with(signed("one", goodHead, goodClaims(map[string]any{"iat": noon.Unix() + seconds, "exp": noon.Unix() + seconds + 60}))))
		return err
	}
	if err := at(0); err != nil {
		t.Fatal(err)
	}
	s.jwks.Store("")
	if err := at(301); err != nil || s.asked.Load() != 2 {
		t.Errorf("while nobody answers: %v, asked %d times", err, s.asked.Load())
	}
	if err := at(3601); !IsUnavailable(err) || IsSignedOut(err) {
		t.Errorf("after an hour of that: %v", err)
	}
	s.jwks.Store(jwks("two"))
	if err := at(3610); !IsSignedOut(err) {
		t.Errorf("withdrawn: %v", err)
	}
	s.jwks.Store(strings.Replace(jwks("one", "two"), `"kid":"two"`, `"kid":"one"`, 1))
	if err := at(3620); !IsUnavailable(err) {
		t.Errorf("two keys of one name: %v", err)
	}
}

func TestAnAssertionMayBeAskedAfter(t *testing.T) {
	good := signed("one", goodHead, goodClaims(nil))
	var found *Identity
	var fault error
	v := newSigner(t).verifier(t, AssertionOptions{Revocation: VerifierFunc(func(*http.Request) (*Identity, error) { return found, fault })})
	for _, tt := range []struct {
		what  string
		found *Identity
		fault error
		ok    bool
		away  bool
	}{
		{"the same", &Identity{ID: "7", SessionID: "ses_1", Groups: []string{"admin"}}, nil, true, false},
		{"another session", &Identity{ID: "7", SessionID: "ses_2"}, nil, false, false},
		{"another person", &Identity{ID: "8", SessionID: "ses_1"}, nil, false, false},
		{"ended", nil, &Problem{Status: 401, Code: "session_ended"}, false, false},
		{"no cookie", nil, ErrNoCredential, false, false},
		{"nobody answers", nil, &Unavailable{errors.New("away")}, false, true},
	} {
		found, fault = tt.found, tt.fault
		who, err := v.Verify(with(good))
		if (err == nil) != tt.ok || IsUnavailable(err) != tt.away || IsSignedOut(err) == (tt.ok || tt.away) || tt.ok && !who.HasRole("admin") {
			t.Errorf("%s: %+v, %v", tt.what, who, err)
		}
	}
}
