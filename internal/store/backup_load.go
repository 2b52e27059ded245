package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

// Restoring is how a backup is put into the database.
type Restoring struct {
	ID string
	// Replace takes away what is there.
	Replace bool
	// Undo takes nothing over from what is replaced: for undoing a mistake in it.
	Undo bool
	// KeepSessions lets everybody stay signed in who was so when the backup was
	// made, those who were signed out since included.
	KeepSessions bool
	// Fresh is how lately a server must have said that it lives to count as one.
	Fresh time.Duration
	Now   time.Time
	// Marks opens the keys of the audit that came with the backup, for Row to be
	// marked with; nil leaves it without a mark.
	Marks AuditMarks
	// Row is written into the audit in the same transaction. Exact leaves
	// everything as the backup has it, for looking at it: no row, no new epoch.
	Row   audit.Row
	Exact bool
}

// AuditMarks opens the keys of the audit, as a database keeps them.
type AuditMarks func(roots map[byte][]byte) (*audit.Keys, error)

// Restored is what came of it.
type Restored struct {
	Rows int64
	// Ended counts what lives on nowhere: sessions, personal tokens among them.
	Ended int64
	// Carried counts what the database that was replaced knew better.
	Carried Carried
}

// Load puts a backup into the database in one transaction: all of it or nothing.
func (s *Store) Load(ctx context.Context, from backup.Source, r Restoring) (done Restored, err error) {
	conn, err := s.rw.Conn(ctx)
	if err != nil {
		return done, classify("restore", err)
	}
	defer func() { _ = conn.Close() }()
	if s.engine == SQLite {
		// Indexes are visited all over the place: they stay in memory meanwhile.
		if _, err := conn.ExecContext(ctx, `PRAGMA cache_size = -100000`); err != nil {
			return done, classify("restore", err)
		}
	}
	raw, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return done, classify("restore", err)
	}
	defer func() { _ = raw.Rollback() }()
	l := &loading{tx: &tx{Tx: raw, s: s}, conn: conn, ctx: ctx, from: from.Manifest()}
	if err := l.all(from, r); err != nil {
		return done, classify("restore", err)
	}
	if err := raw.Commit(); err != nil {
		return done, classify("restore", err)
	}
	if err := s.settle(ctx, conn, l); err != nil {
		return l.done, err
	}
	_ = conn.Close()
	return l.done, s.learn(ctx)
}

// settle lets PostgreSQL look at what came in, for it plans by what it last saw,
// and SQLite move it from its log into the file.
func (s *Store) settle(ctx context.Context, conn *sql.Conn, l *loading) error {
	query := `PRAGMA wal_checkpoint(TRUNCATE)`
	if s.engine == Postgres {
		query = `ANALYZE ` + strings.Join(l.names(), ", ")
	}
	_, err := conn.ExecContext(ctx, query)
	return classify("look at what was restored", err)
}

// loading is one restore, and a backup.Sink.
type loading struct {
	*tx
	conn   *sql.Conn
	ctx    context.Context
	from   *backup.Manifest
	target []backup.Table
	into   backup.Table // the table at hand, with the columns of the backup as they are here
	put    putter
	row    []any
	done   Restored
}

func (l *loading) all(from backup.Source, r Restoring) error {
	if err := l.lock(r); err != nil {
		return err
	}
	carried, err := l.carry(r)
	if err != nil {
		return err
	}
	search, err := l.s.setSearchAside(l.ctx, l.Tx)
	if err != nil {
		return err
	}
	if err := l.clear(search); err != nil {
		return err
	}
	if err := l.adoptAsWas(); err != nil {
		return err
	}
	if l.target, _, err = l.s.backupTables(l.ctx, l.Tx); err != nil {
		return err
	}
	indexes, err := l.dropIndexes()
	if err != nil {
		return err
	}
	if err := from.Each(l.ctx, l); err != nil {
		if l.put != nil {
			l.put.stop(err)
		}
		return err
	}
	if err := makeAgain(l.ctx, l.Tx, indexes); err != nil {
		return err
	}
	if err := l.s.makeSearch(l.ctx, l.Tx, search, span{math.MinInt64, math.MaxInt64}); err != nil {
		return err
	}
	if err := l.count(r); err != nil || r.Exact {
		return err
	}
	return l.epoch(r, carried)
}

// names are the tables that are here, as a statement takes them.
func (l *loading) names() (list []string) {
	for _, t := range l.target {
		list = append(list, quoted(t.Name))
	}
	return list
}

// lock keeps everybody else out, and looks once more whether there is anybody.
func (l *loading) lock(r Restoring) error {
	var err error
	if l.target, _, err = l.s.backupTables(l.ctx, l.Tx); err != nil {
		return err
	}
	if l.s.engine == Postgres {
		if _, err := l.ExecContext(l.ctx, `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'; SET LOCAL DateStyle = 'ISO, YMD'`); err != nil {
			return err
		}
		if _, err := l.ExecContext(l.ctx, `LOCK TABLE nodes, leases, `+strings.Join(l.names(), ", ")+` IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	var living int
	if err := l.QueryRowContext(l.ctx, `SELECT COUNT(*) FROM nodes WHERE seen_ms >= `+l.s.clock()+` - $1`, r.Fresh.Milliseconds()).
		Scan(&living); err != nil {
		return err
	}
	if living > 0 {
		return errors.New("a server began to use the database meanwhile: stop it, and restore again; nothing was changed")
	}
	some, err := occupied(l.ctx, l.Tx)
	if err == nil && some && !r.Replace {
		err = errors.New("the database is not empty: nothing was changed")
	}
	return err
}

// occupied says whether anybody has an account here or anything was decided.
func occupied(ctx context.Context, db rowQuerier) (some bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM audit)`).Scan(&some)
	return some, err
}

type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// clear empties every table, those first that lean on others.
func (l *loading) clear(search []index) error {
	if err := l.s.forgetSearch(l.ctx, l.Tx, search); err != nil {
		return err
	}
	list := append(l.names(), quoted("nodes"), quoted("leases"))
	if l.s.engine == Postgres {
		_, err := l.ExecContext(l.ctx, `TRUNCATE `+strings.Join(list, ", ")+` RESTART IDENTITY`)
		return err
	}
	slices.Reverse(list)
	for _, name := range list {
		if _, err := l.ExecContext(l.ctx, `DELETE FROM `+name); err != nil {
			return err
		}
	}
	_, err := l.ExecContext(l.ctx, `DELETE FROM sqlite_sequence`)
	return err
}

// adoptAsWas makes the users table of another program anew. In PostgreSQL it
// had to be there before our own tables.
func (l *loading) adoptAsWas() error {
	if len(l.from.Adopted) == 0 || l.s.engine != SQLite {
		return nil
	}
	if _, err := l.ExecContext(l.ctx, `DROP TABLE users`); err != nil {
		return err
	}
	for _, one := range l.from.Adopted {
		if _, err := l.ExecContext(l.ctx, one); err != nil {
			return fmt.Errorf("make the users table as it was: %w", err)
		}
	}
	return nil
}
