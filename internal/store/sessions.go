package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

const sessionColumns = `s.id, s.kind, s.device_id, s.method, s.secret_hash, s.browser_hash, s.ip, s.user_agent,
	s.created_ms, s.auth_ms, s.seen_ms, s.expires_ms, s.ended_ms, s.end_reason,
	s.name, s.scopes, COALESCE(d.name, ''), COALESCE(d.kind, '')`

const sessionTables = ` FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN devices d ON d.id = s.device_id `

func scanSession(row scanner) (session.Session, error) {
	var (
		s                                     session.Session
		created, proven, seen, expires, ended int64
		scopes                                string
	)
	u, err := scanUser(row,
		&s.ID, &s.Kind, &s.Device, &s.Method, &s.SecretHash, &s.BrowserHash, &s.IP, &s.UserAgent,
		&created, &proven, &seen, &expires, &ended, &s.EndReason, &s.Name, &scopes, &s.DeviceName, &s.DeviceKind)
	s.User = u
	if scopes != "" {
		s.Scopes = strings.Fields(scopes)
	}
	s.CreatedAt, s.AuthAt, s.SeenAt = fromMillis(created), fromMillis(proven), fromMillis(seen)
	s.ExpiresAt, s.EndedAt = fromMillis(expires), fromMillis(ended)
	return s, err
}

const (
	sessionBy   = `SELECT ` + userColumns + `, ` + sessionColumns + sessionTables + `WHERE `
	readSession = "read the session"
)

// SessionBySecret finds a session by the hash of its cookie's value, dead or alive.
func (s *Store) SessionBySecret(ctx context.Context, hash []byte) (*session.Session, error) {
	return s.session(ctx, sessionBy+`s.secret_hash = $1`, hash)
}

// SessionByID finds a session by its handle, dead or alive.
func (s *Store) SessionByID(ctx context.Context, id string) (*session.Session, error) {
	if s.points != nil {
		began := time.Now()
		found, err := s.points.byID(ctx, plain(id))
		return s.pointed(ctx, began, found, err)
	}
	return s.session(ctx, sessionBy+`s.id = $1`, plain(id))
}

// session returns nil where there is none.
func (s *Store) session(ctx context.Context, query string, arg any) (found *session.Session, err error) {
	if s.points != nil {
		began := time.Now()
		found, err = s.points.session(ctx, query, arg)
		return s.pointed(ctx, began, found, err)
	}
	err = s.read(ctx, readSession, func(ctx context.Context, db *sql.DB) error {
		row, err := scanSession(db.QueryRowContext(ctx, query, arg))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = &row
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// pointed tells of a read that did not come by persist.
func (s *Store) pointed(ctx context.Context, began time.Time, found *session.Session, err error) (*session.Session, error) {
	err = classify(readSession, err)
	s.asked(ctx, Asked{readSession, began, err})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Touch writes when sessions were last seen, all in one transaction. It never
// goes back in time, so nodes may report in any order.
func (s *Store) Touch(ctx context.Context, seen map[string]time.Time) error {
	return s.write(ctx, "note the activity of sessions", func(ctx context.Context, t *tx) error {
		for _, id := range slices.Sorted(maps.Keys(seen)) { // in one order, so that two nodes never wait for each other
			_, err := t.ExecContext(ctx, `UPDATE sessions SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2 AND ended_ms = 0`, id, millis(seen[id]))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Expire ends for good those sessions whose time is over by the clock of the
// database too: a node whose own clock is ahead refuses them, and ends none.
func (s *Store) Expire(ctx context.Context, ids []string, idle time.Duration) error {
	return s.write(ctx, "end sessions whose time is over", func(ctx context.Context, t *tx) error {
		for _, id := range ids { // in one order, as those of Touch
			_, err := t.ExecContext(ctx, `UPDATE sessions SET ended_ms = `+s.clock()+`,
				end_reason = CASE WHEN expires_ms <= `+s.clock()+` THEN 'absolute_end' ELSE 'idle_end' END
				WHERE id = $1 AND ended_ms = 0 AND (expires_ms <= `+s.clock()+`
					OR seen_ms + $2 <= `+s.clock()+` AND kind NOT IN ('legacy', 'personal'))`, plain(id), idle.Milliseconds())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// alive is the condition under which a session counts; $2 is now, $3 the
// moment before which a session last seen is idle.
const alive = `s.ended_ms = 0 AND s.expires_ms > $2 AND (s.seen_ms > $3 OR s.kind IN ('legacy', 'personal'))`

// ListSessions lists the live sessions of a user, the last one seen first.
func (s *Store) ListSessions(ctx context.Context, user account.ID, now time.Time, idle time.Duration) (list []session.Session, err error) {
	err = s.read(ctx, "list sessions", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+userColumns+`, `+sessionColumns+sessionTables+
			`WHERE s.user_id = $1 AND s.kind <> 'personal' AND `+alive+` ORDER BY s.seen_ms DESC, s.id LIMIT 500`,
			[]any{plain(string(user)), millis(now), millis(now.Add(-idle))},
			func(row scanner) error {
				one, err := scanSession(row)
				list = append(list, one)
				return err
			})
	})
	if notAnID(err) {
		return nil, nil
	}
	return list, err
}

// EndSession ends one session of the user.
func (s *Store) EndSession(ctx context.Context, user account.ID, id, reason string, row audit.Row) (ended bool, err error) {
	err = s.write(ctx, "end the session", func(ctx context.Context, t *tx) error {
		ended = false
		n, err := t.changed(ctx, `UPDATE sessions SET ended_ms = $3, end_reason = $4
			WHERE id = $1 AND user_id = $2 AND ended_ms = 0`, plain(id), plain(string(user)), millis(row.At), reason)
		if err != nil || n == 0 {
			return err
		}
		ended = true
		if err := t.revoke(ctx, session.RevokedSession, id); err != nil {
			return err
		}
		row.User, row.Session = user, id
		return t.record(ctx, row)
	})
	if notAnID(err) {
		return false, nil
	}
	return ended && err == nil, err
}

// EndSessions ends all sessions of the user but one, and refuses tokens of the
// old form made until now.
func (s *Store) EndSessions(ctx context.Context, user account.ID, except, reason string, row audit.Row) (n int, err error) {
	err = s.write(ctx, "end the sessions", func(ctx context.Context, t *tx) error {
		user, ended, err := t.endSessions(ctx, user, except, reason, row.At)
		if err != nil {
			return err
		}
		n, row.User = ended, user
		return t.record(ctx, row)
	})
	if notAnID(err) || errors.Is(err, sql.ErrNoRows) {
		return 0, nil // there is no such account
	}
	return n, err
}

// endSessions is the part that other changes share: it ends them, moves the
// date before which old-form tokens are void, and tells the other nodes. The
// account is locked first, in the order of Begin. It returns the id as the
// table spells it ("07" is read as 7), for nodes know no other spelling.
func (t *tx) endSessions(ctx context.Context, user account.ID, except, reason string, at time.Time) (account.ID, int, error) {
	err := t.QueryRowContext(ctx, `UPDATE users SET tokens_after_ms = $2 WHERE id = $1 RETURNING id`,
		plain(string(user)), millis(at)).Scan((*string)(&user))
	if err != nil {
		return user, 0, err
	}
	if err := t.lockSessions(ctx, user); err != nil {
		return user, 0, err
	}
	n, err := t.changed(ctx, `UPDATE sessions SET ended_ms = $3, end_reason = $4
		WHERE user_id = $1 AND id <> $2 AND ended_ms = 0 AND kind <> 'personal'`, string(user), except, millis(at), reason)
	if err != nil {
		return user, 0, err
	}
	return user, int(n), t.revoke(ctx, session.RevokedUser, string(user))
}

// lockSessions locks the sessions of an account in the order in which Touch
// goes through them, so that the two never wait for each other. SQLite has one
// writer and needs no order.
func (t *tx) lockSessions(ctx context.Context, user account.ID) error {
	if t.s.engine != Postgres {
		return nil
	}
	_, err := t.ExecContext(ctx, `SELECT id FROM sessions WHERE user_id = $1 AND ended_ms = 0 ORDER BY id FOR UPDATE`, string(user))
	return err
}

// endTokens ends personal access tokens.
func (t *tx) endTokens(ctx context.Context, user account.ID, reason string, at time.Time) error {
	if err := t.lockSessions(ctx, user); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `UPDATE sessions SET ended_ms = $2, end_reason = $3
		WHERE user_id = $1 AND ended_ms = 0 AND kind = 'personal'`, string(user), millis(at), reason)
	return err
}

// revoke adds to the feed that other nodes read, and remembers to tell this
// node after the commit.
//
// The moment is the database's: readers and writers whose own clocks differ
// still mean the same window.
func (t *tx) revoke(ctx context.Context, kind, name string) error {
	t.revoked = append(t.revoked, session.Revocation{Kind: kind, Name: name})
	_, err := t.ExecContext(ctx, `INSERT INTO revocations (at_ms, kind, name) VALUES (`+t.s.clock()+`, $1, $2)`, kind, name)
	return err
}

// Revocations returns what was revoked within the given time, and all with an
// id above after. Rows may commit in another order than their ids, so a reader
// asks for an overlap and skips the ids that it knows.
func (s *Store) Revocations(ctx context.Context, after int64, within time.Duration) (list []session.Revocation, err error) {
	if after <= 0 {
		after = math.MaxInt64
	}
	err = s.read(ctx, "read the revocations", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT id, kind, name FROM revocations WHERE id > $1 OR at_ms >= `+s.clock()+` - $2 ORDER BY id`,
			[]any{after, within.Milliseconds()},
			func(row scanner) error {
				var r session.Revocation
				err := row.Scan(&r.ID, &r.Kind, &r.Name)
				list = append(list, r)
				return err
			})
	})
	return list, err
}
