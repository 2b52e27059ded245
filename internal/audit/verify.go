package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Verifier follows a chain row by row and stops at the first that is wrong.
type Verifier struct {
	from *Keys
	// keys are those of the moment at which the end of the chain was read: what
	// stands before it is judged by no root that began later.
	keys   *ring
	head   Signed
	points map[int64]*Signed
	prev   []byte
	// next is the sequence that the next row must have.
	next int64
	// last is the id of the row before it.
	last    int64
	writers map[[8]byte]*seen
}

// NewVerifier begins at the first row that is kept. Its error is a Wrong.
func NewVerifier(k *Keys, head Signed, points []Signed) (*Verifier, error) {
	v := &Verifier{
		from: k, keys: k.ring.Load(), points: map[int64]*Signed{}, prev: head.Before, next: head.First,
		writers: map[[8]byte]*seen{},
	}
	for i := range points {
		p := &points[i]
		if !v.keys.valid(p) {
			return nil, &Wrong{Seq: p.Seq, Kind: Forged, Detail: v.keys.unsigned(p)}
		}
		v.points[p.Seq] = p
	}
	if p := v.points[head.First-1]; p != nil && !bytes.Equal(p.Hash, head.Before) {
		return nil, &Wrong{Seq: p.Seq, Kind: Parted, Detail: "is not what a signed checkpoint says of it"}
	}
	return v, v.Extend(head)
}

// Resume goes on behind a row that was verified before.
func (v *Verifier) Resume(seq int64, hash []byte) { v.next, v.prev = seq+1, hash }

// Next is the sequence of the row that is due.
func (v *Verifier) Next() int64 { return v.next }

// Prev is the hash of the last row that was verified.
func (v *Verifier) Prev() []byte { return v.prev }

// Extend takes a newer state of the same chain.
func (v *Verifier) Extend(head Signed) error {
	if v.keys = v.from.ring.Load(); !v.keys.current(&head) {
		return &Wrong{Seq: head.Seq, Kind: Forged, Detail: v.keys.unsigned(&head)}
	}
	for _, p := range v.points {
		if p.Seq > head.Seq {
			return &Wrong{
				Seq: head.Seq + 1, Kind: Cut,
				Detail: fmt.Sprintf("is gone, and all after it: a signed checkpoint knows rows up to %d", p.Seq),
			}
		}
	}
	v.head = head
	return nil
}

// Row takes the next row. Its error is a Wrong.
func (v *Verifier) Row(l *Link) error {
	wrong := func(k Kind, detail string) error { return &Wrong{Seq: l.Seq, ID: l.ID, Kind: k, Detail: detail} }
	switch {
	case l.Seq < v.next:
		return wrong(Inserted, "has the place of another row")
	case l.Seq > v.next:
		return &Wrong{Seq: v.next, Kind: Missing, Detail: "is missing: it was deleted"}
	case l.Seq > v.head.Seq:
		return wrong(Inserted, "stands beyond the end of the chain that was signed")
	}
	if err := v.own(l); err != nil {
		return err
	}
	switch hash := Chained(&l.Row, v.prev); {
	case l.Counting:
		return wrong(Changed, "was changed: refusals are added to it again")
	case !v.keys.bound(l):
		return wrong(Moved, "was not given this place by us: it was moved, or its hash or seal was changed")
	case !bytes.Equal(hash, l.Hash):
		return wrong(Moved, "does not follow the row before it: it was moved, or its number was changed")
	}
	if p := v.points[l.Seq]; p != nil && !bytes.Equal(p.Hash, l.Hash) {
		return wrong(Parted, "is not what a signed checkpoint says of it")
	}
	v.prev, v.next, v.last = l.Hash, l.Seq+1, l.ID
	return nil
}

// own looks at the mark that the row was written with.
func (v *Verifier) own(l *Link) error {
	wrong := func(k Kind, detail string) error { return &Wrong{Seq: l.Seq, ID: l.ID, Kind: k, Detail: detail} }
	if len(l.Mark) == 0 {
		if v.head.Marked > 0 && (l.Seq == 0 || l.Seq >= v.head.Marked) {
			return wrong(Unmarked, "has no mark: it was not written by this program, or its mark was taken away")
		}
		return nil
	}
	if !v.keys.marked(&l.Row, l.Mark) {
		return wrong(Changed, "was changed: it is not as it was written")
	}
	if last, yes := v.keys.stale(l.Mark[0], l.Seq); yes {
		return wrong(Stale, fmt.Sprintf("is forged: key %d of the audit, which it bears, ended with row %d", l.Mark[0], last))
	}
	if !v.once(l.Mark) {
		return wrong(Repeated, "is the copy of a row that stands before it")
	}
	return nil
}

// Waiting takes a row that has no place yet.
func (v *Verifier) Waiting(l *Link) error { return v.own(l) }

// End is called after the last row.
func (v *Verifier) End() error {
	if v.next <= v.head.Seq {
		return &Wrong{
			Seq: v.next, Kind: Cut, Detail: fmt.Sprintf("is gone, and all after it: the chain was signed up to row %d", v.head.Seq),
		}
	}
	if !bytes.Equal(v.prev, v.head.Hash) {
		return &Wrong{Seq: v.head.Seq, Kind: Parted, Detail: "is not what the signed end of the chain says of it"}
	}
	return nil
}

// seen are the counts of one writer that came already, a bit for each.
type seen struct{ bits []uint64 }

// once says whether a mark comes for the first time.
func (v *Verifier) once(mark []byte) bool {
	writer := [8]byte(mark[1:9])
	s := v.writers[writer]
	if s == nil {
		s = &seen{}
		v.writers[writer] = s
	}
	n := binary.BigEndian.Uint64(mark[9:17])
	for word := n / 64; uint64(len(s.bits)) <= word; {
		s.bits = append(s.bits, 0)
	}
	bit := uint64(1) << (n % 64)
	before := s.bits[n/64]&bit != 0
	s.bits[n/64] |= bit
	return !before
}
