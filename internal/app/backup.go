package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// BackupAs says where a backup goes and how it is closed.
type BackupAs struct {
	// Path is the file; empty names one by the moment, in BACKUP_DIR.
	Path string
	Lock backup.Lock
	// Wrote is told after each row.
	Wrote func(table string, rows int64)
}

// BackupLock is what the settings close a backup with.
func BackupLock(cfg *config.Config) backup.Lock {
	if len(cfg.BackupRecipients) > 0 {
		return backup.Lock{Recipients: cfg.BackupRecipients}
	}
	return backup.Lock{Passphrase: cfg.BackupPassphrase}
}

// Backup makes one while the server goes on, and keeps word of how it ended.
func (c *Core) Backup(ctx context.Context, b BackupAs) (backup.Made, error) {
	if b.Path == "" {
		if err := os.MkdirAll(c.Config.BackupDir, 0o700); err != nil {
			return backup.Made{}, fmt.Errorf("the folder of BACKUP_DIR cannot be made: %w", err)
		}
		backup.SweepPartial(c.Config.BackupDir, now())
		b.Path = filepath.Join(c.Config.BackupDir, backup.Name(now()))
	}
	if path, err := filepath.Abs(b.Path); err == nil {
		b.Path = path
	}
	made, err := backup.Create(ctx, c.Store, backup.Making{
		Path: b.Path, Version: version.String(), Lock: b.Lock, Keys: keyPrints(c.Config), KeyFiles: keptKeyFiles(c.Config),
		Mac: macKey(c.Config.DataEncryptionKey), Wrote: b.Wrote,
	})
	return made, errors.Join(err, c.noteBackup(ctx, b.Path, made, err))
}

// noteBackup writes fact and audit row. A backup that is on the disk counts even
// if that fails, and the error says so.
func (c *Core) noteBackup(ctx context.Context, path string, made backup.Made, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	host, _ := os.Hostname()
	row := audit.Succeeded(audit.EventBackedUp, login.Host().Client)
	row.At, row.Actor = now(), login.Host().ID
	var fact string
	var value any
	if failed == nil {
		fact = backup.FactLast
		value = backup.Last{
			ID: made.ID, At: made.Origin.At, Path: path, Bytes: made.Bytes, Rows: backup.Rows(made.Tables), Seconds: made.Seconds, Host: host,
		}
		row.Detail = fmt.Sprintf("%s, %d rows, %d bytes: %s", made.ID, backup.Rows(made.Tables), made.Bytes, filepath.Base(path))
	} else {
		var before backup.Failed
		if text, err := c.Store.Fact(ctx, backup.FactFailed); err == nil {
			_ = json.Unmarshal([]byte(text), &before)
		}
		fact = backup.FactFailed
		value = backup.Failed{At: now().UTC(), Why: cause(failed).Error(), Host: host, Count: before.Count + 1}
		row.Outcome, row.Reason, row.Detail = audit.Refused, "backup_failed", cause(failed).Error()
	}
	text, err := json.Marshal(value)
	if err == nil {
		err = c.Store.Note(ctx, fact, string(text), row)
	}
	if err != nil && failed == nil {
		return fmt.Errorf("the backup was made, and no word of it could be kept in the database: %w", cause(err))
	}
	return nil
}

// keyPrints are marks of the keys by which a restore sees that they are others.
func keyPrints(cfg *config.Config) map[string]string {
	return map[string]string{
		"DATA_ENCRYPTION_KEY": cfg.DataEncryptionKey.Fingerprint(),
		"JWT_SECRET_KEY":      cfg.JWTSecretKey.Fingerprint(),
	}
}

// macKey is what a backup is signed with, so that only who holds the key of the
// installation makes one that passes for its own.
func macKey(key secret.Value) secret.Value {
	if key.Empty() {
		return key
	}
	return secret.Derive(key, "backup")
}

func macKeys(cfg *config.Config) (list []secret.Value) {
	for _, k := range append([]secret.Value{cfg.DataEncryptionKey}, cfg.DataEncryptionPreviousKeys...) {
		if !k.Empty() {
			list = append(list, macKey(k))
		}
	}
	return list
}

// keptKeyFiles are the keys that made themselves in DATA_DIR, which nobody has
// anywhere else.
func keptKeyFiles(cfg *config.Config) map[string]string {
	files := map[string]string{}
	for variable, name := range keyFileNames {
		if !cfg.Kept(variable) {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(cfg.DataDir, name)); err == nil { //nolint:gosec // one of the two names below
			files[name] = strings.TrimSpace(string(text))
		}
	}
	return files
}

var keyFileNames = map[string]string{"JWT_SECRET_KEY": "jwt-secret-key", "DATA_ENCRYPTION_KEY": "data-encryption-key"}

// putKeyFiles puts those back that are missing; one that is there stays.
func putKeyFiles(cfg *config.Config, files map[string]string) (put []string, err error) {
	if !cfg.Environment.Relaxed() {
		return nil, nil
	}
	for _, name := range keyFileNames {
		text, given := files[name]
		if !given {
			continue
		}
		if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
			return put, err
		}
		f, err := os.OpenFile(filepath.Join(cfg.DataDir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return put, err
		}
		_, err = f.WriteString(text + "\n")
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return put, err
		}
		put = append(put, name)
	}
	return put, nil
}
