package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CheckDataDir says whether the program could write where it will have to, by
// making a file and removing it; a folder that is not there yet is looked for
// above, and not made. It is not part of Load, for whoever only shows the
// configuration writes nothing.
//
// Without a database or keys in DATA_DIR only the set-up link is kept there,
// until somebody has used it, so then an unwritable one is a warning.
func (c *Config) CheckDataDir() (f Fault, bad bool) {
	dir := Existing(c.DataDir)
	err := writable(dir)
	if err == nil {
		return f, false
	}
	where := "The folder"
	if filepath.Clean(c.DataDir) != dir {
		where = "It is not there, and the folder above it, " + dir + ","
	}
	text := where + " cannot be written to: " + reason(err) + "."
	if !c.KeepsInDataDir() {
		c.warnings = append(c.warnings, Warning{Text: "DATA_DIR " + c.DataDir + ": " + text + " Only the link that makes the first administrator is kept there."})
		return f, false
	}
	return Fault{
		Variable: "DATA_DIR", Value: shown(c.DataDir, false), Origin: c.origins["DATA_DIR"], Problem: text,
		Expected: "a folder in which the user who runs the server may write",
		Hint:     "Make it and give it to that user (mkdir -p, chown, mode 0700), or name another one in DATA_DIR.",
		Cause:    "data_dir_unwritable",
	}, true
}

// KeepsInDataDir says whether the database or a key is to be kept there.
func (c *Config) KeepsInDataDir() bool {
	if c.Environment.Relaxed() && (c.JWTSecretKey.Empty() || c.DataEncryptionKey.Empty()) {
		return true
	}
	inside := strings.TrimSuffix(filepath.Clean(c.DataDir), string(filepath.Separator)) + string(filepath.Separator)
	return c.Database.Engine == SQLite && strings.HasPrefix(filepath.Clean(string(c.Database.DSN.Reveal())), inside)
}

// Existing is the folder itself, or the nearest one above that is there.
func Existing(dir string) string {
	dir = filepath.Clean(dir)
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".aiwfe-auth-check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
