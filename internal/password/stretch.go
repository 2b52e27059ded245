package password

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// stretchArgon are the parameters of Stretch. They never change, whatever new
// passwords are hashed with: what was stretched before must be found again.
// Only tests have others.
var stretchArgon = Params{Memory: 19456, Time: 2, Lanes: 1}

// NewSalt is a salt for Stretch.
func NewSalt() []byte { return secret.Random(saltBytes) }

// Stretch is a slow hash of a code of fewer than 112 bits (ASVS 6.5.2), for
// looking it up: equal codes under one salt have equal hashes. It runs in the
// one pool and is refused like a password when the queue is too long.
func (h *Hasher) Stretch(ctx context.Context, salt []byte, code string) ([]byte, error) {
	k := kind{algorithm: Argon2id, argon: h.stretch}
	var out []byte
	_, err := h.pool.do(ctx, job{cost: h.costs.expected(k), run: func() {
		h.timed(k, func() { out = h.engine.argon([]byte(code), salt, h.stretch, keyBytes) })
	}})
	return out, err
}
