package outside

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// jwt writes a token without a signature that holds: here nobody checks it.
func jwt(t *testing.T, head, body map[string]any) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(head) + "." + part(body) + ".c2ln"
}

func TestClaimsAreJudged(t *testing.T) {
	const at = "https://auth.example.com"
	change := func(name string, value any) func(h, b map[string]any) {
		return func(_, b map[string]any) { b[name] = value }
	}
	for _, c := range []struct {
		name   string
		change func(head, body map[string]any)
		want   api.Cause
	}{
		{"sound", func(_, _ map[string]any) {}, ""},
		{"the issuer with a slash", change("iss", at+"/"), ""},
		{"an issuer that is a name", change("iss", "my-company"), ""},
		{"no issuer", change("iss", nil), ""},
		{"the issuer of another host", change("iss", "https://auth.internal"), "issuer_mismatch"},
		{"the issuer of another scheme", change("iss", "http://auth.example.com"), "issuer_mismatch"},
		{"the issuer of another port", change("iss", "https://auth.example.com:8443"), "issuer_mismatch"},
		{"not signed", func(h, _ map[string]any) { h["alg"] = "none" }, "token_unsigned"},
		{"made in the future", change("iat", noon.Unix()+90), "clock_skew"},
		{"valid from later on", change("nbf", noon.Unix()+90), "clock_skew"},
		{"made in the past", func(_, b map[string]any) { b["iat"], b["nbf"] = noon.Unix()-90, noon.Unix()-90 }, "clock_skew"},
		{"made a few seconds ahead", change("iat", noon.Unix()+10), ""},
		{"without an end", change("exp", nil), "token_lifetime_wrong"},
		{"ended", change("exp", noon.Unix()-1), "token_lifetime_wrong"},
		{"a quarter of what is said", change("exp", noon.Unix()+900), "token_lifetime_wrong"},
	} {
		head := map[string]any{"alg": "HS256", "kid": "k1", "typ": "at+jwt"}
		body := map[string]any{"iss": at, "aud": "aiwfe", "sub": "1", "email": "a@b.example", "iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Unix() + 3600}
		c.change(head, body)
		var got []api.Cause
		for _, f := range judgeClaims(readClaims(jwt(t, head, body)), at, time.Hour, noon) {
			got = append(got, f.Code)
		}
		if want := []api.Cause{c.want}; c.want == "" && len(got) > 0 || c.want != "" && !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
}

func TestTwoFormsOfTokensAreToldApart(t *testing.T) {
	head := map[string]any{"alg": "HS256", "kid": "k1"}
	current := readClaims(jwt(t, head, map[string]any{"sub": "7", "email": "a@b.example", "iss": "https://a.example"}))
	old := readClaims(jwt(t, map[string]any{"alg": "HS256"}, map[string]any{"sub": "a@b.example", "id": 7}))
	other := readClaims(jwt(t, map[string]any{"alg": "HS256", "kid": "k2"}, map[string]any{"sub": "7", "email": "a@b.example", "iss": "https://a.example"}))
	for _, c := range []struct {
		name string
		a, b claims
		want bool
	}{
		{"one form", current, current, false},
		{"old beside current", current, old, true},
		{"two keys", current, other, true},
		{"no JWT beside one", current, readClaims("opaque-text"), true},
	} {
		if f := twoForms(c.a, c.b); (f.Code != "") != c.want {
			t.Errorf("%s: %q", c.name, f.Code)
		}
	}
}
