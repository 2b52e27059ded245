package token

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Every token here is signed with the current key: only the rule in question
// can refuse it.
func TestBadHeaderIsRefused(t *testing.T) {
	kid := currentKey.Fingerprint()
	for _, c := range []struct{ header, reason string }{
		{`{"alg":"none","typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"alg":"HS512","typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"alg":"RS256","typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"alg":"hs256","typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"alg":["HS256"],"typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"typ":"at+jwt","kid":"` + kid + `"}`, "alg_not_allowed"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","crit":["exp"]}`, "unknown_header"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","b64":false}`, "unknown_header"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","zip":"DEF"}`, "unknown_header"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","jku":"http://127.0.0.1/"}`, "unknown_header"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","Alg":"none"}`, "unknown_header"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + kid + `","alg":"HS256"}`, "duplicate_member"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"x","k\u0069d":"` + kid + `"}`, "duplicate_member"}, // equal once unescaped
		{`{"alg":"HS256","typ":"at+jwt"}`, "kid_missing"},
		{`{"alg":"HS256","typ":"at+jwt","kid":""}`, "kid_missing"},
		{`{"alg":"HS256","typ":"at+jwt","kid":7}`, "kid_missing"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"' OR 1=1 --"}`, "kid_unknown"},
		{`{"alg":"HS256","typ":"at+jwt","kid":"` + strings.ToUpper(kid) + `"}`, "kid_unknown"},
		{`{"alg":"HS256","typ":"JWT","kid":"` + kid + `"}`, "typ_unknown"}, // neither form: the old one has no kid
		{`{"alg":"HS256","kid":"` + kid + `"}`, "typ_unknown"},
		{`{"alg":"HS256","typ":"AT+JWT","kid":"` + kid + `"}`, "typ_unknown"},
		{`{"alg":"HS256","typ":"refresh+jwt","kid":"` + kid + `"}`, "typ_unknown"},
		{`{"alg":"HS256","typ":null}`, "typ_unknown"}, // null is not missing
		{`["HS256"]`, "header_not_json"},
		{`null`, "header_not_json"},
		{``, "header_not_json"},
		{goodHeader(currentKey) + `{}`, "header_not_json"},
		{"{\"alg\":\"HS256\",\"kid\":\"\xff\"}", "header_not_json"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, err := build(t).Parse(forge(currentKey, c.header, payload(nil)))
			wantFault(t, err, api.CodeTokenInvalid, c.reason)
		})
	}
}

func TestBadClaimIsRefused(t *testing.T) {
	now := noon.Unix()
	for _, c := range []struct {
		change map[string]any
		reason string
	}{
		{map[string]any{"iss": nil}, "claim_missing_iss"},
		{map[string]any{"aud": nil}, "claim_missing_aud"},
		{map[string]any{"sub": nil}, "claim_missing_sub"},
		{map[string]any{"exp": nil}, "claim_missing_exp"},
		{map[string]any{"iat": nil}, "claim_missing_iat"},
		{map[string]any{"jti": nil}, "claim_missing_jti"},
		{map[string]any{"session_id": nil}, "claim_missing_session_id"},
		{map[string]any{"sub": ""}, "claim_wrong_type_sub"},
		{map[string]any{"sub": 42}, "claim_wrong_type_sub"}, // ids are strings in this form
		{map[string]any{"sub": []string{"42"}}, "claim_wrong_type_sub"},
		{map[string]any{"session_id": true}, "claim_wrong_type_session_id"},
		{map[string]any{"email": 1}, "claim_wrong_type_email"},
		{map[string]any{"scopes": "admin"}, "claim_wrong_type_scopes"},
		{map[string]any{"scopes": []any{"read", nil}}, "claim_wrong_type_scopes"},
		{map[string]any{"scopes": map[string]any{"admin": true}}, "claim_wrong_type_scopes"},
		{map[string]any{"exp": "9999999999"}, "claim_wrong_type_exp"},
		{map[string]any{"exp": 0}, "claim_wrong_type_exp"},
		{map[string]any{"exp": -1}, "claim_wrong_type_exp"},
		{map[string]any{"exp": 1e300}, "claim_wrong_type_exp"},
		{map[string]any{"exp": 9223372036854775807}, "claim_wrong_type_exp"}, // overflows once 1 s is added
		{map[string]any{"exp": []int64{now + 60}}, "claim_wrong_type_exp"},
		{map[string]any{"iat": true}, "claim_wrong_type_iat"},
		{map[string]any{"nbf": "now"}, "claim_wrong_type_nbf"},
		{map[string]any{"iss": "https://evil.example"}, "issuer_wrong"},
		{map[string]any{"iss": issuer + "/"}, "issuer_wrong"},
		{map[string]any{"aud": "other"}, "audience_wrong"},
		{map[string]any{"aud": []string{}}, "audience_wrong"},
		{map[string]any{"aud": []string{"a", "b"}}, "audience_wrong"},
		{map[string]any{"aud": []any{audience, 1}}, "claim_wrong_type_aud"},
		{map[string]any{"nbf": now + 32}, "not_yet_valid"},
		{map[string]any{"iat": now + 32}, "issued_in_future"},
		{map[string]any{"iat": now + 20, "exp": now + 10}, "expires_before_issued"},
		{map[string]any{"exp": now + 400*24*3600}, "exp_too_far"}, // a token for ever
		{map[string]any{"SUB": "1"}, "claim_wrong_case"},
		{map[string]any{"\u017fub": "1"}, "claim_wrong_case"}, // the long s folds to s
		{map[string]any{"Session_ID": "1"}, "claim_wrong_case"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, err := build(t).Parse(forge(currentKey, goodHeader(currentKey), payload(c.change)))
			wantFault(t, err, api.CodeTokenInvalid, c.reason)
		})
	}
}

func TestClaimsThatAreNoObjectAreRefused(t *testing.T) {
	good := payload(nil)
	for text, reason := range map[string]string{
		`null`:                             "claims_not_json",
		`[]`:                               "claims_not_json",
		``:                                 "claims_not_json",
		good + good:                        "claims_not_json",
		good[:len(good)-1] + `,}`:          "claims_not_json",
		good[:len(good)-1] + `,"sub":"1"}`: "duplicate_member", // the last would win elsewhere
	} {
		_, err := build(t).Parse(forge(currentKey, goodHeader(currentKey), text))
		wantFault(t, err, api.CodeTokenInvalid, reason)
	}
}

func TestGoodVariantsAreAccepted(t *testing.T) {
	now := noon.Unix()
	for name, change := range map[string]map[string]any{
		"audience in a list":              {"aud": []string{"other", audience}},
		"clock of another node is behind": {"iat": now + 30, "nbf": now + 30},
		"no nbf":                          {"nbf": nil},
		"no e-mail, no device":            {"email": nil, "device_fingerprint": nil},
		"times with a fraction":           {"exp": float64(now) + 60.5, "iat": float64(now) - 0.25},
		"a claim of a newer version":      {"tenant": "x", "role": "admin"}, // ignored: Claims has no place for it
	} {
		p, err := build(t).Parse(forge(currentKey, goodHeader(currentKey), payload(change)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if p.Claims.Subject != "42" || len(p.Claims.Scopes) != 1 {
			t.Errorf("%s: read as %+v", name, p.Claims)
		}
	}
}

// CVE-2024-51744: whoever cannot sign must not learn, or make us act on, what
// an expired token says.
func TestExpiredTokenWithAWrongSignatureIsInvalidNotExpired(t *testing.T) {
	old := payload(map[string]any{"iat": noon.Unix() - 7200, "exp": noon.Unix() - 3600})
	_, err := build(t).Parse(forge(currentKey, goodHeader(currentKey), old))
	wantFault(t, err, api.CodeTokenExpired, "expired")
	p, err := build(t).Parse(forge(strangeKey, goodHeader(currentKey), old))
	wantFault(t, err, api.CodeTokenInvalid, "signature_wrong")
	if p != nil {
		t.Errorf("claims came back beside the error: %+v", p)
	}
}

func TestExpiredTokenOfAnotherIssuerIsInvalid(t *testing.T) {
	change := map[string]any{"iss": "https://evil.example", "iat": noon.Unix() - 7200, "exp": noon.Unix() - 3600}
	_, err := build(t).Parse(forge(currentKey, goodHeader(currentKey), payload(change)))
	wantFault(t, err, api.CodeTokenInvalid, "issuer_wrong")
}

func TestBadShapeIsRefused(t *testing.T) {
	good := forge(currentKey, goodHeader(currentKey), payload(nil))
	for raw, reason := range map[string]string{
		"":            "not_three_parts",
		"a.b":         "not_three_parts",
		good + ".x":   "not_three_parts",
		"..":          "header_not_json",
		good + "=":    "bad_base64",
		good + "\n":   "bad_base64",
		good + "\x00": "bad_base64",
		" " + good:    "bad_base64",
		good[:len(good)-5] + "\r\n" + good[len(good)-5:]: "bad_base64",
		strings.Replace(good, ".", ".\n", 1):             "bad_base64",
		spareBits(good):                                  "bad_base64", // the same bytes in another spelling
		strings.Repeat(".", 1<<20):                       "too_long",
		good + strings.Repeat("A", maxLength):            "too_long",
	} {
		_, err := build(t).Parse(raw)
		wantFault(t, err, api.CodeTokenInvalid, reason)
	}
}

// spareBits sets one of the two bits that 32 bytes leave unused in 43 characters.
func spareBits(raw string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, raw[len(raw)-1])
	return raw[:len(raw)-1] + alphabet[last+1:last+2]
}

// Rows of dots cost a look at the length and nothing else (CVE-2025-30204).
func TestMegabyteOfDotsIsCheap(t *testing.T) {
	tokens, dots := build(t), strings.Repeat(".", 1<<20)
	if n := testing.AllocsPerRun(10, func() { _, _ = tokens.Parse(dots) }); n > 20 {
		t.Errorf("%v allocations to refuse a megabyte of dots", n)
	}
}

func TestNoCutAndNoChangedByteIsAccepted(t *testing.T) {
	tokens := build(t)
	raw, _, err := tokens.Make(ada, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		if _, err := tokens.Parse(raw[:i]); err == nil {
			t.Errorf("accepted when cut to %d bytes", i)
		}
		if _, err := tokens.Parse(raw[:i] + raw[i+1:]); err == nil {
			t.Errorf("accepted without byte %d", i)
		}
		other := byte('A')
		if raw[i] == other {
			other = 'B'
		}
		if _, err := tokens.Parse(raw[:i] + string(other) + raw[i+1:]); err == nil {
			t.Errorf("accepted with byte %d changed", i)
		}
	}
}
