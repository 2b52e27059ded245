package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// NewKey makes the value of a key that somebody else keeps.
func NewKey() string { return secret.RandomText(40) }

// KeepsKey says whether a key made itself and is ours to exchange.
func KeepsKey(cfg *config.Config, purpose string) bool {
	_, ok := cfg.Ring(settingOf(purpose))
	return ok
}

// WriteNewKey puts a fresh value into a file that this user alone may read. A
// second call leaves what is there: it may have been handed out already.
func WriteNewKey(cfg *config.Config, purpose string) (path string, err error) {
	name := "new-jwt-secret-key"
	if purpose == store.KeyData {
		name = "new-data-encryption-key"
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(cfg.DataDir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(NewKey() + "\n")
	return path, errors.Join(err, f.Sync(), f.Close())
}

// Steps says how a key is exchanged that somebody else keeps: which setting
// becomes what, in which order. where is the place of the fresh value.
func Steps(cfg *config.Config, purpose, where string, compromised bool) (steps []string) {
	key, previous := settingOf(purpose), previousOf(purpose)
	shape := "separated by commas"
	if p := pathOf(cfg, key); p != "" {
		key += " (the file " + p + ")"
	}
	if p := pathOf(cfg, previous); p != "" {
		previous += " (the file " + p + ")"
		shape = "one a line"
	} else if pathOf(cfg, settingOf(purpose)) != "" {
		previous += "_FILE (a new file beside it)"
		shape = "one a line"
	}
	apply := "A changed file is noticed within a second or two; after a change of the environment restart the servers one by one."
	if compromised && purpose == store.KeyJWT {
		return []string{
			fmt.Sprintf("On every server, now: set %s to the new value (%s) and take every earlier value out of %s. %s", key, where, previous, apply),
			"Until then the servers refuse what the old key signed, and sign nothing.",
			"Delete the place of the new value once every server has it.",
		}
	}
	steps = []string{
		fmt.Sprintf("On every server: add the new value (%s) to %s, %s. %s See with aiwfe-auth keys list that all of them accept it.",
			where, previous, shape, apply),
		fmt.Sprintf("On every server: set %s to the new value, and put the old value into %s in its place. %s", key, previous, apply),
	}
	if compromised {
		steps = steps[1:]
	}
	if purpose == store.KeyData {
		steps = append(steps, "A server seals what is in the database anew by itself. Watch it with aiwfe-auth keys list; the old value can go when it says so.")
	} else {
		steps = append(steps, fmt.Sprintf("After %s no token of the old key is left, and the servers refuse the key by themselves; take it out of %s then.",
			lastToken(cfg), previous))
	}
	return append(steps, "Delete the place of the new value once every server has it.")
}

// pathOf is the file that a setting was read from; "" for none.
func pathOf(cfg *config.Config, name string) string {
	for _, s := range cfg.Secrets() {
		if s.Name == name && !strings.HasPrefix(s.Origin, "environment") {
			return s.Path
		}
	}
	return ""
}
