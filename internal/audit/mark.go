package audit

import (
	"crypto/ed25519"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"strconv"
	"sync/atomic"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// A mark is written with the row by whoever writes it: it says that this
// program wrote the row as it stands.
//
//	key number 1 | writer 8 | count 8 | HMAC-SHA256, the first 16 bytes
//
// Writer is random for each process and count grows by one with each row, so
// that a row which was copied to stand twice is known by it.
const (
	markHead = 1 + 8 + 8
	macLen   = 16
	markLen  = markHead + macLen
)

// Keys mark, link and sign. They are safe for concurrent use.
type Keys struct {
	all    map[byte]key
	number byte // of the one that is used
	writer []byte
	count  atomic.Uint64
}

type key struct {
	mark, seal secret.Value
	sign       ed25519.PrivateKey
}

// RootLen is the length of the secret from which the keys of the chain derive.
const RootLen = 32

// NewKeys takes the secrets that the installation keeps, by their number; the
// highest is used from now on.
func NewKeys(roots map[byte]secret.Value) (*Keys, error) {
	k := &Keys{all: map[byte]key{}, writer: secret.Random(8)}
	for n, root := range roots {
		if n == 0 || root.Len() != RootLen {
			return nil, errors.New("key " + strconv.Itoa(int(n)) + " of the audit is not one of ours")
		}
		k.all[n] = key{
			mark: secret.Derive(root, "audit mark"), seal: secret.Derive(root, "audit seal"),
			sign: ed25519.NewKeyFromSeed(secret.Derive(root, "audit sign").Reveal()),
		}
		k.number = max(k.number, n)
	}
	if k.number == 0 {
		return nil, errors.New("the audit has no key")
	}
	return k, nil
}

// Mark is that of a row as it will stand in the database.
func (k *Keys) Mark(r *Row) []byte {
	m := make([]byte, 0, markLen)
	m = append(m, k.number)
	m = append(m, k.writer...)
	m = binary.BigEndian.AppendUint64(m, k.count.Add(1))
	return append(m, k.mac(m, r)...)
}

// Marked says whether a mark is that of the row.
func (k *Keys) Marked(r *Row, mark []byte) bool {
	if len(mark) != markLen {
		return false
	}
	if _, known := k.all[mark[0]]; !known {
		return false
	}
	return hmac.Equal(mark[markHead:], k.mac(mark[:markHead], r))
}

func (k *Keys) mac(head []byte, r *Row) []byte {
	return secret.Sum(k.all[head[0]].mark, append([][]byte{head}, fields(r)...)...)[:macLen]
}

// fields are the columns of a row but for its number, which the database gives
// when the row is written; the chain covers that one.
func fields(r *Row) [][]byte {
	number := func(n int64) []byte { return strconv.AppendInt(nil, n, 10) }
	return [][]byte{
		number(r.At.UnixMilli()), []byte(r.Event), []byte(r.Outcome), []byte(r.Code), []byte(r.Reason), []byte(r.Actor), []byte(r.User),
		[]byte(r.Address), []byte(r.Session), []byte(r.Device), []byte(r.Client.IP), []byte(r.Client.UserAgent),
		[]byte(r.Client.RequestID), []byte(r.Detail), number(r.Count),
	}
}
