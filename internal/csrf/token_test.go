package csrf

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

var (
	currentKey  = secret.Derive(secret.FromString("a data encryption key of 32 bytes"), "csrf")
	previousKey = secret.Derive(secret.FromString("an older data encryption key, too"), "csrf")

	noon = time.Date(2026, 11, 24, 12, 0, 0, 600_000_000, time.UTC) // in the middle of a second
)

const life = 12 * time.Hour

func build(t testing.TB, change ...func(*Options)) *Tokens {
	t.Helper()
	o := Options{Key: currentKey, Previous: []secret.Value{previousKey}, TTL: life, Now: func() time.Time { return noon }}
	for _, c := range change {
		c(&o)
	}
	tokens, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func at(now time.Time) func(*Options) {
	return func(o *Options) { o.Now = func() time.Time { return now } }
}

func wantFault(t *testing.T, err error, code api.Code, reason string) {
	t.Helper()
	f := fault.From(err)
	if err == nil || f.Code != code || f.Reason != reason {
		t.Errorf("got %v, want %s (%s)", err, code, reason)
	}
}

func TestTokenPassesForWhatItBelongsTo(t *testing.T) {
	tokens := build(t)
	for name, c := range map[string]struct {
		made    Binding
		allowed []Binding
	}{
		"its browser":                    {Browser("b1"), []Binding{Browser("b1")}},
		"its session":                    {Session("s1"), []Binding{Session("s1")}},
		"one of two":                     {Browser("b1"), []Binding{Session("s1"), Browser("b1")}},
		"nobody asks":                    {Browser("b1"), nil},
		"no binding, and nobody asks":    {Binding{}, nil},
		"its browser, beside no session": {Browser("b1"), []Binding{Session(""), Browser("b1")}},
	} {
		if err := tokens.Verify(tokens.Make(c.made), c.allowed...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Both sides guard against a missing id, each without trusting the other.
func TestMissingIDBindsNothingOnEitherSide(t *testing.T) {
	tokens := build(t)
	raw, _ := base64.RawURLEncoding.DecodeString(tokens.Make(Browser("")))
	if bytes.Equal(raw[bindingAt:macAt], Browser("").hash(currentKey)) {
		t.Error("a token was bound to the missing id")
	}
	copy(raw[bindingAt:], Browser("").hash(currentKey))
	copy(raw[macAt:], mac(currentKey, raw))
	err := tokens.Verify(base64.RawURLEncoding.EncodeToString(raw), Browser(""))
	wantFault(t, err, api.CodeCSRFTokenInvalid, "bound_elsewhere")
}

// CVE-2023-45128, CVE-2023-45141: a token fetched by one must not work for another.
func TestTokenOfAnotherIsRefused(t *testing.T) {
	tokens := build(t)
	for name, c := range map[string]struct {
		made    Binding
		allowed []Binding
	}{
		"another browser":               {Browser("b1"), []Binding{Browser("b2")}},
		"another session":               {Session("s1"), []Binding{Session("s2")}},
		"a session of the browser's id": {Browser("x"), []Binding{Session("x")}},
		"a browser of the session's id": {Session("x"), []Binding{Browser("x")}},
		"no id asked for":               {Browser("b1"), []Binding{Browser("")}},
		"no id made, none asked for":    {Browser(""), []Binding{Browser("")}}, // two missing cookies are not equal
		"zero binding, zero asked for":  {Binding{}, []Binding{{}}},
		"a prefix of the id":            {Browser("b12"), []Binding{Browser("b1")}},
		"kind and id split elsewhere":   {Browser("s1"), []Binding{{kind: "browse", id: "rs1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, tokens.Verify(tokens.Make(c.made), c.allowed...), api.CodeCSRFTokenInvalid, "bound_elsewhere")
		})
	}
}

func TestEveryTokenIsNewAndOfOneLength(t *testing.T) {
	tokens, seen := build(t), map[string]bool{}
	for i := range 200 {
		token := tokens.Make(Browser(strings.Repeat("b", i)))
		if len(token) != Length || seen[token] {
			t.Fatalf("%d characters, seen before: %t", len(token), seen[token])
		}
		seen[token] = true
		if i > 8 && strings.Contains(token, "bbbbbbbb") {
			t.Fatal("the id lies open in the token")
		}
	}
}

func TestTokenIsGoodForItsLifeAndNoLonger(t *testing.T) {
	for _, ttl := range []time.Duration{time.Second, life} {
		token := build(t, func(o *Options) { o.TTL = ttl }).Make(Browser("b1"))
		for _, c := range []struct {
			after  time.Duration
			code   api.Code
			reason string
		}{
			{0, "", ""},
			{ttl, "", ""}, // though it was made late in its second
			{ttl + 399*time.Millisecond, "", ""},
			{ttl + time.Second, api.CodeCSRFTokenExpired, "csrf_token_expired"},
			{100 * 365 * 24 * time.Hour, api.CodeCSRFTokenExpired, "csrf_token_expired"},
			{-30 * time.Second, "", ""}, // made by a node whose clock is ahead
			{-31 * time.Second, api.CodeCSRFTokenInvalid, "from_the_future"},
		} {
			tokens := build(t, at(noon.Add(c.after)), func(o *Options) { o.TTL = ttl })
			err := tokens.Verify(token, Browser("b1"))
			if c.code == "" && err != nil {
				t.Errorf("%s after, life %s: %v", c.after, ttl, err)
			} else if c.code != "" {
				wantFault(t, err, c.code, c.reason)
			}
		}
	}
}

// A wrong signature or owner is told before age: what is not ours is never "expired".
func TestExpiredTokenOfAnotherIsInvalid(t *testing.T) {
	token := build(t).Make(Browser("b1"))
	later := build(t, at(noon.Add(2*life)))
	wantFault(t, later.Verify(token, Browser("b2")), api.CodeCSRFTokenInvalid, "bound_elsewhere")
	strange := build(t, func(o *Options) { o.Key = secret.New(make([]byte, 32)) }).Make(Browser("b1"))
	wantFault(t, later.Verify(strange, Browser("b1")), api.CodeCSRFTokenInvalid, "signature_wrong")
}

func TestRotationKeepsOpenPagesWorking(t *testing.T) {
	token := build(t, func(o *Options) { o.Key, o.Previous = previousKey, nil }).Make(Browser("b1"))
	if err := build(t).Verify(token, Browser("b1")); err != nil {
		t.Errorf("a token of the previous key: %v", err)
	}
	wantFault(t, build(t).Verify(token, Browser("b2")), api.CodeCSRFTokenInvalid, "bound_elsewhere")
	after := build(t, func(o *Options) { o.Previous = nil })
	wantFault(t, after.Verify(token, Browser("b1")), api.CodeCSRFTokenInvalid, "signature_wrong")
}

func TestMissingTokenHasItsOwnCode(t *testing.T) {
	wantFault(t, build(t).Verify(""), api.CodeCSRFTokenMissing, "csrf_token_missing")
	wantFault(t, build(t).Verify("", Browser("b1")), api.CodeCSRFTokenMissing, "csrf_token_missing")
}

func TestOnlyOneSpellingOfATokenPasses(t *testing.T) {
	tokens := build(t)
	token := tokens.Make(Browser("b1"))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[Length-1])
	for name, other := range map[string]string{
		"padding":                        token + "==",
		"line feed behind":               token + "\n",
		"line feed for a letter":         token[:Length-1] + "\n",   // skipped by the decoder, right length
		"two line feeds for two letters": token[:Length-2] + "\n\n", // decodes to whole bytes, one too few
		"nothing but line feeds":         strings.Repeat("\n", Length),
		"blank in front":                 " " + token,
		"spare bits set":                 token[:Length-1] + alphabet[last+1:last+2],
		"standard alphabet":              token[:Length-2] + "+/",
		"twice":                          token + token,
		"cut":                            token[:Length-1],
		"too long":                       strings.Repeat("A", 1<<20),
		"another version":                "Ag" + token[2:],
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, tokens.Verify(other, Browser("b1")), api.CodeCSRFTokenInvalid, "malformed")
		})
	}
}

func TestNoChangedBitIsAccepted(t *testing.T) {
	tokens := build(t)
	raw, _ := base64.RawURLEncoding.DecodeString(tokens.Make(Browser("b1")))
	for i := range rawLen * 8 {
		raw[i/8] ^= 1 << (i % 8)
		if err := tokens.Verify(base64.RawURLEncoding.EncodeToString(raw)); err == nil {
			t.Errorf("accepted with bit %d flipped", i)
		}
		raw[i/8] ^= 1 << (i % 8)
	}
}

// CVE-2026-58426: over joined fields, a byte that leaves one field for the
// next leaves the MAC right. Here each border has its own sum.
func TestMovingAByteOverAFieldBorderChangesTheMAC(t *testing.T) {
	raw, _ := base64.RawURLEncoding.DecodeString(build(t).Make(Browser("b1")))
	fields := func(a, b, c, d int) string {
		return string(secret.Sum(currentKey, []byte("csrf token"), raw[:a], raw[a:b], raw[b:c], raw[c:d]))
	}
	right := fields(issuedAt, randomAt, bindingAt, macAt)
	if right != string(raw[macAt:]) {
		t.Fatal("the MAC is not over these fields")
	}
	for name, moved := range map[string]string{
		"version | issued":  fields(issuedAt+1, randomAt, bindingAt, macAt),
		"issued | random":   fields(issuedAt, randomAt+1, bindingAt, macAt),
		"random | binding":  fields(issuedAt, randomAt, bindingAt-1, macAt),
		"all in one":        fields(macAt, macAt, macAt, macAt),
		"last byte dropped": fields(issuedAt, randomAt, bindingAt, macAt-1),
	} {
		if moved == right {
			t.Errorf("%s: the MAC is the same", name)
		}
	}
}

// A key derived for another purpose makes no csrf token, even in this layout.
func TestTokenOfAnotherPurposeIsRefused(t *testing.T) {
	other := secret.Derive(secret.FromString("a data encryption key of 32 bytes"), "challenge")
	token := build(t, func(o *Options) { o.Key = other }).Make(Browser("b1"))
	wantFault(t, build(t).Verify(token), api.CodeCSRFTokenInvalid, "signature_wrong")
}

func TestNewRefusesWhatCannotBeSafe(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no key":             func(o *Options) { o.Key = secret.Value{} },
		"short previous key": func(o *Options) { o.Previous = []secret.Value{secret.FromString("short")} },
		"no life":            func(o *Options) { o.TTL = 0 },
	} {
		o := Options{Key: currentKey, TTL: life}
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNaughtyStringsAreRefusedAndForgeNoLogLine(t *testing.T) {
	tokens := build(t)
	origins, err := NewOrigins(mustURL(t, "https://aiwfe.com"), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range vectors.NaughtyStrings() {
		if s == "" { // that is the missing token
			continue
		}
		padded := fmt.Sprintf("%-*s", Length, s)[:Length]
		refusals := []error{
			tokens.Verify(s), tokens.Verify(padded), tokens.Verify(tokens.Make(Browser(s)), Session(s)),
			origins.Check(Question{Origin: s, HasOrigin: true}), origins.Check(Question{Origin: "https://" + s, HasOrigin: true}),
		}
		if s != "none" {
			refusals = append(refusals, origins.Check(Question{FetchSite: s, HasFetchSite: true}))
		}
		for i, err := range refusals {
			if err == nil {
				t.Errorf("%q was accepted by question %d", s, i)
			} else if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%q makes two lines in the log", s)
			}
		}
		// As an id any text works.
		if err := tokens.Verify(tokens.Make(Browser(s)), Browser(s)); err != nil {
			t.Errorf("%q as an id: %v", s, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	tokens := build(f)
	f.Add(tokens.Make(Browser("b1")), "b1")
	f.Add("", "")
	f.Add(strings.Repeat("A", Length), "b1")
	f.Fuzz(func(t *testing.T, token, id string) {
		if err := tokens.Verify(token, Browser(id)); err == nil {
			// Only the seed is signed: whatever passes must be it, spelled as made.
			raw, decodeErr := base64.RawURLEncoding.Strict().DecodeString(token)
			if decodeErr != nil || id == "" || string(raw[macAt:]) != string(mac(currentKey, raw)) {
				t.Fatalf("%q was accepted for %q", token, id)
			}
		} else if e := fault.From(err); e.Code == api.CodeInternal {
			t.Fatalf("%q gives an error without a code: %v", token, err)
		}
		if err := tokens.Verify(tokens.Make(Browser(id)), Browser(id)); (err == nil) != (id != "") {
			t.Fatalf("the token of browser %q: %v", id, err)
		}
	})
}

func BenchmarkMake(b *testing.B) {
	tokens := build(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = tokens.Make(Browser("b1"))
	}
}

func BenchmarkVerify(b *testing.B) {
	tokens := build(b)
	token := tokens.Make(Browser("b1"))
	b.ReportAllocs()
	for b.Loop() {
		if err := tokens.Verify(token, Session("s1"), Browser("b1")); err != nil {
			b.Fatal(err)
		}
	}
}
