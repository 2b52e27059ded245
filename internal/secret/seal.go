package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
)

// What is sealed is, in this order:
//
//	version 1 | key id 4 | nonce 12 | ciphertext | tag 16
const (
	sealVersion = 1

	keyIDLen  = 4
	headerLen = 1 + keyIDLen

	// minMaster is what the configuration asks of a master secret, in bytes.
	minMaster = 32
)

// ErrSealed is the one answer for whatever does not open: another key, another
// row, a changed byte, too short. Which of them it was would only help whoever
// tries (ASVS 11.2.5).
var ErrSealed = errors.New("secret: what is sealed cannot be opened")

// Sealer seals what the server must be able to read again but must not lie
// open in the database, such as TOTP seeds. It is safe for concurrent use.
type Sealer struct{ ring *atomic.Pointer[[]sealKey] }

type sealKey struct {
	id   []byte
	aead cipher.AEAD
}

// NewSealer takes master secrets of at least 32 bytes: DATA_ENCRYPTION_KEY,
// under which is sealed, and those before it, which still open. The same
// secret given twice counts once.
func NewSealer(current Value, previous ...Value) (*Sealer, error) {
	keys, err := sealKeys(current, previous)
	if err != nil {
		return nil, err
	}
	s := &Sealer{ring: &atomic.Pointer[[]sealKey]{}}
	s.ring.Store(&keys)
	return s, nil
}

// Take gives the sealer the keys of another, for everybody who holds it.
func (s *Sealer) Take(other *Sealer) { s.ring.Store(other.ring.Load()) }

// keys are those that open, the current one first.
func (s *Sealer) keys() []sealKey { return *s.ring.Load() }

func sealKeys(current Value, previous []Value) (keys []sealKey, err error) {
	seen := map[string]Value{}
	for i, master := range append([]Value{current}, previous...) {
		if master.Len() < minMaster {
			return nil, fmt.Errorf("sealer: key %d must have at least %d bytes, it has %d", i, minMaster, master.Len())
		}
		k, err := newSealKey(Derive(master, "seal"))
		if err != nil {
			return nil, fmt.Errorf("sealer: key %d: %w", i, err)
		}
		switch other, taken := seen[string(k.id)]; {
		case !taken:
			seen[string(k.id)] = master
			keys = append(keys, k)
		case !other.Equal(master): // one chance in four thousand million
			return nil, fmt.Errorf("sealer: key %d cannot be told from one before it; please make another", i)
		}
	}
	return keys, nil
}

// newSealKey names the key by a keyed hash of it, so that the right one of
// several is found and the name gives nothing away.
func newSealKey(derived Value) (sealKey, error) {
	block, err := aes.NewCipher(derived.Reveal())
	if err != nil {
		return sealKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealKey{}, err
	}
	return sealKey{Sum(derived, []byte("seal key id"))[:keyIDLen], aead}, nil
}

// Seal encrypts under the current key by AES-256-GCM. What is bound, such as
// "totp", the row's id and the user's id, must be given again to open it:
// whoever can write to the database cannot make one person's seed another's.
//
// Nonces are random: one key is good for 2^32 sealings (SP 800-38D section 8.3).
func (s *Sealer) Seal(plain []byte, bound ...string) []byte {
	k := s.keys()[0]
	begin := header(k)
	return k.aead.Seal(begin, nil, plain, associated(begin, bound))
}

// Open gives what was sealed with the same things bound, in the same order.
// Its only error is ErrSealed.
func (s *Sealer) Open(sealed []byte, bound ...string) (Value, error) {
	keys := s.keys()
	i := find(keys, sealed)
	if i < 0 {
		return Value{}, ErrSealed
	}
	begin, body := sealed[:headerLen], sealed[headerLen:]
	plain, err := keys[i].aead.Open(nil, nil, body, associated(begin, bound))
	if err != nil {
		return Value{}, ErrSealed
	}
	return Value{plain}, nil
}

// Stale says whether a previous key sealed it: it opens as long as that key is
// known, and should be sealed anew.
func (s *Sealer) Stale(sealed []byte) bool { return find(s.keys(), sealed) > 0 }

// Header is how everything begins that is sealed now.
func (s *Sealer) Header() []byte { return header(s.keys()[0]) }

// Headers are the beginnings of all that opens, the current one first.
func (s *Sealer) Headers() (list [][]byte) {
	for _, k := range s.keys() {
		list = append(list, header(k))
	}
	return list
}

func header(k sealKey) []byte { return append([]byte{sealVersion}, k.id...) }

// Again seals under the current key what another one sealed.
func (s *Sealer) Again(sealed []byte, bound ...string) (again []byte, ok bool) {
	plain, err := s.Open(sealed, bound...)
	if err != nil {
		return nil, false
	}
	return s.Seal(plain.b, bound...), true
}

// find gives the place of the key that sealed it, or -1.
func find(keys []sealKey, sealed []byte) int {
	if len(sealed) < headerLen || sealed[0] != sealVersion {
		return -1
	}
	for i, k := range keys {
		if bytes.Equal(k.id, sealed[1:headerLen]) { // the id is public
			return i
		}
	}
	return -1
}

// associated is what the tag covers beside the text: the header, and each
// bound thing with its length in front, so that no byte can move from the end
// of one to the start of the next.
func associated(begin []byte, bound []string) []byte {
	out := append([]byte(nil), begin...)
	for _, b := range bound {
		out = binary.BigEndian.AppendUint64(out, uint64(len(b)))
		out = append(out, b...)
	}
	return out
}
