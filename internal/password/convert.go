package password

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// PBKDF2 writes a hash of it in the form that is kept here. Of a key that is
// longer than one block of the digest the first block is kept: each is made by
// itself, so that a thief compares the first alone too, and the others would
// only cost every sign-in their time.
func PBKDF2(digest string, iterations uint64, salt, key []byte) string {
	name := "pbkdf2-" + strings.ReplaceAll(strings.ToLower(digest), "-", "")
	if n := digestLen[name]; n > 0 && len(key) > n {
		key = key[:n]
	}
	return fmt.Sprintf("$%s$i=%d$%s$%s", name, iterations, raw(salt), raw(key))
}

// Scrypt writes a hash of it in the form that is kept here; what is no power of
// two is no N, and gives "".
func Scrypt(n, r, p uint64, salt, key []byte) string {
	if bits.OnesCount64(n) != 1 {
		return ""
	}
	return fmt.Sprintf("$scrypt$ln=%d,r=%d,p=%d$%s$%s", bits.TrailingZeros64(n), r, p, raw(salt), raw(key))
}

// Argon2 writes a hash of it as the reference implementation does; variant is
// "argon2id" or "argon2i".
func Argon2(variant string, memory, time, lanes uint64, salt, key []byte) string {
	return fmt.Sprintf("$%s$v=19$m=%d,t=%d,p=%d$%s$%s", variant, memory, time, lanes, raw(salt), raw(key))
}

func raw(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// Convert brings a hash that another program wrote to the form that is kept
// here, "" where it is of none that can be checked. Whether it may run, by what
// it costs, is for Kind to say.
func Convert(text string) string {
	if _, unusable := Kind(text); unusable != HashUnknown {
		return text
	}
	if len(text) > 1024 {
		return ""
	}
	for _, f := range foreignForms {
		if m := f.form.FindStringSubmatch(text); m != nil {
			made := f.make(m)
			if _, unusable := Kind(made); unusable == "" || unusable == HashTooExpensive {
				return made
			}
			return ""
		}
	}
	return ""
}

// uint64Of reads digits; more than there is room for are more than may run.
func uint64Of(s string) uint64 {
	const most = 999_999_999_999_999_999
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return most
	}
	return min(n, most)
}

// base64Of reads base64 with padding or without; nil for what is none.
func base64Of(s string) []byte {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil
	}
	return b
}

func hexBytes(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
