package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Store gives a database as of one moment. begin is told what it is, and says
// where its tables go.
type Store interface {
	Dump(ctx context.Context, begin func(Origin) (Sink, error)) error
}

// Making is what a backup is made of and where it goes.
type Making struct {
	// Path is the file; it must not be there yet.
	Path    string
	Version string
	Lock    Lock
	// Keys are fingerprints, KeyFiles the keys that made themselves, which go in
	// only when the file is closed. Mac signs it; it may be empty.
	Keys     map[string]string
	KeyFiles map[string]string
	Mac      secret.Value
	// Wrote is told after each row.
	Wrote func(table string, rows int64)
}

// Made is a backup that is on the disk.
type Made struct {
	Header
	Path    string
	Bytes   int64
	Tables  map[string]Total
	Origin  Origin
	KeysIn  bool
	Seconds float64
}

// partial ends the names of files that are being written.
const partial = ".partial"

// Create makes a backup. The file has its name only once all of it is on the
// disk; whoever is killed before leaves a .partial file, which the next one in
// that folder clears away a day later.
func Create(ctx context.Context, from Store, m Making) (made Made, err error) {
	began := time.Now()
	if _, err := m.Lock.recipients(); err != nil {
		return made, err
	}
	if _, err := os.Lstat(m.Path); !errors.Is(err, fs.ErrNotExist) {
		return made, fmt.Errorf("%s is there already, and a backup never replaces a file: give another name", m.Path)
	}
	tmp := filepath.Join(filepath.Dir(m.Path), "."+filepath.Base(m.Path)+"."+secret.RandomText(5)+partial)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return made, fmt.Errorf("the backup cannot be written: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(tmp)
	}()
	if made, err = m.write(ctx, from, f); err != nil {
		return made, err
	}
	if info, err := f.Stat(); err == nil {
		made.Bytes = info.Size()
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return made, fmt.Errorf("the backup cannot be written: %w", err)
	}
	if err := name(tmp, m.Path); err != nil {
		return made, fmt.Errorf("the backup cannot be given its name: %w", err)
	}
	made.Path, made.Seconds = m.Path, time.Since(began).Seconds()
	return made, nil
}

func (m Making) write(ctx context.Context, from Store, f *os.File) (made Made, err error) {
	var w *writer
	err = from.Dump(ctx, func(o Origin) (Sink, error) {
		made.Header = Header{
			Format: Format, ID: "bkp_" + secret.RandomText(15), MadeAt: o.At.UTC().Truncate(time.Second), Version: m.Version,
			Schema: o.Schema, Engine: o.Engine, Closed: m.Lock.Closed(),
		}
		made.Origin = o
		manifest := Manifest{Origin: o, Keys: m.Keys}
		if made.Closed != Open && len(m.KeyFiles) > 0 {
			manifest.KeyFiles, made.KeysIn = m.KeyFiles, true
		}
		w, err = newWriter(f, made.Header, manifest, m.Lock, m.Wrote)
		return w, err
	})
	if err != nil {
		return made, err
	}
	if err := w.close(m.Mac); err != nil {
		return made, fmt.Errorf("the backup cannot be written: %w", err)
	}
	made.Tables = w.totals.Of
	return made, nil
}

// name gives the finished file its name, which never replaces another file, and
// waits until the folder has kept it.
func name(tmp, path string) error {
	if err := os.Link(tmp, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		// A file system without hard links.
		if err := os.Rename(tmp, path); err != nil {
			return err
		}
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	// Some network file systems know no fsync of a folder.
	_ = dir.Sync()
	return dir.Close()
}
