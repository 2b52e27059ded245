package audit

import (
	"crypto/hmac"
	"encoding/binary"
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
	// Open opens roots as the database keeps them, for Renew; set it before use.
	Open   func(sealed map[byte][]byte) (map[byte]secret.Value, error)
	ring   atomic.Pointer[ring]
	writer []byte
	count  atomic.Uint64
}

// NewKeys takes the roots that the installation keeps, by their number; the
// highest is in use, and those before it have ended.
func NewKeys(roots map[byte]secret.Value) (*Keys, error) {
	r, err := newRing(roots)
	if err != nil {
		return nil, err
	}
	k := &Keys{writer: secret.Random(8)}
	k.ring.Store(r)
	return k, nil
}

// Mark is that of a row as it will stand in the database. It begins with the
// number of the root.
func (k *Keys) Mark(r *Row) []byte {
	in := k.ring.Load()
	m := make([]byte, 0, markLen)
	m = append(m, in.number)
	m = append(m, k.writer...)
	m = binary.BigEndian.AppendUint64(m, k.count.Add(1))
	return append(m, in.mac(m, r)...)
}

// marked says whether a mark is that of the row.
func (in *ring) marked(r *Row, mark []byte) bool {
	if len(mark) != markLen {
		return false
	}
	if _, known := in.all[mark[0]]; !known {
		return false
	}
	return hmac.Equal(mark[markHead:], in.mac(mark[:markHead], r))
}

func (in *ring) mac(head []byte, r *Row) []byte {
	return secret.Sum(in.all[head[0]].mark, append([][]byte{head}, fields(r)...)...)[:macLen]
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
