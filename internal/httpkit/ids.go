package httpkit

import (
	"sync"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// An id is 80 random bits in 16 letters, as secret.RandomText(10) writes them.
const (
	idBytes = 10
	idBatch = 64
	letters = "abcdefghijklmnopqrstuvwxyz234567"
)

// ids asks the system's generator for many ids at once. Each piece of what it
// gave makes one id, and is not used again.
type ids struct{ pool sync.Pool }

type batch struct{ left []byte }

func (p *ids) next() string {
	b, _ := p.pool.Get().(*batch)
	if b == nil {
		b = &batch{}
	}
	if len(b.left) < idBytes {
		b.left = secret.Random(idBytes * idBatch)
	}
	var text [2 * 8]byte
	for i := range 2 {
		spell(text[8*i:], b.left[5*i:])
	}
	b.left = b.left[idBytes:]
	p.pool.Put(b)
	return string(text[:])
}

// spell writes five bytes as eight letters, five bits each.
func spell(to, from []byte) {
	n := uint64(from[0])<<32 | uint64(from[1])<<24 | uint64(from[2])<<16 | uint64(from[3])<<8 | uint64(from[4])
	for i := range 8 {
		to[i] = letters[n>>(35-5*i)&31]
	}
}
