package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// AuditRootFact names the fact that holds the highest number of a root that was
// lost by a restore, so that no number means two.
const AuditRootFact = "audit_root"

// AuditRootMost is the highest number of a root.
const AuditRootMost = 254

// ErrAuditRoots says that there is no number left.
var ErrAuditRoots = errors.New("the audit has had as many keys as it can have: begin its chain in a fresh database")

// errOtherRoot is a root that this process does not know yet.
var errOtherRoot = errors.New("another root of the audit has begun")

// AuditRoots are the sealed secrets of the chain by their number.
func (s *Store) AuditRoots(ctx context.Context) (roots map[byte][]byte, err error) {
	err = s.read(ctx, "read the keys of the audit", func(ctx context.Context, db *sql.DB) (err error) {
		roots, err = auditRoots(ctx, db)
		return err
	})
	return roots, err
}

func auditRoots(ctx context.Context, db querier) (map[byte][]byte, error) {
	roots := map[byte][]byte{}
	return roots, each(ctx, db, `SELECT number, sealed FROM audit_roots`, nil, func(row scanner) error {
		var text string
		var sealed []byte
		if err := row.Scan(&text, &sealed); err != nil {
			return err
		}
		n, err := strconv.ParseUint(text, 10, 8)
		roots[byte(n)] = sealed
		return err
	})
}

// KeepAuditRoot keeps a secret where there is none of its number: of servers
// that begin at once, one decides.
func (s *Store) KeepAuditRoot(ctx context.Context, number byte, sealed []byte) error {
	return s.write(ctx, "keep a key of the audit", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO audit_roots (number, sealed, made_ms) VALUES ($1, $2, `+s.clock()+`)
			ON CONFLICT (number) DO NOTHING`, rootName(number), sealed)
		return err
	})
}

func rootName(number byte) string { return strconv.Itoa(int(number)) }

// AuditRootNumber is the highest number that a root ever had.
func (s *Store) AuditRootNumber(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, "read the numbers of the audit's keys", func(ctx context.Context, t *tx) error {
		_, n, err = t.newestRoot(ctx)
		return err
	})
	return n, err
}

// AuditRootOlder says whether the root in use was there at a moment.
func (s *Store) AuditRootOlder(ctx context.Context, than time.Time) (older bool, err error) {
	err = s.read(ctx, "read the age of the audit's key", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COALESCE(MAX(made_ms) <= CAST($1 AS BIGINT), FALSE) FROM audit_roots`, millis(than)).Scan(&older)
	})
	return older, err
}

// newestRoot says when the newest root was made, and the highest number of all.
func (t *tx) newestRoot(ctx context.Context) (made, last int64, err error) {
	err = t.QueryRowContext(ctx, `SELECT COALESCE(MAX(made_ms), 0), COALESCE(MAX(CAST(number AS INTEGER)), 0) FROM audit_roots`).Scan(&made, &last)
	if err != nil {
		return 0, 0, err
	}
	var lost int64
	err = t.QueryRowContext(ctx, `SELECT CAST(value AS INTEGER) FROM facts WHERE name = $1`, AuditRootFact).Scan(&lost)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return made, max(last, lost), err
}

// putRoot keeps a root; one that is there stays as old as it is.
func (t *tx) putRoot(ctx context.Context, number byte, sealed []byte, made int64) error {
	_, err := t.ExecContext(ctx, `INSERT INTO audit_roots (number, sealed, made_ms) VALUES ($1, $2, $3)
		ON CONFLICT (number) DO UPDATE SET sealed = excluded.sealed`, rootName(number), sealed, made)
	return err
}

// renewRoots has the keys of the audit be those of the database.
func (s *Store) renewRoots(ctx context.Context) error {
	keys := s.marks.Load()
	if keys == nil {
		return errOtherRoot
	}
	roots, err := auditRoots(ctx, s.ro)
	if err != nil {
		return err
	}
	if err := keys.Renew(roots); err != nil {
		return fmt.Errorf("another root of the audit has begun, and this process cannot open it: %w", err)
	}
	return nil
}

// RenewAudit has the keys of the audit be those of the database, where the root
// in use is another one by now.
func (s *Store) RenewAudit(ctx context.Context) error {
	return s.read(ctx, "read the keys of the audit", func(ctx context.Context, _ *sql.DB) error { return s.renewRoots(ctx) })
}
