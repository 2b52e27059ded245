package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

var _ upkeep.Store = (*Store)(nil)

// by names an index for SQLite, which keeps no figures of how often a word
// stands in a column; PostgreSQL does, and has no such word.
func (s *Store) by(index string) string {
	if s.engine == SQLite {
		return " INDEXED BY " + index
	}
	return ""
}

// Logins counts sign-ins within [from, to). What was refused at an address that
// nobody has, or by a limit, is a guess.
func (s *Store) Logins(ctx context.Context, from, to time.Time) (l upkeep.Logins, err error) {
	err = s.read(ctx, "count sign-ins", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT
			CAST(COALESCE(SUM(CASE WHEN outcome = 'success' THEN count END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN outcome = 'refused' THEN count END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN outcome = 'refused' AND (reason = 'unknown_address' OR code = $4) THEN count END), 0) AS BIGINT)
			FROM audit`+s.by("audit_event")+` WHERE event = $1 AND at_ms >= $2 AND at_ms < $3`,
			string(audit.EventLogin), millis(from), millis(to), string(api.CodeTooManyAttempts)).Scan(&l.Succeeded, &l.Failed, &l.Guesses)
	})
	return l, err
}

// mostAdmins bounds how many administrators are looked at one by one.
const mostAdmins = 200

// AdminPlaces tells from which network addresses administrators signed in, by
// what of the audit is kept.
func (s *Store) AdminPlaces(ctx context.Context) (list []upkeep.Place, err error) {
	err = s.read(ctx, "look where administrators sign in", func(ctx context.Context, db *sql.DB) error {
		list = nil
		var admins []upkeep.Place
		if err := each(ctx, db, `SELECT CAST(id AS TEXT), COALESCE(email, '') FROM users
			WHERE lower(CAST(role AS TEXT)) = 'admin' ORDER BY id LIMIT $1`, []any{mostAdmins}, func(row scanner) error {
			var p upkeep.Place
			err := row.Scan(&p.User, &p.Address)
			admins = append(admins, p)
			return err
		}); err != nil {
			return err
		}
		for _, a := range admins {
			if err := each(ctx, db, `SELECT ip, MIN(at_ms), MAX(at_ms) FROM audit`+s.by("audit_user")+`
				WHERE user_id = $1 AND event = $2 AND outcome = 'success' GROUP BY ip ORDER BY ip`,
				[]any{a.User, string(audit.EventLogin)}, func(row scanner) error {
					var first, last int64
					err := row.Scan(&a.IP, &first, &last)
					a.First, a.Last = fromMillis(first), fromMillis(last)
					list = append(list, a)
					return err
				}); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Besieged lists accounts with that many refused sign-ins since then. Addresses
// that nobody has are the guesser's invention, and left out.
func (s *Store) Besieged(ctx context.Context, since time.Time, least int64) (list []upkeep.Besieged, err error) {
	err = s.read(ctx, "count refused sign-ins by account", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT many.address, many.n, many.ips
			FROM (SELECT address, CAST(SUM(count) AS BIGINT) AS n, COUNT(DISTINCT ip) AS ips
				FROM audit`+s.by("audit_refused")+` WHERE outcome = 'refused' AND at_ms >= $1 AND event = $2 AND address <> ''
				GROUP BY address HAVING SUM(count) >= $3) AS many
			WHERE EXISTS (SELECT 1 FROM users u WHERE lower(u.email) = many.address) ORDER BY many.n DESC, many.address LIMIT 50`,
			[]any{millis(since), string(audit.EventLogin), least}, func(row scanner) error {
				var b upkeep.Besieged
				err := row.Scan(&b.Address, &b.Refused, &b.Networks)
				list = append(list, b)
				return err
			})
	})
	return list, err
}

// Names gives the addresses of accounts by their ids; what is no id, or that of
// an account which is gone, has none.
func (s *Store) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	for _, id := range ids {
		if _, asked := names[id]; asked || id == "" {
			continue
		}
		u, _, err := s.UserByID(ctx, account.ID(id))
		if err != nil {
			return nil, err
		}
		names[id] = u.Email
	}
	return names, nil
}
