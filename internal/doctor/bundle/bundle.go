// Package bundle packs what a support ticket needs into one file, and takes out
// what does not belong there: secrets, and who the people are. It knows what a
// text may not hold; what is in the texts its caller knows.
package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Bundle gathers files. Everything that is added has been cleaned.
type Bundle struct {
	clean *cleaner
	at    time.Time
	files []file
}

type file struct {
	name, holds string
	body        []byte
}

// New begins one. None of the secrets comes into it, wherever they stand.
func New(at time.Time, secrets []secret.Value) *Bundle {
	return &Bundle{clean: newCleaner(secrets), at: at.UTC().Truncate(time.Second)}
}

// Text adds a text; holds says in a sentence what it is.
func (b *Bundle) Text(name, holds, text string) {
	b.files = append(b.files, file{name, holds, []byte(b.clean.text(text))})
}

// JSON adds a value.
func (b *Bundle) JSON(name, holds string, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // a secret with a < in it would not be found again
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	b.Text(name, holds, buf.String())
	return nil
}

// Manifest says what is in the bundle and what was taken out of it.
type Manifest struct {
	At       time.Time    `json:"at"`
	Files    []Entry      `json:"files"`
	TakenOut []string     `json:"taken_out"`
	Changed  map[Kind]int `json:"changed"`
}

// Entry is one file.
type Entry struct {
	Name  string `json:"name"`
	Holds string `json:"holds"`
	Bytes int    `json:"bytes"`
}

// takenOut is the promise, in words.
var takenOut = []string{
	"every key, token and password, and every fingerprint of one",
	"addresses of people: the part before the @ is ***",
	"IP addresses: of IPv4 the first two numbers stay, of IPv6 the first three groups; those of the machine itself stay whole",
	"names of browsers: 40 characters stay",
	"names, session ids, request ids, cookies and tokens are never put in",
}

// Manifest describes what was added so far.
func (b *Bundle) Manifest() Manifest {
	m := Manifest{At: b.at, TakenOut: takenOut, Changed: b.clean.changed}
	for _, f := range b.files {
		m.Files = append(m.Files, Entry{f.name, f.holds, len(f.body)})
	}
	return m
}

// Save writes the bundle to a file that only its owner may read. A file that
// is there already is not overwritten: it may be the one that shows the fault.
func (b *Bundle) Save(path string) (err error) {
	if err := b.JSON("manifest.json", "This list, and what was taken out.", b.Manifest()); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // where the operator says
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name a file that is not", path)
	}
	if err != nil {
		return fmt.Errorf("the bundle cannot be written: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	z := zip.NewWriter(f)
	for _, one := range b.files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: one.name, Method: zip.Deflate, Modified: b.at})
		if err != nil {
			return err
		}
		if _, err := w.Write(one.body); err != nil {
			return fmt.Errorf("the bundle cannot be written: %w", err)
		}
	}
	return z.Close()
}
