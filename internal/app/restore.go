package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// RestoreAs says what is restored and how.
type RestoreAs struct {
	Path   string
	Unlock backup.Unlock
	// Replace takes away what the database holds, Undo nothing over from it.
	Replace, Undo bool
	KeepSessions  bool
	// OtherKeys goes on though the keys of the installation are others.
	OtherKeys bool
	// Read is told after each row, first while the file is looked through.
	Read func(step, table string, rows, of int64)
}

// RestoreReport is what came of it.
type RestoreReport struct {
	backup.Header
	store.Restored
	// Finished is set when an earlier try had come so far that only the last
	// steps were left.
	Finished bool
	KeyFiles []string
	Warnings []string
	Seconds  float64
}

// Restore puts a backup into the database of the configuration. Whoever kills it
// finds nothing, or what the same command finishes.
func Restore(ctx context.Context, cfg *config.Config, log *slog.Logger, r RestoreAs) (rep RestoreReport, err error) {
	began := time.Now()
	f, err := backup.OpenFile(r.Path, r.Unlock)
	if err != nil {
		return rep, err
	}
	defer func() { _ = f.Close() }()
	rep.Header = f.Header
	if err := check(ctx, f, r.Read); err != nil {
		return rep, err
	}
	if !cfg.DatabaseDirect.DSN.Empty() {
		cfg.Database = cfg.DatabaseDirect
	}
	db, err := OpenStore(ctx, cfg, log)
	if err != nil {
		return rep, err
	}
	defer db.Close()
	place, err := db.Place(ctx, inside.Fresh)
	if err != nil {
		return rep, cause(err)
	}
	unfinished, err := admits(place, f, r, db.Engine())
	if err != nil {
		return rep, err
	}
	if err := rep.keys(cfg, f, r); err != nil {
		return rep, err
	}
	if unfinished {
		rep.Finished = true
	} else if err := rep.load(ctx, cfg, db, f, r); err != nil {
		return rep, cause(err)
	}
	if _, err = db.Migrate(ctx); err == nil {
		err = db.FinishRestore(ctx, restoredRow(f, r), marksOf(cfg))
	}
	rep.Seconds = time.Since(began).Seconds()
	return rep, cause(err)
}

// check reads the whole file before anything is touched.
func check(ctx context.Context, f *backup.File, read func(step, table string, rows, of int64)) error {
	rough := map[string]int64{}
	for _, t := range f.Manifest().Tables {
		rough[t.Name] = t.Rough
	}
	if read != nil {
		f.Read = func(table string, rows int64) { read("looking through", table, rows, rough[table]) }
	}
	if err := f.Check(ctx); err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if read != nil {
		f.Read = func(table string, rows int64) { read("restoring", table, rows, f.Totals()[table].Rows) }
	}
	return nil
}

// admits says why a database takes no backup, or that it has it already and
// only the last steps are missing.
func admits(p store.Place, f *backup.File, r RestoreAs, engine string) (unfinished bool, err error) {
	m := f.Manifest()
	switch {
	case len(p.Servers) > 0:
		var list []string
		for _, n := range p.Servers {
			list = append(list, fmt.Sprintf("%s (since %s, last seen %s)", n.Host,
				n.StartedAt.UTC().Format(time.DateTime), n.SeenAt.UTC().Format(time.TimeOnly)))
		}
		return false, fmt.Errorf("a server uses this database: %s. Stop it, and restore then; one that was killed counts as running for %s after it was last seen",
			strings.Join(list, ", "), inside.Fresh)
	case len(m.Adopted) > 0 && m.Engine != engine:
		return false, fmt.Errorf("the backup has a users table that another program made on %s, whose types %s does not have: restore it on %s",
			m.Engine, engine, m.Engine)
	case len(p.Foreign) > 0 && (p.Occupied || r.Replace), p.Adopted && p.Occupied:
		return false, fmt.Errorf("the database is shared with another program (%s): restore into an empty database, and point DATABASE_URL at that",
			strings.Join(append(p.Foreign, "its users table")[:1], ", "))
	case p.Restored.ID == f.ID && p.Occupied && !p.Used && !r.Replace:
		return true, nil
	case p.Occupied && !r.Replace:
		return false, errors.New("the database is not empty: name an empty one in DATABASE_URL, or add --replace to take away what it holds")
	case p.Schema > m.Schema:
		return false, fmt.Errorf("the backup has schema version %d and the database %d already: restore into an empty database, whose schema then grows from there",
			m.Schema, p.Schema)
	}
	return false, nil
}

// keys holds the keys of the configuration against those of the backup.
func (rep *RestoreReport) keys(cfg *config.Config, f *backup.File, r RestoreAs) (err error) {
	if rep.KeyFiles, err = putKeyFiles(cfg, f.Manifest().KeyFiles); err != nil {
		return fmt.Errorf("the keys of the backup cannot be put into DATA_DIR: %w", err)
	}
	if _, err := cfg.ReadKeptKeys(); err != nil {
		return err
	}
	if !knows(cfg.DataEncryptionKey, cfg.DataEncryptionPreviousKeys, f.Manifest().Keys["DATA_ENCRYPTION_KEY"]) {
		what := "DATA_ENCRYPTION_KEY is not the key of this backup: authenticator apps and letters that wait would not open, " +
			"and nothing tells who made the file"
		if !r.OtherKeys {
			return errors.New(what + ". Set the key from then, also in DATA_ENCRYPTION_PREVIOUS_KEYS; where it is lost for good, add --other-keys. " +
				"Nothing was changed")
		}
		rep.Warnings = append(rep.Warnings, what+". Afterwards: aiwfe-auth keys adopt")
	} else if !f.Made(macKeys(cfg)...) {
		return fmt.Errorf("%s was not written by an installation that has this DATA_ENCRYPTION_KEY, though it says so: somebody else made or changed it; nothing was changed", r.Path)
	}
	if r.KeepSessions && !knows(cfg.JWTSecretKey, cfg.JWTPreviousSecretKeys, f.Manifest().Keys["JWT_SECRET_KEY"]) {
		rep.Warnings = append(rep.Warnings, "JWT_SECRET_KEY is not the key of this backup: access tokens from then are refused, and refresh tokens bring new ones")
	}
	return nil
}

func knows(key secret.Value, previous []secret.Value, print string) bool {
	return slices.ContainsFunc(append([]secret.Value{key}, previous...), func(k secret.Value) bool {
		return !k.Empty() && k.Fingerprint() == print
	})
}

// load brings the schema to where it was and puts the rows in.
func (rep *RestoreReport) load(ctx context.Context, cfg *config.Config, db *store.Store, f *backup.File, r RestoreAs) error {
	if err := db.AdoptAs(ctx, f.Manifest().Adopted); err != nil {
		return err
	}
	if _, err := db.MigrateTo(ctx, f.Manifest().Schema); err != nil {
		return err
	}
	var err error
	rep.Restored, err = db.Load(ctx, f, store.Restoring{
		ID: f.ID, Replace: r.Replace, Undo: r.Undo, KeepSessions: r.KeepSessions, Fresh: inside.Fresh, Now: now(), Row: restoredRow(f, r),
		Marks: marksOf(cfg),
	})
	return err
}

// restoredRow tells of it in the audit.
func restoredRow(f *backup.File, r RestoreAs) audit.Row {
	row := audit.Succeeded(audit.EventRestored, login.Host().Client)
	row.At, row.Actor = now(), login.Host().ID
	row.Detail = fmt.Sprintf("%s of %s", f.ID, f.MadeAt.UTC().Format(time.RFC3339))
	if r.KeepSessions {
		row.Detail += ", sessions kept"
	}
	return row
}
