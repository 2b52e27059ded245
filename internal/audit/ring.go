package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// ring are the keys of all roots. It is never changed: another takes its place.
type ring struct {
	all    map[byte]key
	number byte // of the one that is used
}

type key struct {
	mark, seal secret.Value
	sign       ed25519.PrivateKey
	// last is the place of the last row under a root that has ended: whatever bears
	// it and stands behind was made by somebody who knows it.
	last int64
}

const (
	// RootLen is the length of the secret from which the keys of the chain derive.
	RootLen = 32
	// endLen is how long the end of a root is, which is sealed together with it.
	endLen = 8
)

// ErrNoRoot says that every root has ended: the one in use was taken away.
var ErrNoRoot = errors.New("the audit has no key that is in use")

// EndRoot is a root together with the place of the last row under it. Being
// sealed with it, the place is out of reach for who only knows the root.
func EndRoot(root secret.Value, last int64) secret.Value {
	b := append(make([]byte, 0, RootLen+endLen), root.Reveal()[:RootLen]...)
	return secret.New(binary.BigEndian.AppendUint64(b, uint64(last))) //nolint:gosec // a place is never negative
}

func newRing(roots map[byte]secret.Value) (*ring, error) {
	r := &ring{all: map[byte]key{}}
	for n, root := range roots {
		if n == 0 || root.Len() != RootLen && root.Len() != RootLen+endLen {
			return nil, errors.New("key " + strconv.Itoa(int(n)) + " of the audit is not one of ours")
		}
		k := newKey(secret.New(root.Reveal()[:RootLen]))
		if root.Len() == RootLen {
			r.number = max(r.number, n)
		} else {
			k.last = int64(binary.BigEndian.Uint64(root.Reveal()[RootLen:])) //nolint:gosec // as EndRoot wrote it
		}
		r.all[n] = k
	}
	for n, k := range r.all {
		switch {
		case n > r.number:
			return nil, ErrNoRoot
		case n < r.number && k.last == math.MaxInt64:
			k.last = 0 // it was ended, and somebody put back what it was before
			r.all[n] = k
		}
	}
	if r.number == 0 {
		return nil, ErrNoRoot
	}
	return r, nil
}

func newKey(root secret.Value) key {
	return key{
		mark: secret.Derive(root, "audit mark"), seal: secret.Derive(root, "audit seal"),
		sign: ed25519.NewKeyFromSeed(secret.Derive(root, "audit sign").Reveal()),
		last: math.MaxInt64,
	}
}

// stale says whether a root had ended before a place; 0 is that of a row which
// waits for one.
func (r *ring) stale(number byte, place int64) (last int64, yes bool) {
	k, known := r.all[number]
	return k.last, known && k.last != math.MaxInt64 && (place == 0 || place > k.last)
}

// Knows says whether there is a key of the number.
func (k *Keys) Knows(number byte) bool {
	_, known := k.ring.Load().all[number]
	return known
}

// Number is that of the root in use.
func (k *Keys) Number() byte { return k.ring.Load().number }

// Renew takes the roots as the database keeps them now.
func (k *Keys) Renew(sealed map[byte][]byte) error {
	if k.Open == nil {
		return nil
	}
	roots, err := k.Open(sealed)
	if err != nil {
		return err
	}
	r, err := newRing(roots)
	if err != nil {
		return err
	}
	for { // of two who ask at once, the one that read later stays
		old := k.ring.Load()
		if old.number >= r.number || k.ring.CompareAndSwap(old, r) {
			return nil
		}
	}
}

// Public is a public key, for whoever verifies checkpoints elsewhere.
type Public struct {
	Number byte
	Key    string // base64
	// Last is the place of the last row under a root that has ended, else 0.
	Last int64
}

// Public are the public keys, the one in use first.
func (k *Keys) Public() (list []Public) {
	r := k.ring.Load()
	for n := int(r.number); n > 0; n-- {
		one, known := r.all[byte(n)]
		if !known {
			continue
		}
		p := Public{Number: byte(n), Key: base64.StdEncoding.EncodeToString(one.sign.Public().(ed25519.PublicKey))}
		if one.last != math.MaxInt64 {
			p.Last = one.last
		}
		list = append(list, p)
	}
	return list
}
