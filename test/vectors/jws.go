package vectors

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"
)

// JWSCase is a compact JWS and whether HS256 with Key verifies it. A case that
// is not Valid must be refused before its payload is looked at.
type JWSCase struct {
	Name    string
	Key     []byte
	Compact string
	Payload []byte // of the valid ones
	Valid   bool
}

// The key and the parts of RFC 7515 appendix A.1.
const (
	rfc7515Key     = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
	rfc7515Header  = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
	rfc7515Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	rfc7515Tag     = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// JWS returns the HS256 signatures of the RFCs and of Project Wycheproof and,
// made from the first of them, the mutations of the known attacks on verifiers. Where a mutation has
// a MAC, it is the right one for what it claims: only the rule can refuse it.
func JWS() []JWSCase {
	key := unbase64(rfc7515Key)
	cases := []JWSCase{
		{"RFC 7515 A.1", key, rfc7515Header + "." + rfc7515Payload + "." + rfc7515Tag, unbase64(rfc7515Payload), true},
		rfc7520(),
		{
			// The payload is not base64url: "b64" is critical and unknown to us.
			"RFC 7797 4.2: unencoded payload", key,
			"eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.$.02.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
			nil, false,
		},
	}
	cases = append(cases, WycheproofJWS()...)
	return append(append(cases, tagMutations(key)...), headerMutations(key)...)
}

// rfc7520 is RFC 7520 section 4.4, whose header has a kid.
func rfc7520() JWSCase {
	const payload = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwg" +
		"YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4"
	return JWSCase{
		Name: "RFC 7520 4.4",
		Key:  unbase64("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"),
		Compact: "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9." + payload +
			".s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
		Payload: unbase64(payload),
		Valid:   true,
	}
}

// tagMutations change the signature alone: bits, length, spelling.
func tagMutations(key []byte) []JWSCase {
	signed := rfc7515Header + "." + rfc7515Payload
	tag := unbase64(rfc7515Tag)
	with := func(name, spelled string) JWSCase {
		return JWSCase{Name: name, Key: key, Compact: signed + "." + spelled}
	}
	flipped := func(i int) string {
		t := append([]byte(nil), tag...)
		t[i/8] ^= 1 << (i % 8)
		return encode(t)
	}
	cases := []JWSCase{
		with("empty tag", ""),
		with("tag cut to 16 bytes", encode(tag[:16])),
		with("tag cut by one byte", encode(tag[:31])),
		with("tag with a zero byte appended", encode(append(append([]byte(nil), tag...), 0))),
		with("tag of zeros", encode(make([]byte, 32))),
		with("tag of ones", encode([]byte(strings.Repeat("\xff", 32)))),
		with("tag with the spare bits set", rfc7515Tag[:42]+"l"),
		with("tag with padding", rfc7515Tag+"="),
		with("tag in the standard alphabet", strings.NewReplacer("-", "+", "_", "/").Replace(rfc7515Tag)),
		with("tag with a line feed inside", rfc7515Tag[:10]+"\n"+rfc7515Tag[10:]),
		with("tag with a blank behind", rfc7515Tag+" "),
		with("tag of HS512 under the name HS256", encode(mac(sha512.New, key, signed))),
		with("tag over the payload alone", encode(mac(sha256.New, key, rfc7515Payload))),
		with("tag by an empty key", encode(mac(sha256.New, nil, signed))),
		{Name: "no tag and no dot", Key: key, Compact: signed},
		{Name: "a fourth part", Key: key, Compact: signed + "." + rfc7515Tag + "." + rfc7515Tag},
		{Name: "blank in front", Key: key, Compact: " " + signed + "." + rfc7515Tag},
		{
			Name: "another payload under the same tag", Key: key,
			Compact: rfc7515Header + "." + encode([]byte(`{"iss":"eve"}`)) + "." + rfc7515Tag,
		},
		{Name: "payload moved into the header", Key: key, Compact: rfc7515Header + rfc7515Payload + ".." + rfc7515Tag},
	}
	for _, bit := range []int{0, 7, 8, 63, 64, 127, 128, 255} {
		cases = append(cases, with("tag with bit flipped", flipped(bit)))
	}
	return cases
}

// headerMutations are signed with the right key; the header is the attack.
func headerMutations(key []byte) []JWSCase {
	sign := func(header string, h func() hash.Hash) string {
		signed := encode([]byte(header)) + "." + rfc7515Payload
		if h == nil {
			return signed + "."
		}
		return signed + "." + encode(mac(h, key, signed))
	}
	all := []struct {
		name, header string
		h            func() hash.Hash
	}{
		{"alg none without a tag", `{"alg":"none"}`, nil},
		{"alg None without a tag", `{"alg":"None"}`, nil},
		{"alg NONE without a tag", `{"alg":"NONE"}`, nil},
		{"alg none with a right HS256 tag", `{"alg":"none"}`, sha256.New},
		{"alg empty", `{"alg":""}`, sha256.New},
		{"alg missing", `{"typ":"JWT"}`, sha256.New},
		{"alg null", `{"alg":null}`, sha256.New},
		{"alg a number", `{"alg":256}`, sha256.New},
		{"alg a list", `{"alg":["HS256"]}`, sha256.New},
		{"alg in lower case", `{"alg":"hs256"}`, sha256.New},
		{"alg with a blank", `{"alg":"HS256 "}`, sha256.New},
		{"member Alg", `{"Alg":"HS256"}`, sha256.New},
		{"HS384, rightly signed", `{"alg":"HS384"}`, sha512.New384},
		{"HS512, rightly signed", `{"alg":"HS512"}`, sha512.New},
		{"RS256 over an HS256 tag", `{"alg":"RS256"}`, sha256.New},
		{"ES256 over an HS256 tag", `{"alg":"ES256"}`, sha256.New},
		{"alg twice, none last", `{"alg":"HS256","alg":"none"}`, sha256.New},
		{"alg twice, none first", `{"alg":"none","alg":"HS256"}`, sha256.New},
		{"alg twice, once escaped", `{"alg":"HS256","\u0061lg":"none"}`, sha256.New},
		{"unknown crit", `{"alg":"HS256","crit":["exp"],"exp":1}`, sha256.New},
		{"empty crit", `{"alg":"HS256","crit":[]}`, sha256.New},
		{"b64 false", `{"alg":"HS256","b64":false,"crit":["b64"]}`, sha256.New},
		{"compressed", `{"alg":"HS256","zip":"DEF"}`, sha256.New},
		{"embedded key", `{"alg":"HS256","jwk":{"kty":"oct","k":"AA"}}`, sha256.New},
		{"key by URL", `{"alg":"HS256","jku":"http://127.0.0.1/keys"}`, sha256.New},
		{"certificate by URL", `{"alg":"HS256","x5u":"http://127.0.0.1/cert"}`, sha256.New},
		{"certificate inside", `{"alg":"HS256","x5c":["AA=="]}`, sha256.New},
		{"kid as a path", `{"alg":"HS256","kid":"../../dev/null"}`, sha256.New},
		{"header not an object", `"HS256"`, sha256.New},
		{"header with a tail", `{"alg":"HS256"}{}`, sha256.New},
		{"header not UTF-8", "{\"alg\":\"HS256\",\"typ\":\"\xff\"}", sha256.New},
		{"empty header", ``, sha256.New},
	}
	cases := make([]JWSCase, 0, len(all))
	for _, c := range all {
		cases = append(cases, JWSCase{Name: c.name, Key: key, Compact: sign(c.header, c.h)})
	}
	return cases
}

func mac(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unbase64(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic("vectors: " + err.Error())
	}
	return b
}
