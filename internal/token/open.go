package token

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Form is which of the two kinds a token is.
type Form string

// The forms.
const (
	FormCurrent Form = "current"
	FormLegacy  Form = "legacy"
)

// header is what a token says of itself before anything is proven.
type header struct {
	form Form
	kid  string
}

// strict refuses spare bits that are not zero, so that one token has one
// spelling; revoking by hash depends on that.
var strict = base64.RawURLEncoding.Strict()

// open takes the steps that need no claim: shape, header, MAC. It returns the
// signed payload.
func (t *Tokens) open(raw string) (header, []byte, error) {
	h, err := readHeader(raw)
	if err != nil {
		return h, nil, err
	}
	candidates := t.keys
	if h.form == FormCurrent {
		k, known := t.byID[h.kid]
		if !known {
			return h, nil, refuse("kid_unknown", "the key %q that signed this token is not configured here", short(h.kid))
		}
		candidates = []key{k}
	}
	payload, _, err := verify(raw, candidates)
	if err != nil {
		return h, nil, err
	}
	return h, payload, nil
}

// verify checks the MAC with each key and says which one it was.
func verify(raw string, keys []key) ([]byte, key, error) {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return nil, key{}, refuse("not_a_jws", "the signature cannot be read: %w", err)
	}
	for _, k := range keys {
		if payload, err := jws.Verify(k.bytes); err == nil {
			return payload, k, nil
		}
	}
	return nil, key{}, refuse("signature_wrong", "the signature does not match any key it could be made with")
}

// parts decodes header, payload and tag of three strict base64url texts.
func parts(raw string) (decoded [3][]byte, err error) {
	if len(raw) > maxLength {
		return decoded, refuse("too_long", "the token has %d bytes, more than the %d that are read", len(raw), maxLength)
	}
	if n := strings.Count(raw, "."); n != 2 {
		return decoded, refuse("not_three_parts", "the token has %d parts, a signed JWT has three", n+1)
	}
	if strings.ContainsAny(raw, "\r\n") { // the decoder skips them even when strict
		return decoded, refuse("bad_base64", "the token contains a line break")
	}
	rest := raw
	for i := range decoded {
		var part string
		part, rest, _ = strings.Cut(rest, ".")
		if decoded[i], err = strict.DecodeString(part); err != nil {
			return decoded, refuse("bad_base64", "a part of the token is not strict base64url: %w", err)
		}
	}
	return decoded, nil
}

// readHeader accepts alg, typ and kid alone. What tells a verifier to fetch,
// trust, unpack or reinterpret (jku, jwk, x5u, x5c, zip, crit, b64) is unknown
// here and so refused, whatever it says (RFC 8725 sections 3.6 and 3.10).
func readHeader(raw string) (header, error) {
	decoded, err := parts(raw)
	if err != nil {
		return header{}, err
	}
	members, err := object(decoded[0], "header")
	if err != nil {
		return header{}, err
	}
	for name := range members {
		if name != "alg" && name != "typ" && name != "kid" {
			return header{}, refuse("unknown_header", "the header has a member %q, which is not known here", short(name))
		}
	}
	if alg, ok := textOf(members["alg"]); !ok || alg != string(jose.HS256) {
		return header{}, refuse("alg_not_allowed", "the algorithm is %s, only HS256 is allowed", shown(members["alg"]))
	}
	kid, hasKid := members["kid"]
	typ, hasTyp := members["typ"]
	kind, typIsText := textOf(typ)
	switch {
	case hasTyp && typIsText && kind == typeCurrent:
		id, isText := textOf(kid)
		if !hasKid || !isText || id == "" {
			return header{form: FormCurrent}, refuse("kid_missing", "the header does not name the key that signed the token")
		}
		return header{form: FormCurrent, kid: id}, nil
	case !hasKid && (!hasTyp || typIsText && kind == typeLegacy):
		return header{form: FormLegacy}, nil
	}
	return header{}, refuse("typ_unknown", "the type is %s, which with or without a kid is no access token", shown(typ))
}

// object reads one JSON object strictly: no name twice, nothing behind it,
// valid UTF-8. Two readers that pick different ones of two equal names are how
// a checked claim and a used claim come apart.
func object(text []byte, what string) (map[string]jsontext.Value, error) {
	var members map[string]jsontext.Value
	err := json.Unmarshal(text, &members)
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return nil, refuse("duplicate_member", "the %s has a member twice", what)
	case err != nil:
		return nil, refuse(what+"_not_json", "the %s is not a JSON object: %w", what, err)
	case members == nil: // null
		return nil, refuse(what+"_not_json", "the %s is null, not a JSON object", what)
	}
	return members, nil
}

// textOf reads a JSON string.
func textOf(v jsontext.Value) (string, bool) {
	if v.Kind() != '"' {
		return "", false
	}
	b, err := jsontext.AppendUnquote(nil, v)
	return string(b), err == nil
}

// shown writes a JSON value of a stranger for the log, quoted.
func shown(v jsontext.Value) string {
	if v == nil {
		return "missing"
	}
	if s, ok := textOf(v); ok {
		return strconv.Quote(short(s))
	}
	return strconv.Quote(short(string(v)))
}
