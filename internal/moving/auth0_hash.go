package moving

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// auth0Hash is custom_password_hash, by which Auth0 takes hashes of others.
type auth0Hash struct {
	Algorithm string `json:"algorithm"`
	Hash      struct {
		Value    string `json:"value"`
		Encoding string `json:"encoding"`
	} `json:"hash"`
	Salt struct {
		Value    string `json:"value"`
		Encoding string `json:"encoding"`
	} `json:"salt"`
	Password struct {
		Encoding string `json:"encoding"`
	} `json:"password"`
	KeyLen    uint64 `json:"keylen"`
	Cost      uint64 `json:"cost"`
	BlockSize uint64 `json:"blockSize"`
	Lanes     uint64 `json:"parallelization"`
}

// take keeps it, or notes why not.
func (h *auth0Hash) take(out *Record) {
	if e := strings.ToLower(h.Password.Encoding); e != "" && e != "utf8" && e != "ascii" {
		out.Lost = "the password was hashed in the encoding " + short(e)
		return
	}
	switch a := strings.ToLower(h.Algorithm); a {
	case "bcrypt", "pbkdf2", "argon2":
		out.takeHash(h.Hash.Value)
	case "scrypt":
		key, okKey := encoded(h.Hash.Value, h.Hash.Encoding)
		salt, okSalt := encoded(h.Salt.Value, h.Salt.Encoding)
		if !okKey || !okSalt {
			out.Lost = "the password is kept as scrypt in an encoding that is not known here"
			return
		}
		out.takeHash(password.Scrypt(orDefault(h.Cost, 16384), orDefault(h.BlockSize, 8), orDefault(h.Lanes, 1), salt, key))
		if out.Hash == "" && out.Lost == "" {
			out.Lost = "the password is kept as scrypt whose parameters cannot be"
		}
	default:
		out.Lost = "the password is kept by " + short(a) + ", which this program does not check"
	}
}

func orDefault(n, other uint64) uint64 {
	if n == 0 {
		return other
	}
	return n
}

func encoded(text, encoding string) ([]byte, bool) {
	switch strings.ToLower(encoding) {
	case "", "utf8", "utf-8":
		return []byte(text), true
	case "hex":
		b, err := hex.DecodeString(text)
		return b, err == nil
	case "base64":
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
		return b, err == nil
	}
	return nil, false
}
