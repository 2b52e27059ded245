package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Fact reads one fact about this installation; "" where there is none.
func (s *Store) Fact(ctx context.Context, name string) (value string, err error) {
	err = s.read(ctx, "read a fact about the installation", func(ctx context.Context, db *sql.DB) error {
		err := db.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, name).Scan(&value)
		if errors.Is(err, sql.ErrNoRows) {
			value, err = "", nil
		}
		return err
	})
	return value, err
}

// ChangeFact lets change make the new value out of the old one, as the only
// one who does so at a time. An unchanged value is not written.
func (s *Store) ChangeFact(ctx context.Context, name string, change func(old string) string) error {
	return s.write(ctx, "keep a fact about the installation", func(ctx context.Context, t *tx) error {
		if err := t.lockName(ctx, name); err != nil {
			return err
		}
		var old string
		if err := t.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, name).Scan(&old); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `UPDATE facts SET value = $2 WHERE name = $1 AND value <> $2`, name, change(old))
		return err
	})
}

// SealedRow is something sealed, with what it is bound to.
type SealedRow struct {
	Sealed []byte
	Bound  []string
}

// SealedRows gives the newest rows that are sealed under DATA_ENCRYPTION_KEY:
// seeds of authenticator apps, and letters that wait.
func (s *Store) SealedRows(ctx context.Context, limit int) (list []SealedRow, err error) {
	err = s.read(ctx, "look at what is sealed", func(ctx context.Context, db *sql.DB) error {
		list = nil
		scan := func(kind string) func(scanner) error {
			return func(row scanner) error {
				var data []byte
				var id, user string
				if err := row.Scan(&data, &id, &user); err != nil {
					return err
				}
				bound := []string{kind, id}
				if user != "" {
					bound = append(bound, user)
				}
				list = append(list, SealedRow{data, bound})
				return nil
			}
		}
		if err := each(ctx, db, `SELECT data, id, CAST(user_id AS TEXT) FROM factors WHERE kind = 'totp' AND pending = 0
			ORDER BY created_ms DESC LIMIT $1`, []any{limit}, scan("totp")); err != nil {
			return err
		}
		return each(ctx, db, `SELECT sealed, id, '' FROM outbox WHERE sent_ms = 0 AND gave_up_ms = 0
			ORDER BY created_ms DESC LIMIT $1`, []any{limit}, scan("letter"))
	})
	return list, err
}

// PasskeyTimes tells when the passkeys were registered, newest first.
func (s *Store) PasskeyTimes(ctx context.Context, limit int) (list []time.Time, err error) {
	err = s.read(ctx, "look at the passkeys", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT created_ms FROM factors WHERE kind = 'webauthn' AND pending = 0
			ORDER BY created_ms DESC LIMIT $1`,
			[]any{limit}, func(row scanner) error {
				var ms int64
				err := row.Scan(&ms)
				list = append(list, fromMillis(ms))
				return err
			})
	})
	return list, err
}

// Administrators counts all of them, and those who are active and have a
// password or a passkey.
func (s *Store) Administrators(ctx context.Context) (all, usable, people int, err error) {
	err = s.read(ctx, "count the administrators", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT
			(SELECT COUNT(*) FROM users u WHERE lower(CAST(u.role AS TEXT)) = 'admin'),
			(SELECT COUNT(*) FROM users u WHERE lower(CAST(u.role AS TEXT)) = 'admin' AND u.is_active
				AND lower(CAST(u.status AS TEXT)) = 'active' AND (COALESCE(u.hashed_password, '') LIKE '$%'
					OR EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id AND f.kind <> 'totp' AND f.pending = 0))),
			(SELECT COUNT(*) FROM users)`).Scan(&all, &usable, &people)
	})
	return all, usable, people, err
}
