package password

import (
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // in HMAC, for hashes that others made
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// deriveForeign makes the key of PBKDF2 or scrypt. HMAC fills a short key up
// with NULs, so that "a" and "a\x00" are one: the work is done, the answer is no
// key, which equals none.
func deriveForeign(k kind, password string, salt []byte, n int) []byte {
	var key []byte
	var err error
	switch k.algorithm {
	case pbkdf2SHA1:
		key, err = pbkdf2.Key(sha1.New, password, salt, k.cost, n)
	case pbkdf2SHA256:
		key, err = pbkdf2.Key(sha256.New, password, salt, k.cost, n)
	case pbkdf2SHA512:
		key, err = pbkdf2.Key(sha512.New, password, salt, k.cost, n)
	case scryptName:
		key, err = scrypt.Key([]byte(password), salt, 1<<k.scrypt.logN, int(k.scrypt.r), int(k.scrypt.p), n)
	}
	if err != nil || strings.Contains(password, "\x00") {
		return nil
	}
	return key
}

// hexOf is what Django gives to bcrypt, so that all of a long password counts.
func hexOf(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}
