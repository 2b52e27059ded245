package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// Migrate brings the schema up to date and returns the steps it took. An
// existing users table of another system is adopted first. Several processes
// may call it at once: one works, the others wait and find nothing left.
func (s *Store) Migrate(ctx context.Context) ([]Migration, error) {
	return s.MigrateTo(ctx, math.MaxInt64)
}

// MigrateTo goes no further than a version: what a backup holds is put into the
// schema that it came from, so that later steps find it as they expect it.
func (s *Store) MigrateTo(ctx context.Context, version int64) ([]Migration, error) {
	if _, _, err := s.Schema(ctx); err != nil {
		return nil, err // a newer schema included
	}
	if err := s.adopt(ctx); err != nil {
		return nil, err
	}
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	// Said before the steps, so that older programs may start at any moment
	// between; a new database has no place for it yet.
	if err := s.promise(ctx); err != nil {
		return nil, err
	}
	done, err := s.up(ctx, p, version)
	if err != nil {
		return done, classify("migrate", err)
	}
	if err := s.promise(ctx); err != nil {
		return done, err
	}
	return done, s.learn(ctx)
}

// up takes the pending steps. SQLite has no locker: of two processes that
// migrate at once, one finds a step done under its hands, which rolls its own
// try back, and goes on with what is left. On PostgreSQL a step may meet the
// requests of servers that go on meanwhile in a deadlock, which rolls it back.
// A step that fails by itself fails each time.
func (s *Store) up(ctx context.Context, p *goose.Provider, version int64) (done []Migration, err error) {
	for try := 1; ; try++ {
		var results []*goose.MigrationResult
		err := s.once(ctx, p)
		if err == nil {
			results, err = p.UpTo(ctx, version)
		}
		if part, ok := errors.AsType[*goose.PartialError](err); ok {
			results = part.Applied
		}
		for _, r := range results {
			done = append(done, Migration{Version: r.Source.Version, Name: r.Source.Path, Applied: true})
		}
		conflict, _ := again(err)
		if err == nil || s.engine != SQLite && !conflict || try == 20 || ctx.Err() != nil {
			return done, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// once lets SQLite's ledger hold each step once: it is written in the step's
// transaction, so that nothing is ever done twice.
func (s *Store) once(ctx context.Context, p *goose.Provider) error {
	if s.engine != SQLite {
		return nil
	}
	if _, _, err := p.GetVersions(ctx); err != nil { // makes the ledger
		return err
	}
	_, err := s.rw.ExecContext(ctx, `CREATE UNIQUE INDEX IF NOT EXISTS goose_db_version_once ON goose_db_version (version_id)`)
	return err
}

// Migrations lists all steps, applied or not.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	all, err := p.Status(ctx)
	if err != nil {
		return nil, classify("read the migration ledger", err)
	}
	list := make([]Migration, 0, len(all))
	for _, m := range all {
		list = append(list, Migration{Version: m.Source.Version, Name: m.Source.Path, Applied: m.State == goose.StateApplied})
	}
	return list, nil
}

// Schema says which version the database has and how many steps are pending,
// by one read of the ledger. A version newer than this program knows is an
// error, unless the program that made it promised that this one may go on.
func (s *Store) Schema(ctx context.Context) (current int64, pending int, err error) {
	newest, count, err := s.known()
	if err != nil {
		return 0, 0, err
	}
	err = s.read(ctx, "read the migration ledger", func(ctx context.Context, db *sql.DB) error {
		cols, err := s.columns(ctx, db, "goose_db_version")
		if err != nil || len(cols) == 0 {
			pending = count
			return err
		}
		var applied int
		row := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0), COUNT(DISTINCT version_id)
			FROM goose_db_version WHERE version_id > 0 AND is_applied`)
		if err := row.Scan(&current, &applied); err != nil {
			return err
		}
		pending = max(0, count-applied)
		return nil
	})
	if err != nil || current <= newest {
		return current, pending, err
	}
	said, err := s.promised(ctx)
	if err != nil {
		return current, pending, err
	}
	if !said.usable(current, newest) {
		err = fmt.Errorf("the database has schema version %d, this program knows only up to %d: run the newer program", current, newest)
	}
	return current, 0, err
}

func (s *Store) known() (newest int64, count int, err error) {
	files, err := fs.Glob(migrations, "migrations/"+s.engine+"/*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, f := range files {
		v, err := goose.NumericComponent(f)
		if err != nil {
			return 0, 0, err
		}
		newest = max(newest, v)
	}
	return newest, len(files), nil
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.engine)
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithSlog(slog.New(slog.DiscardHandler))}
	dialect := database.DialectSQLite3
	if s.engine == Postgres {
		dialect = database.DialectPostgres
		// A lock in a table works through a pooler; a session's advisory lock
		// would be taken on one server connection and released on another.
		// Who was killed is waited for as long as the lease; a step and its line
		// in the ledger are one transaction, so one that wakes late harms nothing.
		locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(time.Second, 300),
			lock.WithTableLeaseDuration(10*time.Second), lock.WithTableHeartbeatInterval(2*time.Second))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithLocker(locker))
	}
	return goose.NewProvider(dialect, s.rw, files, opts...)
}
