package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// PutToken keeps a personal access token, unless there are most already. The
// account is locked first, so that parallel requests count each other's; and it
// must be as it was when its session was read, or a token asked for while the
// owner sets a new password would outlive all that the password ends.
func (s *Store) PutToken(ctx context.Context, one session.Session, most int, row audit.Row) (kept bool, err error) {
	err = s.write(ctx, "keep the access token", func(ctx context.Context, t *tx) error {
		kept = false
		n, err := t.changed(ctx, `UPDATE users SET hashed_password = $2
			WHERE id = $1 AND hashed_password = $2 AND is_active AND lower(CAST(status AS TEXT)) = 'active'`,
			string(one.User.ID), one.User.Hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(api.CodeSessionEnded, "account_changed", "This session has ended. Please sign in again.")
		}
		var have int
		err = t.QueryRowContext(ctx, `SELECT COUNT(*) FROM sessions WHERE user_id = $1 AND kind = 'personal'
			AND ended_ms = 0 AND expires_ms > $2`, string(one.User.ID), millis(one.CreatedAt)).Scan(&have)
		if err != nil || have >= most {
			return err
		}
		kept = true
		if err := t.insertSession(ctx, one); err != nil {
			return err
		}
		return t.record(ctx, row)
	})
	return kept && err == nil, err
}

// ListTokens lists the personal access tokens of a user that are alive, the
// newest first.
func (s *Store) ListTokens(ctx context.Context, user account.ID, now time.Time) (list []session.Session, err error) {
	err = s.read(ctx, "list access tokens", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+userColumns+`, `+sessionColumns+sessionTables+
			`WHERE s.user_id = $1 AND s.kind = 'personal' AND s.ended_ms = 0 AND s.expires_ms > $2
			ORDER BY s.created_ms DESC, s.id LIMIT 500`, []any{plain(string(user)), millis(now)},
			func(row scanner) error {
				one, err := scanSession(row)
				list = append(list, one)
				return err
			})
	})
	return list, err
}
