package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// magic is the first line of a file.
const magic = "aiwfe-auth backup\n"

// end is the last record. Sum is over all records before it, Mac the same under
// a key of the installation: who knows a recipient can close a file to it, and
// only who has that key can make one that passes for a backup of ours.
type end struct {
	Tables map[string]Total `json:"tables"`
	Sum    string           `json:"sum"`
	Mac    string           `json:"mac,omitempty"`
}

// writer puts records into a stream.
type writer struct {
	out    *bufio.Writer
	zip    *gzip.Writer
	sealed io.WriteCloser
	sum    hash.Hash
	totals Totals
	table  Table
	buf    []byte
	row    []byte
	// Wrote is told after each row.
	wrote func(table string, rows int64)
}

// newWriter writes the two open lines and the manifest.
func newWriter(w io.Writer, h Header, m Manifest, l Lock, wrote func(string, int64)) (*writer, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, magic+string(head)+"\n"); err != nil {
		return nil, err
	}
	m.HeaderSum = sumOf(head)
	x := &writer{sum: sha256.New(), wrote: wrote}
	if x.sealed, err = l.seal(w); err != nil {
		return nil, err
	}
	// Most of it is hashes and keys, which no effort makes smaller.
	if x.zip, err = gzip.NewWriterLevel(x.sealed, gzip.BestSpeed); err != nil {
		return nil, err
	}
	x.out = bufio.NewWriterSize(x.zip, 256<<10)
	return x, x.json(recManifest, m)
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func (x *writer) put(kind byte, payload []byte) error {
	x.buf = appendRecord(x.buf[:0], kind, payload)
	x.sum.Write(x.buf)
	_, err := x.out.Write(x.buf)
	return err
}

func (x *writer) json(kind byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.put(kind, text)
}

// Table begins a table.
func (x *writer) Table(t Table) error {
	x.table = t
	if err := x.totals.Table(t); err != nil {
		return err
	}
	return x.json(recTable, t)
}

// Row keeps one row.
func (x *writer) Row(values []any) (err error) {
	if len(values) != len(x.table.Columns) {
		return fmt.Errorf("a row of %s has %d values for %d columns", x.table.Name, len(values), len(x.table.Columns))
	}
	if x.row, err = appendRow(x.row[:0], values); err != nil {
		return fmt.Errorf("%s: %w", x.table.Name, err)
	}
	if err := x.totals.Row(values); err != nil {
		return err
	}
	if x.wrote != nil {
		x.wrote(x.table.Name, x.totals.now.rows)
	}
	return x.put(recRow, x.row)
}

// End ends the table.
func (x *writer) End() error {
	if err := x.totals.End(); err != nil {
		return err
	}
	return x.json(recEnd, x.totals.Of[x.table.Name])
}

// close writes the end of all. mac may be empty.
func (x *writer) close(mac secret.Value) error {
	e := end{Tables: x.totals.Of, Sum: hex.EncodeToString(x.sum.Sum(nil))}
	if !mac.Empty() {
		e.Mac = hex.EncodeToString(secret.Sum(mac, []byte(e.Sum)))
	}
	if err := x.json(recAll, e); err != nil {
		return err
	}
	if err := x.out.Flush(); err != nil {
		return err
	}
	if err := x.zip.Close(); err != nil {
		return err
	}
	return x.sealed.Close()
}
