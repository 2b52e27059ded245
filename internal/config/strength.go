package config

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// published is keys long enough to pass for real that stand in tutorials and
// example files, without punctuation and in lower case. Scanners try them first.
var published = []string{
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", // FastAPI's tutorial
	"supersecretjwttokenwithatleast32characterslong",                   // a Supabase example
	"astringsecretatleast256bitslong",                                  // jwt.io
	"your256bitsecret",                                                 // jwt.io before
}

// placeholders are phrases that say that somebody was to put a key here.
var placeholders = []string{
	"changeme", "changethis", "changeit", "changeinproduction", "replaceme", "replacethis", "replacewith",
	"yoursecret", "yourjwt", "yourkey", "yoursuper", "insertyour", "placeholder", "djangoinsecure", "insecure",
	"donotuse", "notforproduction", "examplekey", "examplesecret",
}

// words are what a key made by hand is made of. Taken out, something random
// must remain.
var words = []string{
	"authentication", "development", "production", "encryption", "password", "generate", "default", "example",
	"private", "internal", "signing", "session", "strong", "minimum", "secure", "secret", "random", "string",
	"characters", "chars", "bytes", "bits", "super", "token", "admin", "local", "least", "aiwfe", "please",
	"change", "very", "long", "data", "auth", "key", "jwt", "hs256", "this", "that", "must", "with", "test",
	"prod", "dev", "my", "your", "the", "for", "and", "not", "in", "is", "at", "be",
}

// weakness says, in a sentence that holds no piece of it, why the key of that
// setting could be guessed, with the doctor's name for it; empty when nothing speaks against it. It cannot
// prove a key strong.
func weakness(name string, key []byte) (cause api.Cause, why string) {
	if len(key) < leastKey {
		return "secret_too_short", fmt.Sprintf("The key is %d bytes long, and %s.", len(key), leastWhy(name))
	}
	letters := alphanumeric(key)
	for _, p := range published {
		if strings.Contains(letters, p) {
			return "secret_published", "The key is published in a tutorial or an example, and attackers try it first."
		}
	}
	for _, p := range placeholders {
		if strings.Contains(letters, p) {
			return "secret_placeholder", "The key is a placeholder that was meant to be replaced."
		}
	}
	rest := letters
	for _, w := range words {
		rest = strings.ReplaceAll(rest, w, "")
	}
	switch {
	case len(letters) > 0 && len(rest) < 16 && len(letters)-len(rest) >= len(letters)/3:
		return "secret_weak", "The key is made of words and could be guessed."
	case repeats(key):
		return "secret_weak", "The key is one short piece repeated."
	case distinct(key) < 8:
		return "secret_weak", "The key has fewer than eight different characters."
	case steps(key) > len(key)/2:
		return "secret_weak", "The key is a row of neighbouring characters, as on a keyboard or in the alphabet."
	case entropy(key) < 90:
		return "secret_weak", "The key is too regular to be random."
	}
	return "", ""
}

// leastWhy is why a key has so many bytes: the one signs, the other is the root
// of keys of 256 bits, which are no stronger than what they are made from.
func leastWhy(name string) string {
	if strings.HasPrefix(name, "JWT_") {
		return "HS256 needs 32 at least (RFC 7518)"
	}
	return "it is to have 32 at least, since keys of 256 bits are made from it"
}

// alphanumeric drops case and punctuation, so that change-me and CHANGE_ME are
// one word. Bytes that are no text stay.
func alphanumeric(key []byte) string {
	var b strings.Builder
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c < ' ' || c > '~':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// repeats finds a piece of at most half the key that fills it.
func repeats(key []byte) bool {
	for n := 1; n <= len(key)/2; n++ {
		if bytes.Equal(key[n:], key[:len(key)-n]) && n < leastKey {
			return true
		}
	}
	return false
}

func distinct(key []byte) int {
	k := slices.Clone(key)
	slices.Sort(k)
	return len(slices.Compact(k))
}

// steps counts characters that are equal to the one before or next to it.
func steps(key []byte) int {
	n := 0
	for i := 1; i < len(key); i++ {
		if d := int(key[i]) - int(key[i-1]); d >= -1 && d <= 1 {
			n++
		}
	}
	return n
}

// entropy is Shannon's, over the frequencies of single bytes, in bits for the
// whole key. 32 random hex digits have about 120.
func entropy(key []byte) float64 {
	var count [256]int
	for _, c := range key {
		count[c]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			bits -= float64(n) * math.Log2(float64(n)/float64(len(key)))
		}
	}
	return bits
}
