package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// File is a backup to read.
type File struct {
	Header
	path     string
	f        *os.File
	unlock   Unlock
	opener   opener
	head     []byte
	from     int64 // where the sealed part begins
	manifest Manifest
	end      end
	// Read is told after each row.
	Read func(table string, rows int64)
}

var _ Source = (*File)(nil)

// OpenFile opens a backup and reads its manifest.
func OpenFile(path string, u Unlock) (*File, error) {
	b, err := openHeader(path)
	if err != nil {
		return nil, err
	}
	b.unlock = u
	if _, _, err := b.begin(); err != nil {
		_ = b.f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// ReadHeader reads what anybody may.
func ReadHeader(path string) (Header, error) {
	b, err := openHeader(path)
	if err != nil {
		return Header{}, err
	}
	return b.Header, b.f.Close()
}

func openHeader(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the backup cannot be opened: %w", err)
	}
	b := &File{f: f, path: path}
	if err := b.readHeader(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func (b *File) readHeader() error {
	r := bufio.NewReaderSize(disk{io.LimitReader(b.f, 64<<10)}, 64<<10)
	first, err := r.ReadString('\n')
	if err != nil || first != magic {
		return fmt.Errorf("this is no backup of aiwfe-auth, or its beginning was changed")
	}
	line, err := r.ReadBytes('\n')
	if err != nil {
		return cut(err)
	}
	b.head = line[:len(line)-1]
	b.from = int64(len(first) + len(line))
	if err := json.Unmarshal(b.head, &b.Header); err != nil {
		return fmt.Errorf("%w: its header cannot be read", ErrDamaged)
	}
	if b.Format != Format {
		return fmt.Errorf("it has the form %d, and this program reads the form %d: use the version of the program that made it (%s) or a newer one",
			b.Format, Format, strings.ToValidUTF8(b.Version, "?"))
	}
	return nil
}

// Manifest is the first record.
func (b *File) Manifest() *Manifest { return &b.manifest }

// Totals are what each table comes to, once all was read.
func (b *File) Totals() map[string]Total { return b.end.Tables }

// Path is where it lies.
func (b *File) Path() string { return b.path }

// Size is how large the file is.
func (b *File) Size() int64 {
	info, err := b.f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// Close ends the reading.
func (b *File) Close() error { return b.f.Close() }

// begin goes to the beginning and reads the manifest.
func (b *File) begin() (*records, hash.Hash, error) {
	if _, err := b.f.Seek(b.from, io.SeekStart); err != nil {
		return nil, nil, &diskError{err}
	}
	opened, err := b.opener.open(bufio.NewReaderSize(disk{b.f}, 256<<10), b.unlock, b.Closed)
	if err != nil {
		return nil, nil, err
	}
	zip, err := gzip.NewReader(opened)
	if err != nil {
		return nil, nil, cut(err)
	}
	zip.Multistream(true)
	r := &records{r: bufio.NewReaderSize(zip, 256<<10)}
	sum := sha256.New()
	kind, text, err := r.next()
	if err != nil {
		return nil, nil, err
	}
	sum.Write(r.head)
	sum.Write(text)
	m := Manifest{}
	if kind != recManifest || json.Unmarshal(text, &m) != nil {
		return nil, nil, fmt.Errorf("%w: it does not begin with a manifest", ErrDamaged)
	}
	if m.HeaderSum != sumOf(b.head) {
		return nil, nil, fmt.Errorf("%w: its header belongs to another one", ErrDamaged)
	}
	b.manifest = m
	return r, sum, nil
}

// Each reads all of it and gives it to into. Without an error every table came
// to what was written down when the file was made, and nothing was missing.
func (b *File) Each(ctx context.Context, into Sink) error {
	r, sum, err := b.begin()
	if err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	w := walk{b: b, r: r, sum: sum, into: into}
	if err := w.all(ctx); err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	b.end = w.end
	return nil
}

// Check reads all of it for nothing but to see that it is whole.
func (b *File) Check(ctx context.Context) error { return b.Each(ctx, &Totals{}) }

// Made says whether it was made with this key of the installation; call it
// after all was read. An old key may be what it was made with.
func (b *File) Made(keys ...secret.Value) bool {
	for _, k := range keys {
		mac, err := hex.DecodeString(b.end.Mac)
		if err == nil && len(mac) > 0 && secret.FromString(string(mac)).Equal(secret.New(secret.Sum(k, []byte(b.end.Sum)))) {
			return true
		}
	}
	return false
}
