package outside

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// claims is what an access token says, read without trust: the key is the
// server's, and here it is only looked at.
type claims struct {
	Alg, Kid, Typ  string
	Issuer         string
	Audience       any
	Subject        any
	HasID, HasMail bool
	Iat, Nbf, Exp  time.Time
	// opaque is set when it is no JWT.
	opaque bool
}

func readClaims(token string) (c claims) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{opaque: true}
	}
	var head struct{ Alg, Kid, Typ string }
	var body map[string]any
	if !decode(parts[0], &head) || !decode(parts[1], &body) {
		return claims{opaque: true}
	}
	c = claims{Alg: head.Alg, Kid: head.Kid, Typ: head.Typ, Audience: body["aud"], Subject: body["sub"]}
	c.Issuer, _ = body["iss"].(string)
	_, c.HasID = body["id"]
	_, c.HasMail = body["email"]
	c.Iat, c.Nbf, c.Exp = moment(body["iat"]), moment(body["nbf"]), moment(body["exp"])
	return c
}

func decode(part string, v any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, v) == nil
}

func moment(v any) time.Time {
	n, ok := v.(float64)
	if !ok || math.IsNaN(n) || math.Abs(n) > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// form tells the two shapes of claims apart: the old one names the person by
// address and has the id beside it.
func (c claims) form() string {
	sub, isText := c.Subject.(string)
	switch {
	case c.opaque:
		return "opaque"
	case c.Subject == nil:
		return "without sub"
	case c.HasID && !c.HasMail && isText && strings.Contains(sub, "@"):
		return "old (sub is the address, id beside it)"
	}
	return "current (sub is the id)"
}

// String is for evidence: nothing in it says who somebody is.
func (c claims) String() string {
	if c.opaque {
		return "the token is no JWT"
	}
	kid := "no kid"
	if c.Kid != "" {
		kid = "kid " + c.Kid
	}
	return fmt.Sprintf("the token: %s, %s, form %s, iss %q, aud %v, made %s, ends %s",
		c.Alg, kid, c.form(), c.Issuer, c.Audience, stamp(c.Iat), stamp(c.Exp))
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "(not said)"
	}
	return t.UTC().Format(time.RFC3339)
}

// sound judges the tokens that the logins gave.
func (x *outside) sound(_ context.Context, r *doctor.Result) {
	now := x.Now()
	c := readClaims(x.grant.browser.AccessToken)
	if c.opaque {
		r.Say("the access token is no JWT")
		return
	}
	for _, f := range judgeClaims(c, origin(x.at), time.Duration(x.grant.browser.ExpiresIn)*time.Second, now) {
		f.Evidence += "\n" + c.String()
		r.Find(f)
	}
	r.Say("%s, ends in %s", c.Alg, c.Exp.Sub(now).Round(time.Second))
}

// twoForms compares the tokens of two logins at one address.
func twoForms(c, other claims) api.Finding {
	if other.form() == c.form() && other.Alg == c.Alg && other.Kid == c.Kid && other.Issuer == c.Issuer {
		return api.Finding{}
	}
	return api.Finding{
		Code:     "tokens_of_two_forms",
		Evidence: "signed in as a browser: " + c.String() + "\nsigned in as a program: " + other.String(),
		Expected: "one form, one key and one issuer",
	}
}

// judgeClaims holds a fresh token against the address, the clock and what the
// answer said of its life.
func judgeClaims(c claims, at string, said time.Duration, now time.Time) (out []api.Finding) {
	find := func(code api.Cause, evidence, expected string, args ...any) {
		out = append(out, api.Finding{Code: code, Evidence: evidence, Expected: fmt.Sprintf(expected, args...)})
	}
	if strings.EqualFold(c.Alg, "none") || c.Alg == "" {
		find("token_unsigned", "the token is not signed (alg "+c.Alg+")", "a signed token")
	}
	if c.Issuer != "" && strings.TrimSuffix(c.Issuer, "/") != at && strings.Contains(c.Issuer, "://") {
		find("issuer_mismatch", "asked at "+at+", and the token is of "+c.Issuer, "iss %s", at)
	}
	made := c.Iat
	if c.Nbf.After(made) {
		made = c.Nbf
	}
	if !made.IsZero() && made.Sub(now).Abs() > maxSkew {
		out = append(out, skewed("the access token", "the time at which it says it was made", made.Sub(now)))
		return out // its end is off by as much
	}
	life := c.Exp.Sub(now)
	switch {
	case c.Exp.IsZero():
		find("token_lifetime_wrong", "the token has no exp: it never ends", "an end")
	case life <= 0:
		find("token_lifetime_wrong", "the token had ended when it came", "60 minutes, or what ACCESS_TOKEN_TTL says")
	case said > 0 && (said-life).Abs() > maxSkew+10*time.Second:
		find("token_lifetime_wrong", fmt.Sprintf("the answer says %s, and the token ends in %s", said, life.Round(time.Second)), "one and the same")
	case life > 24*time.Hour:
		find("token_lifetime_wrong", fmt.Sprintf("the token lives for %s", life.Round(time.Minute)), "60 minutes, or what ACCESS_TOKEN_TTL says")
	}
	return out
}
