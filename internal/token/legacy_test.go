package token

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// pythonHeader is what python-jose and PyJWT write.
const pythonHeader = `{"alg":"HS256","typ":"JWT"}`

func python(id string, exp int64, more string) string {
	return fmt.Sprintf(`{"sub":"ada@example.com","id":%s,"exp":%d%s}`, id, exp, more)
}

func TestLegacyTokenIsReadWithBothIdentities(t *testing.T) {
	exp := noon.Unix() + 1800
	for _, c := range []struct {
		name, header, body string
		key                secret.Value
		id                 account.ID
		issued             time.Time
	}{
		{"number, as Python sends it", pythonHeader, python("42", exp, ""), currentKey, "42", time.Time{}},
		{"text", pythonHeader, python(`"42"`, exp, ""), currentKey, "42", time.Time{}},
		{"UUID", pythonHeader, python(`"0190c0de-0000-7000-8000-000000000001"`, exp, ""), currentKey, "0190c0de-0000-7000-8000-000000000001", time.Time{}},
		{"no typ", `{"alg":"HS256"}`, python("42", exp, ""), currentKey, "42", time.Time{}},
		{"with iat", pythonHeader, python("42", exp, fmt.Sprintf(`,"iat":%d`, exp-3600)), currentKey, "42", time.Unix(exp-3600, 0)},
		{"previous key", pythonHeader, python("42", exp, ""), previousKey, "42", time.Time{}},
		// Beyond 2^53 a float would name another account.
		{"largest number", pythonHeader, python("9223372036854775807", exp, ""), currentKey, "9223372036854775807", time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := build(t).Parse(forge(c.key, c.header, c.body))
			if err != nil {
				t.Fatal(err)
			}
			want := &Parsed{
				Form: FormLegacy, Claims: Claims{Subject: c.id, Email: "ada@example.com"}, IssuedAt: c.issued,
				ExpiresAt: time.Unix(exp, 0), MadeAt: time.Unix(exp-3600, 0), Sum: got.Sum,
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBadLegacyTokenIsRefused(t *testing.T) {
	now := noon.Unix()
	exp := now + 1800
	for _, c := range []struct {
		body, reason string
		code         api.Code
	}{
		// Reset and verification tokens of the old system bear the same signature.
		{python("42", exp, `,"aud":"fastapi-users:reset"`), "legacy_extra_claim", api.CodeTokenInvalid},
		{python("42", exp, `,"scopes":["admin"]`), "legacy_extra_claim", api.CodeTokenInvalid},
		{python("42", exp, `,"iss":"https://aiwfe.com"`), "legacy_extra_claim", api.CodeTokenInvalid},
		{python("42", exp, `,"ID":"1"`), "claim_wrong_case", api.CodeTokenInvalid},
		{python("42", exp, `,"id":1`), "duplicate_member", api.CodeTokenInvalid},
		{python("42.5", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python("4.2e1", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python("-0", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python("99999999999999999999", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python("true", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python("null", exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{python(`""`, exp, ""), "claim_wrong_type_id", api.CodeTokenInvalid},
		{fmt.Sprintf(`{"id":42,"exp":%d}`, exp), "claim_missing_sub", api.CodeTokenInvalid},
		{fmt.Sprintf(`{"sub":"ada@example.com","exp":%d}`, exp), "claim_missing_id", api.CodeTokenInvalid},
		{`{"sub":"ada@example.com","id":42}`, "claim_missing_exp", api.CodeTokenInvalid},
		{python("42", now+3600+32, ""), "legacy_exp_too_far", api.CodeTokenInvalid},
		{python("42", exp, fmt.Sprintf(`,"iat":%d`, now+60)), "issued_in_future", api.CodeTokenInvalid},
		{python("42", now-1, ""), "expired", api.CodeTokenExpired},
	} {
		_, err := build(t).Parse(forge(currentKey, pythonHeader, c.body))
		wantFault(t, err, c.code, c.reason)
	}
}

func TestLegacyTokenNeedsASignatureOfOurs(t *testing.T) {
	_, err := build(t).Parse(forge(strangeKey, pythonHeader, python("42", noon.Unix()+60, "")))
	wantFault(t, err, api.CodeTokenInvalid, "signature_wrong")
}

func TestLegacyFormIsOffUnlessAskedForAndEnds(t *testing.T) {
	raw := forge(currentKey, pythonHeader, python("42", noon.Unix()+1800, ""))
	off := build(t, func(o *Options) { o.LegacyUntil = time.Time{} })
	_, err := off.Parse(raw)
	wantFault(t, err, api.CodeTokenInvalid, "legacy_off")

	ended := build(t, func(o *Options) { o.LegacyUntil = noon })
	_, err = ended.Parse(raw)
	wantFault(t, err, api.CodeLegacyTokenRetired, "legacy_retired")

	// A stranger's token is told nothing of when the old form ends.
	_, err = ended.Parse(forge(strangeKey, pythonHeader, python("42", noon.Unix()+1800, "")))
	wantFault(t, err, api.CodeTokenInvalid, "signature_wrong")
}

// The form follows from the header. Claims of one form under the header of the
// other must not pass: that would be the silent fallback between two formats.
func TestFormsDoNotCross(t *testing.T) {
	_, err := build(t).Parse(forge(currentKey, pythonHeader, payload(nil)))
	wantFault(t, err, api.CodeTokenInvalid, "legacy_extra_claim")
	_, err = build(t).Parse(forge(currentKey, goodHeader(currentKey), python("42", noon.Unix()+60, "")))
	wantFault(t, err, api.CodeTokenInvalid, "claim_missing_iss")
}
