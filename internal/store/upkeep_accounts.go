package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// holders reads accounts with what they hold.
func (s *Store) holders(ctx context.Context, step, query string, args ...any) (list []upkeep.Holder, err error) {
	err = s.read(ctx, step, func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, query, args, func(row scanner) error {
			var h upkeep.Holder
			var last int64
			err := row.Scan(&h.Address, &h.Status, &h.Sessions, &h.Tokens, &last)
			h.Last = fromMillis(last)
			list = append(list, h)
			return err
		})
	})
	return list, err
}

const holding = `SELECT COALESCE(u.email, ''), lower(CAST(u.status AS TEXT)),
	SUM(CASE WHEN s.kind = 'personal' THEN 0 ELSE 1 END), SUM(CASE WHEN s.kind = 'personal' THEN 1 ELSE 0 END), MAX(s.seen_ms)
	FROM users u JOIN sessions s ON s.user_id = `

// ShutButAlive lists accounts that are disabled and have sessions or tokens
// that run. They are refused while it is so; nobody ended them.
func (s *Store) ShutButAlive(ctx context.Context, now time.Time) ([]upkeep.Holder, error) {
	return s.holders(ctx, "look for sessions of shut accounts", holding+s.userKey()+`
		WHERE (lower(CAST(u.status AS TEXT)) = 'disabled' OR NOT u.is_active AND lower(CAST(u.status AS TEXT)) <> 'pending')
			AND s.ended_ms = 0 AND s.expires_ms > $1
		GROUP BY 1, 2 ORDER BY 1 LIMIT 100`, millis(now))
}

// OldTokens lists accounts that use tokens of the old form, the last used first.
func (s *Store) OldTokens(ctx context.Context, now time.Time) ([]upkeep.Holder, error) {
	return s.holders(ctx, "look for tokens of the old form", holding+s.userKey()+`
		WHERE s.kind = 'legacy' AND s.ended_ms = 0 AND s.expires_ms > $1 GROUP BY 1, 2 ORDER BY 5 DESC, 1 LIMIT 100`, millis(now))
}

// counted counts accounts, and names the first of them.
func (s *Store) counted(ctx context.Context, step, condition string, args ...any) (n int64, some []string, err error) {
	err = s.read(ctx, step, func(ctx context.Context, db *sql.DB) error {
		some = nil
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM users u WHERE `+condition, args...).Scan(&n); err != nil || n == 0 {
			return err
		}
		names := `SELECT COALESCE(u.email, '') FROM users u WHERE ` + condition + ` ORDER BY u.id LIMIT 9`
		return each(ctx, db, names, args, func(row scanner) error {
			var address string
			err := row.Scan(&address)
			some = append(some, address)
			return err
		})
	})
	return n, some, err
}

// Unused counts accounts that are open, were made before then, and were on no
// device and in no session since.
func (s *Store) Unused(ctx context.Context, since time.Time) (int64, []string, error) {
	return s.counted(ctx, "look for accounts that nobody uses", `u.created_at < $1 AND lower(CAST(u.status AS TEXT)) = 'active'
		AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.user_id = `+s.userKey()+` AND d.seen_ms >= $2)
		AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = `+s.userKey()+` AND s.seen_ms >= $2)`, s.moment(since), millis(since))
}

// Unconfirmed counts open accounts made before then whose address nobody proved.
func (s *Store) Unconfirmed(ctx context.Context, before time.Time) (int64, error) {
	n, _, err := s.counted(ctx, "look for addresses that nobody proved",
		`NOT u.is_verified AND u.created_at < $1 AND lower(CAST(u.status AS TEXT)) = 'active'`, s.moment(before))
	return n, err
}

// StaleInvitations lists accounts that wait for somebody whose link has ended.
func (s *Store) StaleInvitations(ctx context.Context, now time.Time) (int64, []string, error) {
	return s.counted(ctx, "look for invitations that ended", `lower(CAST(u.status AS TEXT)) = 'pending'
		AND NOT EXISTS (SELECT 1 FROM links l WHERE l.user_id = `+s.userKey()+` AND l.kind IN ('invite', 'reset', 'verify')
			AND l.used_ms = 0 AND l.expires_ms > $1)`, millis(now))
}

// BareAdmins lists active administrators without a second factor or passkey.
func (s *Store) BareAdmins(ctx context.Context) (list []string, err error) {
	err = s.read(ctx, "look for administrators without a second factor", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT COALESCE(u.email, '') FROM users u WHERE lower(CAST(u.role AS TEXT)) = 'admin'
			AND u.is_active AND lower(CAST(u.status AS TEXT)) = 'active'
			AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.user_id = `+s.userKey()+` AND f.pending = 0)
			ORDER BY u.id LIMIT 100`, nil, func(row scanner) error {
			var address string
			err := row.Scan(&address)
			list = append(list, address)
			return err
		})
	})
	return list, err
}

// Hashes counts accounts by the first part of their password hash: what comes
// before the salt. What has no form of ours may be anything, a password in
// plain text included, and is never shown.
func (s *Store) Hashes(ctx context.Context) (list []upkeep.HashForm, err error) {
	err = s.read(ctx, "count the forms of password hashes", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT CASE WHEN COALESCE(hashed_password, '') = '' THEN 'none'
				WHEN hashed_password LIKE '$2_$__$%' THEN substr(hashed_password, 1, 7)
				WHEN hashed_password LIKE '$argon2id$v=19$m=____,%' THEN substr(hashed_password, 1, 21)
				WHEN hashed_password LIKE '$argon2id$v=19$m=_____,%' THEN substr(hashed_password, 1, 22)
				WHEN hashed_password LIKE '$argon2id$v=19$m=______,%' THEN substr(hashed_password, 1, 23)
				WHEN hashed_password LIKE '$argon2%' THEN '$argon2'
				WHEN hashed_password LIKE '%pbkdf2%' THEN 'pbkdf2'
				WHEN hashed_password LIKE '%scrypt%' THEN '$scrypt'
				WHEN hashed_password LIKE '$%' THEN 'another form'
				ELSE 'no hash at all' END AS form, COUNT(*) FROM users GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`, nil, func(row scanner) error {
			var h upkeep.HashForm
			err := row.Scan(&h.Form, &h.Count)
			list = append(list, h)
			return err
		})
	})
	return list, err
}
