package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// VerifyAs says what is verified and where.
type VerifyAs struct {
	Path   string
	Unlock backup.Unlock
	// InDatabase uses a schema of its own in the database of the configuration,
	// in place of an SQLite file.
	InDatabase bool
	Read       func(step, table string, rows, of int64)
}

// Step is one thing that was tried.
type Step struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	OK      bool    `json:"ok"`
	Seconds float64 `json:"seconds"`
}

// VerifyReport is what verifying a backup found.
type VerifyReport struct {
	backup.Header
	Path    string                  `json:"path"`
	Bytes   int64                   `json:"bytes"`
	Tables  map[string]backup.Total `json:"tables"`
	Steps   []Step                  `json:"steps"`
	OK      bool                    `json:"ok"`
	Seconds float64                 `json:"seconds"`
}

// verifying is one rehearsal of a restore.
type verifying struct {
	VerifyReport
	as  VerifyAs
	cfg *config.Config
	log *slog.Logger
	f   *backup.File
	db  *store.Store
}

// VerifyBackup restores a backup where nobody is, compares every row, and signs
// somebody in there. An error says that it could not be tried at all.
func VerifyBackup(ctx context.Context, cfg *config.Config, log *slog.Logger, as VerifyAs) (rep VerifyReport, err error) {
	began := time.Now()
	f, err := backup.OpenFile(as.Path, as.Unlock)
	if err != nil {
		return rep, err
	}
	defer func() { _ = f.Close() }()
	sub := *cfg
	v := &verifying{as: as, cfg: &sub, log: log, f: f}
	v.Header, v.Path, v.Bytes = f.Header, f.Path(), f.Size()
	away, err := v.place(ctx)
	if away != nil {
		defer func() { err = errors.Join(err, away()) }()
	}
	if err != nil {
		return rep, err
	}
	for _, s := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"the file is whole", v.whole},
		{"it was made here", v.ours},
		{"it can be restored", v.restore},
		{"every row is as it was", v.compare},
		{"the audit is there", v.audit},
		{"somebody can sign in", v.canary},
	} {
		at := time.Now()
		text, err := s.do(ctx)
		if ctx.Err() != nil {
			return v.VerifyReport, ctx.Err()
		}
		step := Step{Name: s.name, Text: text, OK: err == nil}
		if err != nil {
			step.Text = cause(err).Error()
		}
		step.Seconds = time.Since(at).Seconds()
		v.Steps = append(v.Steps, step)
		if err != nil && s.name != "it was made here" { // which stops nothing
			break
		}
	}
	v.OK = len(v.Steps) == 6 && !slices.ContainsFunc(v.Steps, func(s Step) bool { return !s.OK })
	v.Seconds = time.Since(began).Seconds()
	return v.VerifyReport, nil
}

// place makes the database that is thrown away afterwards.
func (v *verifying) place(ctx context.Context) (away func() error, err error) {
	if v.as.InDatabase {
		if v.cfg.Database.Engine != store.Postgres {
			return nil, errors.New("--in-database is for PostgreSQL, and DATABASE_URL names SQLite, of which a file is made anyway")
		}
		if !v.cfg.DatabaseDirect.DSN.Empty() {
			v.cfg.Database = v.cfg.DatabaseDirect
		}
		dsn, drop, err := store.ScratchSchema(ctx, string(v.cfg.Database.DSN.Reveal()))
		if err != nil {
			return nil, err
		}
		v.cfg.Database.DSN = secret.FromString(dsn)
		return func() error { v.shut(); return drop() }, v.open(ctx)
	}
	if len(v.f.Manifest().Adopted) > 0 && v.f.Engine == store.Postgres {
		return nil, errors.New("the backup has a users table that another program made on PostgreSQL: verify it there, with --in-database")
	}
	// Beside the database, where what it holds lies anyway.
	dir, err := os.MkdirTemp(config.Existing(v.cfg.DataDir), "verify-*")
	if err != nil {
		if dir, err = os.MkdirTemp("", "aiwfe-auth-verify-*"); err != nil {
			return nil, fmt.Errorf("there is no folder for a scratch database: %w", err)
		}
	}
	v.cfg.Database = config.DatabaseURL{
		Engine: store.SQLite, DSN: secret.FromString(filepath.Join(dir, "scratch.db")), Masked: "a scratch database",
	}
	return func() error { v.shut(); return os.RemoveAll(dir) }, v.open(ctx)
}

func (v *verifying) open(ctx context.Context) (err error) {
	v.db, err = OpenStore(ctx, v.cfg, v.log)
	return err
}

func (v *verifying) shut() {
	if v.db != nil {
		v.db.Close()
	}
}

func (v *verifying) whole(ctx context.Context) (string, error) {
	if err := check(ctx, v.f, v.as.Read); err != nil {
		return "", err
	}
	v.Tables = v.f.Totals()
	return fmt.Sprintf("%d rows of %d tables, made %s of schema version %d on %s", backup.Rows(v.Tables), len(v.Tables),
		v.MadeAt.UTC().Format(time.RFC3339), v.Schema, v.Engine), nil
}

// ours looks whether the keys at hand open what it holds.
func (v *verifying) ours(context.Context) (string, error) {
	if _, err := v.cfg.ReadKeptKeys(); err != nil {
		return "", err
	}
	switch {
	case !knows(v.cfg.DataEncryptionKey, v.cfg.DataEncryptionPreviousKeys, v.f.Manifest().Keys["DATA_ENCRYPTION_KEY"]):
		return "", errors.New("DATA_ENCRYPTION_KEY is not the key of this backup: authenticator apps would not open after a restore with it")
	case !v.f.Made(macKeys(v.cfg)...):
		return "", errors.New("it was not written by an installation that has this DATA_ENCRYPTION_KEY, though it says so: somebody else made or changed it")
	}
	return "DATA_ENCRYPTION_KEY is the one that it was made with", nil
}

func (v *verifying) restore(ctx context.Context) (string, error) {
	if err := v.db.AdoptAs(ctx, v.f.Manifest().Adopted); err != nil {
		return "", err
	}
	if _, err := v.db.MigrateTo(ctx, v.f.Manifest().Schema); err != nil {
		return "", err
	}
	done, err := v.db.Load(ctx, v.f, store.Restoring{ID: v.f.ID, Now: now(), Exact: true})
	return fmt.Sprintf("%d rows into %s", done.Rows, v.db.Engine()), err
}

// compare reads everything back.
func (v *verifying) compare(ctx context.Context) (string, error) {
	back := &backup.Totals{As: map[string][]backup.Column{}}
	for _, t := range v.f.Manifest().Tables {
		back.As[t.Name] = t.Columns
	}
	if err := v.db.Dump(ctx, func(backup.Origin) (backup.Sink, error) { return back, nil }); err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(v.Tables)) {
		if got, want := back.Of[name], v.Tables[name]; got != want {
			return "", fmt.Errorf("the table %s came back with %d rows of %d, or with other ones", name, got.Rows, want.Rows)
		}
	}
	return fmt.Sprintf("%d tables have the rows and the sums of the backup", len(v.Tables)), nil
}

func (v *verifying) audit(ctx context.Context) (string, error) {
	if _, err := v.db.Migrate(ctx); err != nil {
		return "", err
	}
	rows, err := v.db.AuditRows(ctx, audit.Query{Limit: 1})
	if err != nil || len(rows) == 0 {
		return "no row yet", err
	}
	return fmt.Sprintf("%d rows, the last of %s", v.Tables["audit"].Rows, rows[0].At.Format(time.RFC3339)), nil
}

// canary makes an account in the scratch database and signs in, as a person does.
func (v *verifying) canary(ctx context.Context) (string, error) {
	cfg := v.cfg
	cfg.RedisURL, cfg.SMTPURL, cfg.MFARequiredRoles = secret.Value{}, secret.Value{}, nil
	if cfg.DataEncryptionKey.Empty() || cfg.JWTSecretKey.Empty() { // nothing is sealed with them that has to open
		cfg.DataEncryptionKey, cfg.JWTSecretKey = secret.FromString(secret.RandomText(40)), secret.FromString(secret.RandomText(40))
	}
	core, err := Open(ctx, cfg, v.log, Hooks{})
	if err != nil {
		return "", err
	}
	defer core.Close()
	text, address := secret.RandomText(20), "canary-"+secret.RandomText(10)+"@example.invalid"
	hash, err := core.Passwords.Hash(ctx, text)
	if err != nil {
		return "", err
	}
	row := audit.Succeeded(audit.EventUserCreated, login.Host().Client)
	row.At = now()
	if _, made, err := core.Store.CreateUser(ctx, login.NewUser{
		Now: now(), Email: address, Name: "Canary", Hash: hash, Role: account.RoleUser, Status: account.StatusActive, Verified: true, Row: row,
	}); err != nil || !made {
		return "", fmt.Errorf("an account could not be made (%v): %w", made, err)
	}
	client := login.Client{Client: audit.Client{IP: "192.0.2.1"}, Network: "192.0.2.1"}
	out, err := core.Login.Password(ctx, login.Attempt{Email: address, Password: text, Client: client, TokensOnly: true})
	if err != nil || out.Grant == nil {
		return "", fmt.Errorf("the account that was just made cannot sign in: %w", err)
	}
	refusal, err := core.TokenRefusal(ctx, out.Grant.AccessToken)
	if err == nil && refusal != "" {
		err = errors.New("the session that just began is refused: " + refusal)
	}
	if err != nil {
		return "", err
	}
	if _, err := core.Login.Password(ctx, login.Attempt{Email: address, Password: text + "x", Client: client, TokensOnly: true}); err == nil {
		return "", errors.New("a wrong password is accepted")
	}
	return "an account that was made for it signed in, its session was checked, and a wrong password was refused", nil
}
