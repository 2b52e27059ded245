package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// digest sums up the rows of a table so that two engines with the same rows
// come to the same, in whatever order they give them: it adds up the hashes of
// all. It finds what went wrong, and not who did it: for that the file is sealed.
type digest struct {
	sum  [4]uint64
	rows int64
	buf  []byte
}

func (d *digest) add(columns []Column, values []any) (err error) {
	d.buf = d.buf[:0]
	for i, v := range values {
		if d.buf, err = appendValue(d.buf, As(columns[i].Kind, v)); err != nil {
			return err
		}
	}
	h := sha256.Sum256(d.buf)
	var carry uint64
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], binary.LittleEndian.Uint64(h[8*i:]), carry)
	}
	d.rows++
	return nil
}

func (d *digest) total() Total {
	var b [32]byte
	for i, n := range d.sum {
		binary.LittleEndian.PutUint64(b[8*i:], n)
	}
	return Total{Rows: d.rows, Digest: hex.EncodeToString(b[:])}
}

// Totals is a Sink that keeps nothing but what each table comes to. Kinds are
// those of As, so that what came from one engine is judged by its kinds on the
// other; a table that is not among them has its own.
type Totals struct {
	As   map[string][]Column
	Of   map[string]Total
	now  *digest
	name string
	cols []Column
	// from is where the columns of the backup stand in a row.
	from []int
	row  []any
}

// Table begins one.
func (t *Totals) Table(one Table) error {
	if t.Of == nil {
		t.Of = map[string]Total{}
	}
	t.now, t.name, t.cols, t.from = &digest{}, one.Name, one.Columns, nil
	if as := t.As[one.Name]; as != nil {
		t.cols = as
		for _, want := range as {
			t.from = append(t.from, Position(one.Columns, want.Name))
		}
	}
	return nil
}

// Row adds a row.
func (t *Totals) Row(values []any) error {
	if t.from == nil {
		return t.now.add(t.cols, values)
	}
	t.row = t.row[:0]
	for _, i := range t.from {
		if i < 0 {
			t.row = append(t.row, nil)
			continue
		}
		t.row = append(t.row, values[i])
	}
	return t.now.add(t.cols, t.row)
}

// End ends it.
func (t *Totals) End() error {
	t.Of[t.name] = t.now.total()
	return nil
}

// Position is where a column stands, or -1.
func Position(columns []Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
