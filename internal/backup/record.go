package backup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The kinds of records: the manifest, a table and what it holds, the end.
const (
	recManifest byte = 'M'
	recTable    byte = 'T'
	recRow      byte = 'R'
	recEnd      byte = 'E'
	recAll      byte = 'Z'
)

// maxRecord bounds one record, so that a changed length asks for no memory
// that is not there.
const maxRecord = 64 << 20

// ErrDamaged is a file that was cut or changed after it was made.
var ErrDamaged = errors.New("the file was cut or changed")

func appendRecord(b []byte, kind byte, payload []byte) []byte {
	b = binary.AppendUvarint(append(b, kind), uint64(len(payload)))
	return append(b, payload...)
}

// records reads one record after the other; what is returned holds until the
// next one.
type records struct {
	r    *bufio.Reader
	head []byte
	buf  []byte
}

func (r *records) next() (kind byte, payload []byte, err error) {
	if kind, err = r.r.ReadByte(); err != nil {
		return 0, nil, cut(err)
	}
	n, err := binary.ReadUvarint(r.r)
	if err != nil {
		return 0, nil, cut(err)
	}
	if n > maxRecord {
		return 0, nil, fmt.Errorf("%w: a record says that it has %d bytes", ErrDamaged, n)
	}
	if uint64(cap(r.buf)) < n {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return 0, nil, cut(err)
	}
	r.head = binary.AppendUvarint(append(r.head[:0], kind), n)
	return kind, r.buf, nil
}

// cut says of the end of a stream that it came too early, and of anything else
// that age or gzip found that the file is not as it was made. A disk that fails
// is told apart: its file may be whole.
func cut(err error) error {
	if _, ok := errors.AsType[*diskError](err); ok {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrDamaged)
	}
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// diskError is what the file system said.
type diskError struct{ err error }

func (e *diskError) Error() string { return "the file cannot be read: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// disk marks the errors of a file as its own.
type disk struct{ r io.Reader }

func (d disk) Read(b []byte) (int, error) {
	n, err := d.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &diskError{err}
	}
	return n, err
}
