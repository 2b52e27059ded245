package store

import (
	"context"
	"database/sql"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// PutCodes replaces all backup codes of an account.
func (s *Store) PutCodes(ctx context.Context, c login.Codes) error {
	return s.write(ctx, "keep the backup codes", func(ctx context.Context, t *tx) error {
		if _, err := t.lockUser(ctx, c.User); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM backup_codes WHERE user_id = $1`, string(c.User)); err != nil {
			return err
		}
		for _, hash := range c.Hashes {
			_, err := t.ExecContext(ctx, `INSERT INTO backup_codes (user_id, hash, salt, created_ms) VALUES ($1, $2, $3, $4)`,
				string(c.User), hash, c.Salt, millis(c.Now))
			if err != nil {
				return err
			}
		}
		return t.tell(ctx, c.Now, c.Letters, c.Links, c.Row)
	})
}

// CodesLeft counts the unused codes; the salt is theirs in common, so that one
// slow hash finds the code among all of them.
func (s *Store) CodesLeft(ctx context.Context, user account.ID) (left int, salt []byte, err error) {
	err = s.read(ctx, "count the backup codes", func(ctx context.Context, db *sql.DB) error {
		left, salt = 0, nil
		return each(ctx, db, `SELECT salt FROM backup_codes WHERE user_id = $1 AND used_ms = 0`, []any{plain(string(user))},
			func(row scanner) error {
				left++
				return row.Scan(&salt)
			})
	})
	if notAnID(err) {
		return 0, nil, nil
	}
	return left, salt, err
}

func (t *tx) codesLeft(ctx context.Context, user account.ID) (left int, err error) {
	err = t.QueryRowContext(ctx, `SELECT COUNT(*) FROM backup_codes WHERE user_id = $1 AND used_ms = 0`, string(user)).Scan(&left)
	return left, err
}
