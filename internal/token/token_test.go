package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const (
	issuer   = "https://aiwfe.com"
	audience = "aiwfe"
)

var (
	currentKey  = secret.FromString("current-key-current-key-current-key-1")
	previousKey = secret.FromString("previous-key-previous-key-previous-k2")
	strangeKey  = secret.FromString("strange-key-strange-key-strange-key-3")

	// noon is the time of all tests, in the middle of a second: a test that
	// holds only at whole seconds fails here.
	noon = time.Date(2026, 11, 24, 12, 0, 0, 600_000_000, time.UTC)

	ada = Claims{
		Subject: "42", Email: "ada@example.com", Scopes: []string{"read", "write"},
		SessionID: "ses_1", DeviceFingerprint: "dev_1",
	}
)

func options() Options {
	return Options{
		Issuer: issuer, Audience: audience, Key: currentKey, Previous: []secret.Value{previousKey},
		TTL: time.Hour, LegacyUntil: noon.Add(30 * 24 * time.Hour), Now: func() time.Time { return noon },
	}
}

func build(t testing.TB, change ...func(*Options)) *Tokens {
	t.Helper()
	o := options()
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

// forge signs any header and payload as somebody who has the key would.
func forge(k secret.Value, header, payload string) string {
	signed := b64(header) + "." + b64(payload)
	m := hmac.New(sha256.New, k.Reveal())
	m.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func goodHeader(k secret.Value) string {
	return `{"alg":"HS256","typ":"at+jwt","kid":"` + k.Fingerprint() + `"}`
}

// payload is the payload of a good token with some claims replaced; the value
// nil takes a claim away.
func payload(change map[string]any) string {
	all := map[string]any{
		"iss": issuer, "aud": audience, "sub": "42", "email": "ada@example.com", "scopes": []string{"read"},
		"session_id": "ses_1", "device_fingerprint": "dev_1", "jti": "id_1",
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Unix() + 3600,
	}
	maps.Copy(all, change)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	b, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func wantFault(t *testing.T, err error, code api.Code, reason string) {
	t.Helper()
	f := fault.From(err)
	if err == nil || f.Code != code || f.Reason != reason {
		t.Errorf("got %v, want %s (%s)", err, code, reason)
	}
}

func TestMadeTokenIsReadBack(t *testing.T) {
	tokens := build(t)
	raw, expires, err := tokens.Make(ada, noon.Add(30*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tokens.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	start := noon.Truncate(time.Second)
	want := &Parsed{
		Form: FormCurrent, Claims: ada, ID: got.ID,
		IssuedAt: start, MadeAt: start, ExpiresAt: start.Add(time.Hour), Sum: sha256.Sum256([]byte(raw)),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !expires.Equal(got.ExpiresAt) {
		t.Errorf("Make told %s, the token says %s", expires, got.ExpiresAt)
	}
	if len(got.ID) != 26 { // 128 bits in base32
		t.Errorf("the jti %q is not 128 bits", got.ID)
	}
	again, _, _ := tokens.Make(ada, time.Time{})
	if other, _ := tokens.Parse(again); other.ID == got.ID {
		t.Error("two tokens have one jti")
	}
}

// The names are the contract: other services read them.
func TestMadeTokenHasExactlyTheContractsMembers(t *testing.T) {
	raw, _, err := build(t).Make(Claims{Subject: "42", SessionID: "s"}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Split(raw, ".")
	for i, want := range [][]string{
		{"alg", "kid", "typ"},
		{"aud", "device_fingerprint", "email", "exp", "iat", "iss", "jti", "nbf", "scopes", "session_id", "sub"},
	} {
		b, _ := base64.RawURLEncoding.DecodeString(part[i])
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, slices.Sorted(maps.Keys(m))); d != "" {
			t.Error(d)
		}
		if i == 1 {
			if _, isList := m["scopes"].([]any); !isList {
				t.Errorf("no scopes must be written as an empty list, got %v", m["scopes"])
			}
			if life := m["exp"].(float64) - m["iat"].(float64); life != 3600 {
				t.Errorf("the life is %v s", life)
			}
		}
	}
}

func TestTokenNeverOutlivesItsSession(t *testing.T) {
	for name, c := range map[string]struct {
		notAfter, want time.Time
	}{
		"session ends first": {noon.Add(10 * time.Minute), noon.Add(10 * time.Minute).Truncate(time.Second)},
		"life ends first":    {noon.Add(2 * time.Hour), noon.Truncate(time.Second).Add(time.Hour)},
		"no bound":           {time.Time{}, noon.Truncate(time.Second).Add(time.Hour)},
	} {
		_, expires, err := build(t).Make(ada, c.notAfter)
		if err != nil || !expires.Equal(c.want) {
			t.Errorf("%s: expires %s (%v), want %s", name, expires, err, c.want)
		}
	}
	_, _, err := build(t).Make(ada, noon)
	wantFault(t, err, api.CodeSessionEnded, "session_over")
}

func TestTokenWithoutAccountOrSessionIsNotMade(t *testing.T) {
	for _, c := range []Claims{{SessionID: "s"}, {Subject: "1"}, {Subject: "1", SessionID: strings.Repeat("s", maxLength)}} {
		if raw, _, err := build(t).Make(c, time.Time{}); err == nil {
			t.Errorf("made %q", raw)
		}
	}
}

// A life of one second must last that second even when it began late in one,
// and must be over two seconds later.
func TestTokenLivesAsLongAsTold(t *testing.T) {
	raw, _, err := build(t, func(o *Options) { o.TTL = time.Second }).Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for after, valid := range map[time.Duration]bool{
		0:                       true,
		time.Second:             true,
		1399 * time.Millisecond: true,
		1409 * time.Millisecond: false, // the leeway of so short a life is 8 ms
		2 * time.Second:         false,
	} {
		_, err := build(t, at(noon.Add(after)), func(o *Options) { o.TTL = time.Second }).Parse(raw)
		if valid && err != nil {
			t.Errorf("%s after: %v", after, err)
		} else if !valid {
			wantFault(t, err, api.CodeTokenExpired, "expired")
		}
	}
}

// A token of an hour is accepted for the leeway beyond it: the node that made
// it may have a clock that is ahead.
func TestLeewayHoldsAfterTheEndToo(t *testing.T) {
	raw, expires, err := build(t).Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := build(t, at(expires.Add(leeway))).Parse(raw); err != nil {
		t.Errorf("within the leeway: %v", err)
	}
	_, err = build(t, at(expires.Add(leeway+time.Second))).Parse(raw)
	wantFault(t, err, api.CodeTokenExpired, "expired")
}

// Nodes whose clocks are twenty seconds apart take each other's tokens at once.
func TestNodesWhoseClocksDifferTakeEachOthersTokens(t *testing.T) {
	for _, skew := range []time.Duration{20 * time.Second, -20 * time.Second, leeway, -leeway} {
		raw, _, err := build(t, at(noon.Add(skew))).Make(ada, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := build(t).Parse(raw); err != nil {
			t.Errorf("made by a clock that is %s ahead: %v", skew, err)
		}
	}
}

// A token is no good before its time nor after it, whatever the clock did.
func TestClockThatJumpedTakesNoTokenOfAnotherTime(t *testing.T) {
	raw, _, err := build(t).Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for jump, code := range map[time.Duration]api.Code{
		-time.Hour: api.CodeTokenInvalid, -24 * time.Hour: api.CodeTokenInvalid,
		2 * time.Hour: api.CodeTokenExpired, 24 * time.Hour: api.CodeTokenExpired,
	} {
		if _, err := build(t, at(noon.Add(jump))).Parse(raw); err == nil || fault.From(err).Code != code {
			t.Errorf("after a jump of %s: %v, want %s", jump, err, code)
		}
	}
	if _, err := build(t).Parse(raw); err != nil {
		t.Errorf("back again: %v", err)
	}
}

func TestRotationLogsNobodyOut(t *testing.T) {
	before := build(t, func(o *Options) { o.Key, o.Previous = previousKey, nil })
	raw, _, err := before.Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	after := build(t)
	if _, err := after.Parse(raw); err != nil {
		t.Errorf("a token of the previous key: %v", err)
	}
	retired := build(t, func(o *Options) { o.Previous = nil })
	_, err = retired.Parse(raw)
	wantFault(t, err, api.CodeTokenInvalid, "kid_unknown")
}

// The kid picks one key. A token that names one key and is signed by another
// of ours is refused: no trying around.
func TestTokenMustBeSignedByTheKeyItNames(t *testing.T) {
	_, err := build(t).Parse(forge(previousKey, goodHeader(currentKey), payload(nil)))
	wantFault(t, err, api.CodeTokenInvalid, "signature_wrong")
}

func TestNewRefusesWhatCannotBeSafe(t *testing.T) {
	short := secret.FromString("31 bytes, one less than enough.")
	for name, change := range map[string]func(*Options){
		"no issuer":                 func(o *Options) { o.Issuer = "" },
		"no audience":               func(o *Options) { o.Audience = "" },
		"no key":                    func(o *Options) { o.Key = secret.Value{} },
		"short key":                 func(o *Options) { o.Key = short },
		"short previous key":        func(o *Options) { o.Previous = []secret.Value{short} },
		"no life":                   func(o *Options) { o.TTL = 0 },
		"endless life":              func(o *Options) { o.TTL = 100 * 365 * 24 * time.Hour },
		"old form for over 90 days": func(o *Options) { o.LegacyUntil = noon.Add(91 * 24 * time.Hour) },
	} {
		o := options()
		change(&o)
		_, err := New(o)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "enough") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

// A key that was retired or is compromised counts no more, though it be still configured.
func TestRefusedKeyNeitherVerifiesNorSigns(t *testing.T) {
	o := options()
	o.Refused = map[string]bool{previousKey.Fingerprint(): true}
	tokens, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Parse(forge(previousKey, goodHeader(previousKey), payload(nil))); err == nil {
		t.Error("a token of a refused previous key is accepted")
	}
	if _, err := tokens.Parse(forge(previousKey, pythonHeader, python("42", noon.Unix()+60, ""))); err == nil {
		t.Error("a token of the old form with a refused previous key is accepted")
	}
	made, _, err := tokens.Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Parse(made); err != nil {
		t.Errorf("the current key is refused with the previous one: %v", err)
	}
	o.Refused[currentKey.Fingerprint()] = true
	if tokens, err = New(o); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Parse(made); err == nil {
		t.Error("a token of a compromised current key is accepted")
	}
	if _, _, err := tokens.Make(ada, time.Time{}); err == nil {
		t.Error("a compromised key signs")
	}
}
