package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestWeakKeysAreRecognised(t *testing.T) {
	for _, row := range []struct{ name, key string }{
		{"short", strongJWT[:31]},
		{"one character", strings.Repeat("x", 64)},
		{"a short piece repeated", strings.Repeat("k9Q", 20)},
		{"digits in a row", "01234567890123456789012345678901"},
		{"hex in a row, twice", "0123456789abcdef0123456789abcdef"},
		{"the alphabet", "abcdefghijklmnopqrstuvwxyz0123456789"},
		{"words", "my-super-secret-jwt-signing-key-for-production"},
		{"the words of every template", "your-secret-key-change-this-in-production!!"},
		{"another template", "CHANGE_ME_TO_SOMETHING_LONG_AND_RANDOM_9x8y7z"},
		{"FastAPI's tutorial", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"},
		{"a published example", "super-secret-jwt-token-with-at-least-32-characters-long"},
		{"Django's mark", "django-insecure-" + strongJWT},
		{"few characters", strings.Repeat("ab", 10) + strings.Repeat("ba", 10) + "abba"},
	} {
		_, why := weakness("JWT_SECRET_KEY", []byte(row.key))
		if why == "" {
			t.Errorf("%s passes", row.name)
		}
		if strings.Contains(why, row.key) {
			t.Errorf("%s: the sentence shows the key", row.name)
		}
	}
}

// A random key must pass however it is written down, or the check would stop
// those who do it right.
func TestRandomKeysPass(t *testing.T) {
	raw := make([]byte, 32)
	for range 2000 {
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{
			string(raw), hex.EncodeToString(raw), hex.EncodeToString(raw[:16]),
			base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw[:24]),
			secret.RandomText(40), "prod-secret-key-" + hex.EncodeToString(raw),
		} {
			if _, why := weakness("JWT_SECRET_KEY", []byte(key)); why != "" {
				t.Fatalf("%q: %s", key, why)
			}
		}
	}
}
