package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Link is a row with its place in the chain.
type Link struct {
	Row
	// Mark was written with the row; nil for one that a version without marks wrote.
	Mark []byte
	// Hash covers the row, its number and sequence, and the hash before it. Anybody
	// can compute it.
	Hash []byte
	// Seal says that this program gave the row its place: without the key nobody can
	// make the rest of a chain fit what was changed.
	Seal []byte
	// Counting is set while equal refusals are still added to the row.
	Counting bool
}

// Beginning is what stands before the first row.
func Beginning() []byte { return make([]byte, sha256.Size) }

// Bind gives a row its place after the one with hash prev.
func (k *Keys) Bind(l *Link, prev []byte, seq int64) {
	l.Seq = seq
	l.Hash = Chained(&l.Row, prev)
	in := k.ring.Load()
	l.Seal = in.seal(in.number, seq, l.Hash)
}

// bound says whether a seal of ours holds.
func (in *ring) bound(l *Link) bool {
	if len(l.Seal) != 1+macLen {
		return false
	}
	if k, known := in.all[l.Seal[0]]; !known || l.Seq > k.last {
		return false
	}
	return hmac.Equal(l.Seal, in.seal(l.Seal[0], l.Seq, l.Hash))
}

func (in *ring) seal(number byte, seq int64, hash []byte) []byte {
	sum := secret.Sum(in.all[number].seal, strconv.AppendInt(nil, seq, 10), hash)
	return append([]byte{number}, sum[:macLen]...)
}

// Chained is the hash of a row after the one with hash prev: SHA-256 over a
// name, prev, and the columns as text, each with its length in front as eight
// bytes, the highest first.
func Chained(r *Row, prev []byte) []byte {
	h := sha256.New()
	var n [8]byte
	put := func(b []byte) {
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	put([]byte("aiwfe-auth audit row 1"))
	put(prev)
	put(strconv.AppendInt(nil, r.Seq, 10))
	put(strconv.AppendInt(nil, r.ID, 10))
	for _, f := range fields(r) {
		put(f)
	}
	return h.Sum(nil)
}
