package config

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// leastKey is the length of a key for HMAC-SHA256 (RFC 7518 section 3.2), and of
// the root that keys of 256 bits are derived from. It holds everywhere.
const leastKey = 32

const newKey = "Make one with: openssl rand -base64 48"

func (l *loader) checkSecrets() {
	c := l.c
	l.checkKey("JWT_SECRET_KEY", c.JWTSecretKey)
	l.checkKey("DATA_ENCRYPTION_KEY", c.DataEncryptionKey)
	l.checkPrevious("JWT_PREVIOUS_SECRET_KEYS", c.JWTPreviousSecretKeys)
	l.checkPrevious("DATA_ENCRYPTION_PREVIOUS_KEYS", c.DataEncryptionPreviousKeys)
	l.checkShared()
	if !c.MetricsToken.Empty() && c.MetricsToken.Len() < 16 {
		l.warn("METRICS_TOKEN is shorter than 16 bytes and could be guessed.")
	}
	for _, s := range table {
		if v, ok := l.given[s.name]; ok && s.secret && l.sound(s.name) && spaced(v) {
			l.alert(Warning{
				Cause: "secret_trailing_newline", Variable: s.name,
				Text: s.name + " (" + v.origin + ") begins or ends with white space or a line break, " +
					"which counts as part of the secret; other programs that share it may drop it.",
			})
		}
	}
}

func spaced(v value) bool {
	for _, one := range append(v.items, v.raw) {
		if one != strings.TrimSpace(one) {
			return true
		}
	}
	return false
}

func (l *loader) checkKey(name string, key secret.Value) {
	if !l.sound(name, name+"_FILE") {
		return
	}
	relaxed := l.c.Environment.Relaxed()
	if key.Empty() {
		if !relaxed {
			l.fault(name, problem{
				text:     "In " + string(l.c.Environment) + " it is required: a key made by itself would differ from node to node and be lost with the disk.",
				expected: "at least 32 random bytes as text, in " + name + " or in the file that " + name + "_FILE names",
				hint:     first(l.otherName(name), newKey),
				cause:    l.renamedOr(name, "secret_missing"), strict: true,
			})
		}
		return
	}
	if cause, why := weakness(name, key.Reveal()); why != "" {
		if relaxed && key.Len() >= leastKey {
			l.warn(name + " would be refused in production. " + why)
			return
		}
		l.fault(name, problem{
			text: why, expected: "at least 32 random bytes as text", hint: newKey, cause: cause, strict: key.Len() >= leastKey,
		})
	}
}

// checkPrevious: whoever guesses a key that still verifies can sign as well, so
// an old weak key is worth no less than a new one.
func (l *loader) checkPrevious(name string, keys []secret.Value) {
	if !l.sound(name, name+"_FILE") {
		return
	}
	for _, k := range keys {
		cause, why := weakness(name, k.Reveal())
		if why == "" {
			continue
		}
		if l.c.Environment.Relaxed() {
			l.warn("A key in " + name + " would be refused in production. " + why)
			continue
		}
		l.fault(name, problem{
			text:     "One of the keys is weak, and a key that still counts is as dangerous as the current one. " + why,
			expected: "only keys of at least 32 random bytes",
			hint:     "When the old key was weak, leave it out: everybody signs in again, once.",
			cause:    cause, strict: true,
		})
		return
	}
}

// checkShared: one key for two purposes lets a leak of the one undo the other,
// and a rotation of the one would rotate both.
func (l *loader) checkShared() {
	c := l.c
	jwt := append([]secret.Value{c.JWTSecretKey}, c.JWTPreviousSecretKeys...)
	data := append([]secret.Value{c.DataEncryptionKey}, c.DataEncryptionPreviousKeys...)
	for _, a := range jwt {
		for _, b := range data {
			if !a.Empty() && a.Equal(b) {
				l.fault("DATA_ENCRYPTION_KEY", problem{
					text:     "The same key stands in DATA_ENCRYPTION_KEY (or its previous keys) and in JWT_SECRET_KEY (or its previous keys).",
					expected: "two different keys", hint: newKey, cause: "secret_shared",
				})
				return
			}
		}
	}
	for _, old := range c.JWTPreviousSecretKeys {
		if !c.JWTSecretKey.Empty() && old.Equal(c.JWTSecretKey) {
			l.warn("JWT_PREVIOUS_SECRET_KEYS holds the current JWT_SECRET_KEY; it does no harm and no good.")
		}
	}
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
