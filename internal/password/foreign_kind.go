package password

import (
	"encoding/base64"
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"time"
)

// Hashes that other programs made, which are checked and never made here. Each
// is kept in one form, with salt and key in base64 without padding:
//
//	$pbkdf2-sha256$i=600000$salt$key    sha1, sha256 or sha512; RFC 8018
//	$scrypt$ln=14,r=8,p=5$salt$key      RFC 7914; ln is the logarithm of N
//	$argon2i$v=19$m=512,t=2,p=2$salt$key
//	$bcrypt-hexsha256$r=12$salt$key     bcrypt of the SHA-256 in hexadecimal, as
//	                                    Django does; both in bcrypt's own letters
//
// Convert makes this form of those that other programs write.
const (
	argon2i      = "argon2i"
	pbkdf2SHA1   = "pbkdf2-sha1"
	pbkdf2SHA256 = "pbkdf2-sha256"
	pbkdf2SHA512 = "pbkdf2-sha512"
	scryptName   = "scrypt"
	hexBcrypt    = "bcrypt-hexsha256"
)

// What of them may run: a second or two on one processor, 256 MiB. Django 6 has
// 1,200,000 iterations, OWASP's largest scrypt is 2^20 blocks.
const (
	maxIterations   = 2_000_000
	maxScryptBlocks = 1 << 21 // N*r*p, each of 128 bytes where p is 1
)

// scryptParams are those of RFC 7914, with the logarithm of N.
type scryptParams struct{ logN, r, p uint8 }

func (s scryptParams) blocks() uint64 { return uint64(s.r) * uint64(s.p) << s.logN }

// digestLen is the length of one block of PBKDF2.
var digestLen = map[string]int{pbkdf2SHA1: 20, pbkdf2SHA256: 32, pbkdf2SHA512: 64}

// keyLen is the longest key of the kind that is compared.
func (k kind) keyLen() int {
	if n := digestLen[k.algorithm]; n > 0 {
		return n
	}
	return keyBytes
}

func (k kind) foreignString() string {
	switch k.algorithm {
	case scryptName:
		return fmt.Sprintf("$scrypt$ln=%d,r=%d,p=%d$", k.scrypt.logN, k.scrypt.r, k.scrypt.p)
	case hexBcrypt:
		return fmt.Sprintf("$%s$r=%d$", k.algorithm, k.cost)
	}
	return fmt.Sprintf("$%s$i=%d$", k.algorithm, k.cost)
}

// foreignGuess: 0.35 µs for each iteration, 0.8 of SHA-512; 0.6 µs for each
// block of scrypt.
func (k kind) foreignGuess() time.Duration {
	switch k.algorithm {
	case scryptName:
		return time.Duration(k.scrypt.blocks()) * 600 * time.Nanosecond //nolint:gosec // bounded
	case pbkdf2SHA512:
		return time.Duration(k.cost) * 800 * time.Nanosecond
	}
	return time.Duration(k.cost) * 350 * time.Nanosecond
}

var (
	pbkdf2Kind = regexp.MustCompile(`^\$(pbkdf2-sha(?:1|256|512))\$i=([1-9][0-9]{0,17})\$`)
	scryptKind = regexp.MustCompile(`^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,8}),p=([1-9][0-9]{0,8})\$`)
	hexKind    = regexp.MustCompile(`^\$bcrypt-hexsha256\$r=([1-9][0-9]?)\$`)
	bcrypt22   = regexp.MustCompile(`^[./A-Za-z0-9]{22}$`)
	bcrypt31   = regexp.MustCompile(`^[./A-Za-z0-9]{31}$`)
)

// parseForeignKind reads the prefix and gives what follows it.
func parseForeignKind(text string) (k kind, rest, unusable string) {
	number := func(s string) uint64 {
		n, _ := strconv.ParseUint(s, 10, 64)
		return n
	}
	if m := pbkdf2Kind.FindStringSubmatch(text); m != nil {
		n := number(m[2])
		if n > maxIterations {
			return kind{}, "", HashTooExpensive
		}
		return kind{algorithm: m[1], cost: int(n)}, text[len(m[0]):], "" //nolint:gosec // bounded above
	}
	if m := scryptKind.FindStringSubmatch(text); m != nil {
		logN, r, p := number(m[1]), number(m[2]), number(m[3])
		if logN >= uint64(bits.Len(maxScryptBlocks)) || r > 64 || p > 64 {
			return kind{}, "", HashTooExpensive
		}
		s := scryptParams{uint8(logN), uint8(r), uint8(p)}
		if s.blocks() > maxScryptBlocks {
			return kind{}, "", HashTooExpensive
		}
		return kind{algorithm: scryptName, scrypt: s}, text[len(m[0]):], ""
	}
	if m := hexKind.FindStringSubmatch(text); m != nil {
		switch n := number(m[1]); {
		case n > 31 || n < minBcryptCost:
			return kind{}, "", HashUnknown
		case n > maxBcryptCost:
			return kind{}, "", HashTooExpensive
		default:
			return kind{algorithm: hexBcrypt, cost: int(n)}, text[len(m[0]):], "" //nolint:gosec // bounded above
		}
	}
	return kind{}, "", HashUnknown
}

// parseForeign reads salt and key.
func parseForeign(h stored, salt, key string) (stored, string) {
	if h.algorithm == hexBcrypt {
		if !bcrypt22.MatchString(salt) || !bcrypt31.MatchString(key) {
			return stored{}, HashUnknown
		}
		h.text = fmt.Sprintf("$2b$%02d$%s%s", h.cost, salt, key)
		return h, ""
	}
	longest := 64
	if n := digestLen[h.algorithm]; n > 0 {
		longest = n
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.Strict().DecodeString(salt)
	h.key, errKey = base64.RawStdEncoding.Strict().DecodeString(key)
	if errSalt != nil || errKey != nil || !within(len(h.salt), 4, 64) || !within(len(h.key), 16, longest) {
		return stored{}, HashUnknown
	}
	return h, ""
}
