package backup

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

// walk goes through the records of a file once.
type walk struct {
	b      *File
	r      *records
	sum    hash.Hash
	into   Sink
	totals Totals
	table  *Table
	row    []any
	end    end
}

func (w *walk) all(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		kind, payload, err := w.r.next()
		if err != nil {
			return err
		}
		if kind == recAll {
			return w.last(payload)
		}
		w.sum.Write(w.r.head)
		w.sum.Write(payload)
		if err := w.one(kind, payload); err != nil {
			return err
		}
	}
}

func (w *walk) one(kind byte, payload []byte) error {
	switch {
	case kind == recTable && w.table == nil:
		t := &Table{}
		if err := json.Unmarshal(payload, t); err != nil {
			return fmt.Errorf("%w: a table cannot be read", ErrDamaged)
		}
		w.table, w.row = t, make([]any, len(t.Columns))
		return errors.Join(w.totals.Table(*t), w.into.Table(*t))
	case kind == recRow && w.table != nil:
		if err := readRow(payload, w.row); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, w.table.Name, err)
		}
		if err := w.totals.Row(w.row); err != nil {
			return err
		}
		if w.b.Read != nil {
			w.b.Read(w.table.Name, w.totals.now.rows)
		}
		return w.into.Row(w.row)
	case kind == recEnd && w.table != nil:
		var want Total
		if err := errors.Join(json.Unmarshal(payload, &want), w.totals.End()); err != nil {
			return fmt.Errorf("%w: the end of %s cannot be read", ErrDamaged, w.table.Name)
		}
		if got := w.totals.Of[w.table.Name]; got != want {
			return fmt.Errorf("%w: the rows of %s are not those that were written", ErrDamaged, w.table.Name)
		}
		w.table = nil
		return w.into.End()
	}
	return fmt.Errorf("%w: a record of kind %q stands where none belongs", ErrDamaged, kind)
}

// last reads the end of all, and that nothing comes after it.
func (w *walk) last(payload []byte) error {
	if err := json.Unmarshal(payload, &w.end); err != nil || w.table != nil {
		return fmt.Errorf("%w: its end cannot be read", ErrDamaged)
	}
	if w.end.Sum != hex.EncodeToString(w.sum.Sum(nil)) || len(w.end.Tables) != len(w.totals.Of) {
		return fmt.Errorf("%w: its sum is another one", ErrDamaged)
	}
	// Only now have age and gzip seen the last byte.
	if _, err := w.r.r.ReadByte(); !errors.Is(err, io.EOF) {
		if err != nil {
			return cut(err)
		}
		return fmt.Errorf("%w: something comes after its end", ErrDamaged)
	}
	return nil
}
