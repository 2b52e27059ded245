package password

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/aiwfe/aiwfe-auth/internal/argon"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const (
	saltBytes = 16
	keyBytes  = 32
)

// engine is the arithmetic. Its functions are fields so that a test of the
// pool can hash for as long or as short as it likes.
type engine struct {
	argon   func(password, salt []byte, p Params, n int) []byte
	bcrypt  func(password []byte, cost int) ([]byte, error)
	compare func(hash, password []byte) error
	// rest gives back what is kept from one hash to the next.
	rest func()
}

func realEngine() engine {
	m := &memories{}
	return engine{
		argon: func(password, salt []byte, p Params, n int) []byte {
			one := m.take()
			defer m.give(one)
			return one.Key(password, salt, p.Time, p.Memory, p.Lanes, uint32(n))
		},
		bcrypt:  bcrypt.GenerateFromPassword,
		compare: bcrypt.CompareHashAndPassword,
		rest:    m.drop,
	}
}

// memories are what argon2id works in, 19 MiB for each worker of the pool. To
// take new memory for each hash costs a seventh of its time, for clearing it and
// for the collections of garbage that it brings about.
type memories struct {
	mu   sync.Mutex
	free []*argon.Memory
}

func (m *memories) take() *argon.Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.free) == 0 {
		return &argon.Memory{}
	}
	one := m.free[len(m.free)-1]
	m.free = m.free[:len(m.free)-1]
	return one
}

func (m *memories) give(one *argon.Memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free = append(m.free, one)
}

func (m *memories) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free = nil
}

// make returns a new hash of the kind.
func (e engine) make(k kind, password string) (string, error) {
	if k.algorithm == Bcrypt {
		b, err := e.bcrypt([]byte(password), k.cost)
		if err != nil {
			return "", fmt.Errorf("hash with bcrypt: %w", err)
		}
		// Up to 72 bytes $2a$ and $2b$ are the same function; $2b$ is what
		// Python writes and every verifier reads.
		return "$2b" + strings.TrimPrefix(string(b), "$2a"), nil
	}
	salt := secret.Random(saltBytes)
	key := e.argon([]byte(password), salt, k.argon, keyBytes)
	enc := base64.RawStdEncoding
	return k.String() + enc.EncodeToString(salt) + "$" + enc.EncodeToString(key), nil
}

// verify says whether the password is the one of the hash.
func (e engine) verify(h stored, password string) bool {
	if h.algorithm == Bcrypt {
		err := e.compare([]byte(h.text), []byte(password))
		// bcrypt keys repeat with a NUL between, so that "a" and "a\x00a" are
		// one key: the work is done, the answer is no.
		return err == nil && !strings.Contains(password, "\x00")
	}
	if h.algorithm == hexBcrypt {
		return e.compare([]byte(h.text), []byte(hexOf(password))) == nil
	}
	key := e.derive(h.kind, password, h.salt, len(h.key))
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

// derive makes the key of a kind that has one.
func (e engine) derive(k kind, password string, salt []byte, n int) []byte {
	switch k.algorithm {
	case Argon2id:
		return e.argon([]byte(password), salt, k.argon, n)
	case argon2i:
		return argon2.Key([]byte(password), salt, k.argon.Time, k.argon.Memory, k.argon.Lanes, uint32(n))
	}
	return deriveForeign(k, password, salt, n)
}

// dummy does the work of a check of the kind. Its input is fixed, since a
// length that depends on the request would show (CVE-2025-22234).
func (e engine) dummy(k kind) {
	const password = "no account has this password"
	switch k.algorithm {
	case Bcrypt:
		_ = e.compare([]byte(k.String()+strings.Repeat(".", 53)), []byte(password))
	case hexBcrypt:
		_ = e.compare([]byte(fmt.Sprintf("$2b$%02d$", k.cost)+strings.Repeat(".", 53)), []byte(hexOf(password)))
	default:
		e.derive(k, password, make([]byte, saltBytes), k.keyLen())
	}
}
