package contract

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"maps"
	"strings"
	"testing"
	"time"
)

// The forger knows the key, so only the rules about header and claims can refuse what it makes.

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// signAs makes a compact JWS of texts that need not be JSON.
func signAs(h func() hash.Hash, key, header, payload string) string {
	signed := b64([]byte(header)) + "." + b64([]byte(payload))
	if h == nil {
		return signed + "."
	}
	m := hmac.New(h, []byte(key))
	m.Write([]byte(signed))
	return signed + "." + b64(m.Sum(nil))
}

func sign(header, payload string) string { return signAs(sha256.New, signingKey, header, payload) }

func sign512(header, payload string) string { return signAs(sha512.New, signingKey, header, payload) }

func unsigned(header, payload string) string { return signAs(nil, "", header, payload) }

// parts decodes a genuine token.
func parts(t *testing.T, token string) (header, claims object) {
	t.Helper()
	p := strings.Split(token, ".")
	if len(p) != 3 {
		t.Fatalf("an access token has three parts, this has %d", len(p))
	}
	for i, into := range []*object{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(p[i])
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

// changed is a copy with some members set; nil takes one away.
func changed(o object, more object) object {
	o = maps.Clone(o)
	for key, value := range more {
		if value == nil {
			delete(o, key)
		} else {
			o[key] = value
		}
	}
	return o
}

func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }
