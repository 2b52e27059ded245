package store

import (
	"context"
	"database/sql"
	"time"
)

// Count is how many rows of a kind there are.
type Count struct {
	What string `json:"what"`
	Kind string `json:"kind"`
	N    int64  `json:"count"`
}

// censuses count without telling of anybody. Every kind is a word of ours: what
// stands in a table that another program fills may be anything, a password in
// plain text included.
var censuses = []struct{ what, query string }{
	{"users by role", `SELECT CASE WHEN role IN ('user', 'admin') THEN role ELSE 'another word' END, COUNT(*) FROM users GROUP BY 1`},
	{"users by status", `SELECT CASE WHEN status IN ('active', 'pending', 'disabled', 'locked') THEN status ELSE 'another word' END,
		COUNT(*) FROM users GROUP BY 1`},
	{"password hashes", `SELECT CASE WHEN COALESCE(hashed_password, '') = '' THEN 'none'
			WHEN hashed_password LIKE '$argon2id$%' THEN 'argon2id'
			WHEN hashed_password LIKE '$argon2%' THEN 'argon2, not id'
			WHEN hashed_password LIKE '$2a$%' THEN 'bcrypt 2a'
			WHEN hashed_password LIKE '$2b$%' THEN 'bcrypt 2b'
			WHEN hashed_password LIKE '$2y$%' THEN 'bcrypt 2y'
			WHEN hashed_password LIKE '$bcrypt-%' THEN 'bcrypt of a digest'
			WHEN hashed_password LIKE '%pbkdf2%' THEN 'pbkdf2'
			WHEN hashed_password LIKE '%scrypt%' THEN 'scrypt'
			WHEN hashed_password LIKE '$%' THEN 'another scheme'
			ELSE 'no hash' END, COUNT(*) FROM users GROUP BY 1`},
	{"sessions", `SELECT CASE WHEN ended_ms > 0 THEN 'ended' WHEN expires_ms < $1 THEN 'expired'
			WHEN kind = 'personal' THEN 'personal access token' WHEN kind = 'legacy' THEN 'old token' ELSE 'alive' END,
		COUNT(*) FROM sessions GROUP BY 1`},
	{"second factors", `SELECT CASE WHEN kind IN ('totp', 'webauthn', 'passkey') THEN kind ELSE 'another kind' END, COUNT(*) FROM factors GROUP BY 1`},
	{"backup codes", `SELECT CASE WHEN used_ms > 0 THEN 'used' ELSE 'left' END, COUNT(*) FROM backup_codes GROUP BY 1`},
	{"letters", `SELECT CASE WHEN sent_ms > 0 THEN 'sent' WHEN gave_up_ms > 0 THEN 'given up' ELSE 'waiting' END, COUNT(*) FROM outbox GROUP BY 1`},
	{"buckets of attempts", `SELECT CASE WHEN streak >= 20 THEN 'many failures in a row' ELSE 'few' END, COUNT(*) FROM attempts GROUP BY 1`},
	{"audit rows", `SELECT outcome, COUNT(*) FROM audit GROUP BY 1`},
}

// Census counts what there is, by kind.
func (s *Store) Census(ctx context.Context, now time.Time) (list []Count, err error) {
	for _, c := range censuses {
		err = s.read(ctx, "count "+c.what, func(ctx context.Context, db *sql.DB) error {
			var some []Count
			var args []any
			if c.what == "sessions" {
				args = []any{millis(now)}
			}
			err := each(ctx, db, c.query, args, func(row scanner) error {
				one := Count{What: c.what}
				err := row.Scan(&one.Kind, &one.N)
				some = append(some, one)
				return err
			})
			if err == nil {
				list = append(list, some...)
			}
			return err
		})
		if err != nil {
			return list, err
		}
	}
	return list, nil
}

// Refusal is how often something was refused, for one public code and private
// reason.
type Refusal struct {
	Code   string    `json:"code"`
	Reason string    `json:"reason"`
	N      int64     `json:"count"`
	Last   time.Time `json:"last"`
}

// Refusals counts what was refused since a moment.
func (s *Store) Refusals(ctx context.Context, since time.Time) (list []Refusal, err error) {
	err = s.read(ctx, "count refusals", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT code, reason, CAST(SUM(count) AS BIGINT), MAX(at_ms) FROM audit WHERE at_ms > $1 AND code <> ''
			GROUP BY code, reason ORDER BY 3 DESC, 1, 2 LIMIT 200`, []any{millis(since)}, func(row scanner) error {
			var r Refusal
			var last int64
			err := row.Scan(&r.Code, &r.Reason, &r.N, &last)
			r.Last = fromMillis(last)
			list = append(list, r)
			return err
		})
	})
	return list, err
}
