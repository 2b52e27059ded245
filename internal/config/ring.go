package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Ring is a key that made itself, with the keys beside it that are accepted as
// well: those before it, and for a moment the one that comes next. The key in
// use stands alone in its file, as it always did; the others stand in a file
// of their own, so that an earlier version of this program still starts.
//
// Every step writes one file by a rename, in an order in which each state
// between two steps is one that works: whoever is killed leaves either the old
// key with the new one known, or the new key with the old one known.
type Ring struct{ name, path string }

// Beside is one of the other keys.
type Beside struct {
	Key secret.Value
	// Since is when it was made, or when it ceased to be the key in use.
	Since time.Time
	// Next: it is to become the key in use.
	Next bool
}

// written is a key as the file has it.
type written struct {
	Key   string    `json:"key"`
	Since time.Time `json:"since"`
	Next  bool      `json:"next,omitempty"`
}

// Ring gives the ring of JWT_SECRET_KEY or DATA_ENCRYPTION_KEY; false where
// somebody set that key, so that it is not ours to change.
func (c *Config) Ring(name string) (Ring, bool) {
	for _, k := range c.keptKeys() {
		if k.name == name && c.Kept(name) {
			return Ring{name, k.path}, true
		}
	}
	return Ring{}, false
}

func (r Ring) file() string { return r.path + ".beside" }

// Read gives the key in use and those beside it. Of the two files the first is
// read twice: where somebody rotates meanwhile, both are read again.
func (r Ring) Read() (current secret.Value, beside []Beside, err error) {
	for range 10 {
		if current, err = readKey(r.path); err != nil {
			return current, nil, err
		}
		if beside, err = r.readBeside(); err != nil {
			return current, nil, err
		}
		again, err := readKey(r.path)
		if err == nil && again.Equal(current) {
			break
		}
	}
	return current, slices.DeleteFunc(beside, func(b Beside) bool { return b.Key.Equal(current) }), nil
}

func (r Ring) readBeside() (list []Beside, err error) {
	text, err := os.ReadFile(r.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []written
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s does not hold keys: restore it from a backup, or delete it to give up the keys before %s", r.file(), r.name)
	}
	for _, w := range all {
		if len(w.Key) < leastKey {
			return nil, fmt.Errorf("%s holds a key of %d bytes, and a key has %d at least", r.file(), len(w.Key), leastKey)
		}
		list = append(list, Beside{secret.FromString(w.Key), w.Since, w.Next})
	}
	return list, nil
}

func (r Ring) writeBeside(list []Beside) error {
	all := []written{}
	for _, b := range list {
		all = append(all, written{string(b.Key.Reveal()), b.Since.UTC().Truncate(time.Second), b.Next})
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	return replace(r.file(), string(text)+"\n")
}

// replace gives a file another content, which is whole whenever it is seen.
func replace(path, text string) error {
	tmp := path + "." + secret.RandomText(5) + ".tmp"
	if err := writeNew(tmp, text); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return syncDir(filepath.Dir(path))
}
