package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// EnsureSecrets gives JWT_SECRET_KEY and DATA_ENCRYPTION_KEY a value where
// nobody set one: in development and test it takes the file kept in DATA_DIR,
// or makes it, mode 0600. It returns the paths of the files it made. Two
// processes that start together end with the same keys. In staging and
// production a missing key is an error, as Load has already told.
func (c *Config) EnsureSecrets() (made []string, err error) {
	if c.origins == nil {
		c.origins = map[string]string{}
	}
	for _, one := range c.keptKeys() {
		if !one.key.Empty() {
			continue
		}
		if !c.Environment.Relaxed() {
			return made, fmt.Errorf("%s is required in %s and is not set", one.name, c.Environment)
		}
		key, isNew, err := keptKey(one.path)
		if err != nil {
			return made, fmt.Errorf("keep %s: %w", one.name, err)
		}
		*one.key = key
		c.origins[one.name] = "file " + one.path
		if isNew {
			made = append(made, one.path)
		}
		if err := c.readBeside(one); err != nil {
			return made, fmt.Errorf("keep %s: %w", one.name, err)
		}
	}
	if c.JWTSecretKey.Equal(c.DataEncryptionKey) {
		return made, errors.New("JWT_SECRET_KEY and DATA_ENCRYPTION_KEY are the same key; they must differ, so that neither undoes the other")
	}
	return made, nil
}

// readBeside takes the keys that are accepted beside a kept one.
func (c *Config) readBeside(one keptKeyOf) error {
	current, beside, err := Ring{one.name, one.path}.Read()
	if err != nil {
		return err
	}
	*one.key = current
	previous := *one.previous
	for _, b := range beside {
		if !slices.ContainsFunc(previous, b.Key.Equal) {
			previous = append(slices.Clip(previous), b.Key)
		}
	}
	*one.previous = previous
	return nil
}

// keptKey reads the key of a file, or makes both. The new file gets its name by
// a hard link, which is whole when it appears and never replaces another: of
// two processes one wins, and the other reads what the winner wrote.
func keptKey(path string) (key secret.Value, isNew bool, err error) {
	key, err = readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return key, false, err
	}
	text := secret.RandomText(40)
	tmp := path + "." + secret.RandomText(5) + ".tmp"
	if err := writeNew(tmp, text+"\n"); err != nil {
		return key, false, err
	}
	err = os.Link(tmp, path)
	if rmErr := os.Remove(tmp); rmErr != nil && err == nil {
		return key, false, rmErr
	}
	switch {
	case err == nil:
		return secret.FromString(text), true, syncDir(filepath.Dir(path))
	case errors.Is(err, fs.ErrExist):
		key, err = readKey(path)
		return key, false, err
	}
	// A file system without hard links: the name is taken first and filled then.
	if err := writeNew(path, text+"\n"); err != nil {
		return key, false, err
	}
	return secret.FromString(text), true, nil
}

func readKey(path string) (secret.Value, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return secret.Value{}, err
	}
	key := secret.FromString(strings.TrimSuffix(string(b), "\n"))
	if key.Len() < leastKey {
		return secret.Value{}, fmt.Errorf("%s holds %d bytes, and a key has %d at least; delete the file to have a new key made", path, key.Len(), leastKey)
	}
	return key, nil
}

func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the new name last: a key that a power cut takes away would
// leave sealed rows that nothing opens.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
