package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// upkeepBackups are those that this installation knows of.
func (c *Core) upkeepBackups(ctx context.Context) (upkeep.Backups, error) {
	last, failed, err := LastBackups(ctx, c.Store)
	if err != nil {
		return upkeep.Backups{}, err
	}
	b := upkeep.Backups{
		Scheduled: c.Config.BackupEvery > 0, Every: c.Config.BackupEvery, Needed: !c.Config.Environment.Relaxed(),
		Last: last.At, Name: last.Path, Bytes: last.Bytes,
	}
	if failed.At.After(last.At) {
		b.Trouble = failed.Why
	}
	return b, nil
}

// upkeepRehearsal makes a backup, closed with a key of its own, restores it
// where nobody is, signs somebody in there, and takes everything away again.
// That a backup was made is not noted: it is not kept.
func (c *Core) upkeepRehearsal(ctx context.Context) (r upkeep.Rehearsal, err error) {
	dir, err := c.rehearsalFolder()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	hidden, public, err := backup.NewKey()
	if err != nil {
		return r, err
	}
	began := time.Now()
	made, err := backup.Create(ctx, c.Store, backup.Making{
		Path: filepath.Join(dir, "rehearsal.backup"), Version: version.String(), Lock: backup.Lock{Recipients: []string{public}},
		Keys: keyPrints(c.Config), KeyFiles: keptKeyFiles(c.Config), Mac: macKey(c.Config.DataEncryptionKey),
	})
	if err != nil {
		return upkeep.Rehearsal{Trouble: "the backup could not be made: " + cause(err).Error()}, ctx.Err()
	}
	r.Backup, r.Accounts, r.Bytes = time.Since(began), made.Tables["users"].Rows, made.Bytes
	as := VerifyAs{Path: made.Path, Unlock: backup.Unlock{Identities: hidden}}
	report, err := VerifyBackup(ctx, c.Config, c.Log, as)
	if err != nil && c.Store.Engine() == store.Postgres && ctx.Err() == nil {
		as.InDatabase = true // what only PostgreSQL can hold is tried there
		report, err = VerifyBackup(ctx, c.Config, c.Log, as)
	}
	if err != nil {
		return r, err
	}
	return rehearsed(r, report), nil
}

// rehearsed adds what the restore came to.
func rehearsed(r upkeep.Rehearsal, report VerifyReport) upkeep.Rehearsal {
	for i, s := range report.Steps {
		took := time.Duration(s.Seconds * float64(time.Second))
		if i == len(report.Steps)-1 {
			r.SignIn += took
		} else {
			r.Restore += took
		}
		if !s.OK && r.Trouble == "" {
			r.Trouble = fmt.Sprintf("%s: %s", s.Name, s.Text)
		}
	}
	if !report.OK && r.Trouble == "" {
		r.Trouble = "not every step was made"
	}
	return r
}

// rehearsalFolder is beside the database, where what it holds lies anyway. What
// a rehearsal left that was killed is taken away.
func (c *Core) rehearsalFolder() (string, error) {
	parent := config.Existing(c.Config.DataDir)
	old, err := filepath.Glob(filepath.Join(parent, "rehearsal-*"))
	if err != nil {
		return "", err
	}
	for _, path := range old {
		if info, err := os.Stat(path); err == nil && info.IsDir() && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(path)
		}
	}
	dir, err := os.MkdirTemp(parent, "rehearsal-*")
	if errors.Is(err, fs.ErrPermission) {
		dir, err = os.MkdirTemp("", "aiwfe-auth-rehearsal-*")
	}
	if err != nil {
		return "", fmt.Errorf("there is no folder for the rehearsal: %w", err)
	}
	return dir, nil
}
