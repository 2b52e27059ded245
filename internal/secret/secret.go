// Package secret holds key material: a value that cannot print itself, keys
// derived for one purpose each, and sealing for what must not lie open.
package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"
)

// Redacted is what a secret prints as, whatever the verb.
const Redacted = "[redacted]"

// Value is a secret. fmt, slog and every encoder see Redacted; only Reveal
// gives the bytes, so that a search for it finds each place that uses them.
type Value struct{ b []byte }

// New keeps a copy of b.
func New(b []byte) Value { return Value{append([]byte(nil), b...)} }

// FromString is New for text: the key is its UTF-8 bytes as given.
func FromString(s string) Value { return New([]byte(s)) }

// Reveal gives the bytes. Callers must not keep, print or change them.
func (v Value) Reveal() []byte { return v.b }

// Empty says whether nothing is set.
func (v Value) Empty() bool { return len(v.b) == 0 }

// Len is the length in bytes.
func (v Value) Len() int { return len(v.b) }

// Equal compares in constant time.
func (v Value) Equal(o Value) bool { return subtle.ConstantTimeCompare(v.b, o.b) == 1 }

// Fingerprint names a secret without giving it away: 12 characters of a keyed
// hash, equal for equal secrets. Two replicas may compare it.
func (v Value) Fingerprint() string {
	m := hmac.New(sha256.New, v.b)
	m.Write([]byte("aiwfe-auth fingerprint v1"))
	return strings.ToLower(text.EncodeToString(m.Sum(nil))[:12])
}

// Format writes Redacted for every verb, %#v and %x included.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// String is Redacted.
func (v Value) String() string { return Redacted }

// LogValue is Redacted.
func (v Value) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText is Redacted, so that JSON and YAML are too.
func (v Value) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

var text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Random returns n bytes from the system's generator.
func Random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read does not return since Go 1.24: it crashes the program instead
	return b
}

// RandomText returns n random bytes as lower-case base32: 8 characters for
// every 5 bytes, safe in URLs, file names and double clicks.
func RandomText(n int) string { return strings.ToLower(text.EncodeToString(Random(n))) }

// Derive makes a 32-byte key for one purpose from a master secret by
// HKDF-SHA256 (RFC 5869); the label is the purpose, so that no two purposes
// share a key.
func Derive(master Value, label string) Value {
	k, err := hkdf.Key(sha256.New, master.Reveal(), nil, "aiwfe-auth/"+label+"/v1", 32)
	if err != nil { // only a length beyond 255 blocks fails
		panic("secret: derive " + label + ": " + err.Error())
	}
	return Value{k}
}

// Sum is HMAC-SHA256 over the fields, each with its length in front: moving a
// byte over the border between two fields gives another sum.
func Sum(key Value, fields ...[]byte) []byte {
	m := hmac.New(sha256.New, key.Reveal())
	var n [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		m.Write(n[:])
		m.Write(f)
	}
	return m.Sum(nil)
}

// Hash is the SHA-256 under which a random token of at least 128 bits is kept
// in the database (ASVS 11.4.2 asks for a slow hash only below 112 bits).
func Hash(token string) []byte {
	h := Digest(token)
	return h[:]
}

// Digest is Hash as a value, which leaves nothing behind for the collector.
func Digest(token string) [32]byte {
	var room [512]byte // longer than any token of ours
	if len(token) > len(room) {
		return sha256.Sum256([]byte(token))
	}
	return sha256.Sum256(room[:copy(room[:], token)])
}
