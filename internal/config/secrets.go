package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Secret is a secret setting by the bytes that count, faulty ones included.
type Secret struct {
	Name, Origin string
	// Path is the file that it was read from; empty for none.
	Path string
	// Value is every byte of it.
	Value secret.Value
	// Items are the parts of a list.
	Items []secret.Value
	// Key is set for what signs or seals, and not for addresses and tokens.
	Key bool
}

// Secrets are those that somebody set or that were made and kept.
func (c *Config) Secrets() []Secret { return append([]Secret(nil), c.secrets...) }

// keepSecrets puts down what was given, before anything of it is refused.
func (l *loader) keepSecrets() {
	for _, s := range table {
		v, ok := l.given[s.name]
		if !ok || !s.secret {
			continue
		}
		one := Secret{
			Name: s.name, Origin: v.origin, Path: v.path, Value: secret.FromString(v.raw),
			Key: strings.HasPrefix(s.name, "JWT_") || strings.HasPrefix(s.name, "DATA_ENCRYPTION_"),
		}
		if s.list {
			for _, item := range v.items {
				one.Items = append(one.Items, secret.FromString(item))
			}
		}
		l.c.secrets = append(l.c.secrets, one)
	}
}

// keptKeys are the keys that make themselves in development and test.
func (c *Config) keptKeys() []keptKeyOf {
	return []keptKeyOf{
		{"JWT_SECRET_KEY", filepath.Join(c.DataDir, "jwt-secret-key"), &c.JWTSecretKey, &c.JWTPreviousSecretKeys},
		{"DATA_ENCRYPTION_KEY", filepath.Join(c.DataDir, "data-encryption-key"), &c.DataEncryptionKey, &c.DataEncryptionPreviousKeys},
	}
}

type keptKeyOf struct {
	name, path string
	key        *secret.Value
	previous   *[]secret.Value
}

// ReadKeptKeys takes the keys that an earlier start made, and makes none. It
// tells the files that are missing.
func (c *Config) ReadKeptKeys() (missing []string, err error) {
	if !c.Environment.Relaxed() {
		return nil, nil
	}
	for _, one := range c.keptKeys() {
		given := slices.ContainsFunc(c.secrets, func(s Secret) bool { return s.Name == one.name })
		if given || !one.key.Empty() {
			continue
		}
		key, err := readKey(one.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, one.path)
		case err != nil:
			return missing, fmt.Errorf("keep %s: %w", one.name, err)
		default:
			*one.key = key
			if err := c.readBeside(one); err != nil {
				return missing, fmt.Errorf("keep %s: %w", one.name, err)
			}
			c.origins[one.name] = "file " + one.path
			c.secrets = append(c.secrets, Secret{Name: one.name, Origin: "file " + one.path, Path: one.path, Value: key, Key: true})
		}
	}
	return missing, nil
}

// Kept says whether a key is one that made itself.
func (c *Config) Kept(name string) bool {
	return slices.ContainsFunc(c.keptKeys(), func(k keptKeyOf) bool {
		return k.name == name && c.origins[name] == "file "+k.path
	})
}
