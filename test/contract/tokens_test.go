package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

// forged is a token and what it is answered: 200, or a code of 401.
type forged struct {
	name, token, code string
}

// forgedHeaders are genuine claims under another header, signed with the right key.
func forgedHeaders(header, claims object) (all []forged) {
	body := jsonText(claims)
	kid := header["kid"]
	set := func(name string, more object) {
		all = append(all, forged{name, sign(jsonText(changed(header, more)), body), "token_invalid"})
	}
	set("no typ", object{"typ": nil})
	set("typ of the old form", object{"typ": "JWT"})
	set("typ of a refresh token", object{"typ": "rt+jwt"})
	set("alg missing", object{"alg": nil})
	set("alg in lower case", object{"alg": "hs256"})
	set("alg of another kind over an HS256 tag", object{"alg": "RS256"})
	set("kid of nobody", object{"kid": "nobody"})
	set("kid empty", object{"kid": ""})
	set("kid a path", object{"kid": "../../../../dev/null"})
	set("kid an injection", object{"kid": "' UNION SELECT '1"})
	set("kid a number", object{"kid": 1})
	set("unknown crit", object{"crit": []string{"exp2"}, "exp2": 1})
	set("crit of a known name", object{"crit": []string{"exp"}})
	set("crit empty", object{"crit": []string{}})
	set("b64 false", object{"b64": false, "crit": []string{"b64"}})
	set("compressed", object{"zip": "DEF"})
	text := func(name, header string) {
		all = append(all, forged{name, sign(header, body), "token_invalid"})
	}
	text("alg twice", fmt.Sprintf(`{"alg":"none","alg":"HS256","typ":"at+jwt","kid":%q}`, kid))
	text("alg twice, once escaped", fmt.Sprintf(`{"alg":"HS256","\u0061lg":"none","typ":"at+jwt","kid":%q}`, kid))
	text("member ALG", fmt.Sprintf(`{"ALG":"HS256","typ":"at+jwt","kid":%q}`, kid))
	text("a tail", jsonText(header)+"{}")
	text("no object", `"HS256"`)
	text("empty", "")
	for _, alg := range []string{"none", "None", "NONE", "nOnE", ""} {
		h := jsonText(changed(header, object{"alg": alg}))
		all = append(all,
			forged{"alg " + alg + " unsigned", unsigned(h, body), "token_invalid"},
			forged{"alg " + alg + " signed", sign(h, body), "token_invalid"})
	}
	h512 := jsonText(changed(header, object{"alg": "HS512"}))
	all = append(all,
		forged{"HS512, rightly signed", sign512(h512, body), "token_invalid"},
		forged{"HS512 under the name HS256", sign512(jsonText(header), body), "token_invalid"})
	return all
}

// forgedClaims are other claims under the genuine header, signed with the right key.
func forgedClaims(header, claims object) (all []forged) {
	h := jsonText(header)
	set := func(name, code string, more object) {
		all = append(all, forged{name, sign(h, jsonText(changed(claims, more))), code})
	}
	set("the same claims", "", nil)
	set("exp within the leeway", "", object{"exp": in(-10 * time.Second), "iat": in(-time.Hour), "nbf": in(-time.Hour)})
	set("exp beyond the leeway", "token_expired", object{"exp": in(-45 * time.Second), "iat": in(-time.Hour), "nbf": in(-time.Hour)})
	set("exp long ago", "token_expired", object{"exp": 1000, "iat": 100, "nbf": 100})
	set("no exp", "token_invalid", object{"exp": nil})
	set("exp zero or less", "*", object{"exp": -1})
	set("exp a text", "token_invalid", object{"exp": fmt.Sprint(in(time.Hour))})
	set("exp a list", "token_invalid", object{"exp": []int64{in(time.Hour)}})
	set("nbf within the leeway", "", object{"nbf": in(10 * time.Second)})
	set("nbf to come", "token_invalid", object{"nbf": in(time.Hour)})
	set("iat to come", "token_invalid", object{"iat": in(time.Hour), "nbf": in(-time.Minute)})
	set("nbf a text", "token_invalid", object{"nbf": "now"})
	set("no iss", "token_invalid", object{"iss": nil})
	set("iss of somebody else", "token_invalid", object{"iss": "https://evil.example"})
	set("iss with a slash", "token_invalid", object{"iss": fmt.Sprint(claims["iss"], "/")})
	set("iss a list", "token_invalid", object{"iss": []any{claims["iss"]}})
	set("no aud", "token_invalid", object{"aud": nil})
	set("aud of somebody else", "token_invalid", object{"aud": "other"})
	set("aud empty", "token_invalid", object{"aud": ""})
	set("aud in another case", "token_invalid", object{"aud": "AIWFE"})
	set("aud a list of others", "token_invalid", object{"aud": []string{"other"}})
	set("aud of FastAPI-Users", "token_invalid", object{"aud": []string{"fastapi-users:auth"}})
	set("no sub", "*", object{"sub": nil})
	set("sub a number", "*", object{"sub": 1})
	set("sub an address", "*", object{"sub": claims["email"]})
	set("sub of nobody", "*", object{"sub": "999999"})
	set("no session", "*", object{"session_id": nil})
	set("a session of nobody", "*", object{"session_id": "ses_nothing"})
	set("a session that is a number", "*", object{"session_id": 1})
	all = append(all,
		forged{"sub twice", sign(h, strings.Replace(jsonText(claims), "{", `{"sub":"1",`, 1)), "token_invalid"},
		forged{"exp twice, once escaped", sign(h, strings.Replace(jsonText(claims), "{", `{"\u0065xp":9999999999,`, 1)), "token_invalid"},
		forged{"claims with a tail", sign(h, jsonText(claims)+"{}"), "token_invalid"},
		forged{"claims no object", sign(h, `["sub"]`), "token_invalid"},
		forged{"exp beyond all numbers", sign(h, strings.Replace(jsonText(changed(claims, object{"exp": nil})), "{", `{"exp":1e400,`, 1)), "token_invalid"},
		// golang-jwt CVE-2024-51744: claims of a token that nobody signed are not even read.
		forged{"expired and badly signed", sign(h, jsonText(changed(claims, object{"exp": 1})))[:20] + "AAAA", "token_invalid"},
		forged{"expired under another key", signAs(newMAC, "another key of thirty-two bytes....", h, jsonText(changed(claims, object{"exp": 1}))), "token_invalid"},
		forged{"another key", signAs(newMAC, "another key of thirty-two bytes....", h, jsonText(claims)), "token_invalid"},
		forged{"an empty key", signAs(newMAC, "", h, jsonText(claims)), "token_invalid"},
		forged{"the sealing key", signAs(newMAC, sealingKey, h, jsonText(claims)), "token_invalid"},
	)
	return all
}

// forgedSpellings are changes of the text of a genuine token.
func forgedSpellings(token string) (all []forged) {
	p := strings.Split(token, ".")
	set := func(name, text string) { all = append(all, forged{name, text, "token_invalid"}) }
	for _, n := range []int{1, 2, 3, 10, 42, 43, 44, 100} {
		set(fmt.Sprintf("cut by %d", n), token[:len(token)-n])
	}
	for _, at := range []int{2, len(p[0]) + 5, len(token) - 20, len(token) - 2} {
		t := []byte(token)
		t[at] = map[bool]byte{true: 'B', false: 'A'}[t[at] == 'A']
		set(fmt.Sprintf("character %d changed", at), string(t))
	}
	// The last character of 32 bytes has two spare bits, which a lax decoder drops.
	last := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", token[len(token)-1])
	set("the spare bits set", token[:len(token)-1]+string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last|1]))
	set("padded", token+"=")
	set("a dot more", token+".")
	set("a part more", token+"."+p[2])
	set("two parts", p[0]+"."+p[1])
	set("no header", "."+p[1]+"."+p[2])
	set("parts swapped", p[1]+"."+p[0]+"."+p[2])
	set("8000 dots", strings.Repeat(".", 8000))
	set("a long payload", p[0]+"."+strings.Repeat("A", 12000)+"."+p[2])
	set("not ours", "aiwfe_pat_nothing")
	return all
}

func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().signIn(t, w.user(t), password)
	genuine := c.bearer
	header, claims := parts(t, genuine)
	all := append(forgedHeaders(header, claims), forgedClaims(header, claims)...)
	all = append(all, forgedSpellings(genuine)...)
	for _, v := range vectors.JWS() {
		all = append(all, forged{"vector: " + v.Name, v.Compact, "*"})
	}
	for _, f := range all {
		if strings.ContainsAny(f.token, "\n\r") || strings.TrimSpace(f.token) != f.token {
			continue // not the value of a header
		}
		c.bearer = f.token
		a := c.do(t, "GET", "/api/v1/auth/status", nil)
		switch {
		case f.code == "":
			if a.status != http.StatusOK {
				t.Errorf("%s: %s; want 200", f.name, a)
			}
		case a.status != http.StatusUnauthorized || (f.code != "*" && a.code() != f.code):
			t.Errorf("%s: %s; want 401 %s", f.name, a, f.code)
		}
	}
	c.bearer = genuine
	c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}
