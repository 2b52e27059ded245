package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Rotate takes a refresh token by one conditional write and puts its child in
// its place. The same device asking again within the grace gets the same
// child, as long as that child is unused; any other second use ends the
// session for thief and owner alike (RFC 9700 section 4.14.2).
func (s *Store) Rotate(ctx context.Context, r login.Rotation) (out login.Rotated, err error) {
	var id string
	err = s.write(ctx, "rotate the refresh token", func(ctx context.Context, t *tx) error {
		out = login.Rotated{}
		first, err := t.changed(ctx, `UPDATE refresh_tokens SET used_ms = $2, used_by = $3 WHERE hash = $1 AND used_ms = 0`,
			r.Hash, millis(r.Now), r.UsedBy)
		if err != nil {
			return err
		}
		var (
			used int64
			by   []byte
		)
		err = t.QueryRowContext(ctx, `SELECT session_id, used_ms, used_by FROM refresh_tokens WHERE hash = $1`, r.Hash).Scan(&id, &used, &by)
		if errors.Is(err, sql.ErrNoRows) {
			out.Unknown = true
			return nil
		}
		if err != nil {
			return err
		}
		found, err := scanSession(t.QueryRowContext(ctx, `SELECT `+userColumns+`, `+sessionColumns+sessionTables+`WHERE s.id = $1`, id))
		if err != nil {
			return err
		}
		if out.Ended = found.Refusal(r.Now, r.Idle); out.Ended != "" {
			// The token is given back: a dead session burns none, and the
			// answer is the same next time.
			return t.undo()
		}
		if first == 0 {
			ok, err := t.mayRetry(ctx, r, fromMillis(used), by)
			if err != nil {
				return err
			}
			if !ok {
				out.Reused = true
				if bytes.Equal(by, r.UsedBy) {
					out.Raced = max(time.Millisecond, r.Now.Sub(fromMillis(used)))
				}
				ended, err := t.endReused(ctx, found, r)
				if ended {
					out.Owner = &found.User
				}
				return err
			}
		}
		if err := t.insertRefresh(ctx, r.Child, id, r.Now); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE sessions SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2`, id, millis(r.Now)); err != nil {
			return err
		}
		out.Session = &found
		if first == 0 {
			return nil
		}
		row := audit.Succeeded(audit.EventRefresh, r.Client)
		row.At, row.User, row.Session, row.Device = r.Now, found.User.ID, id, found.Device
		return t.record(ctx, row)
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	if err == nil && session.TimeIsOver(out.Ended) {
		err = s.Expire(ctx, []string{id}, r.Idle)
	}
	return out, err
}

// mayRetry says whether a used token comes back as a race or a lost answer:
// soon, from the device that used it, and its child not used yet.
func (t *tx) mayRetry(ctx context.Context, r login.Rotation, used time.Time, by []byte) (bool, error) {
	if r.Now.Sub(used) > r.Grace || !bytes.Equal(by, r.UsedBy) {
		return false, nil
	}
	var unused bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM refresh_tokens WHERE hash = $1 AND used_ms = 0)`, r.Child).Scan(&unused)
	return unused, err
}

// endReused ends the session; of several reuses at once it is true for the first.
func (t *tx) endReused(ctx context.Context, s session.Session, r login.Rotation) (bool, error) {
	n, err := t.changed(ctx, `UPDATE sessions SET ended_ms = $2, end_reason = $3 WHERE id = $1 AND ended_ms = 0`,
		s.ID, millis(r.Now), session.EndedRefreshReuse)
	if err != nil || n == 0 {
		return false, err
	}
	if err := t.revoke(ctx, session.RevokedSession, s.ID); err != nil {
		return false, err
	}
	row := audit.Row{
		At: r.Now, Event: audit.EventRefreshReuse, Outcome: audit.Refused, Reason: "refresh_token_reused",
		User: s.User.ID, Session: s.ID, Device: s.Device, Client: r.Client, Count: 1,
	}
	return true, t.record(ctx, row)
}

func (t *tx) insertRefresh(ctx context.Context, hash []byte, id string, now time.Time) error {
	_, err := t.ExecContext(ctx, `INSERT INTO refresh_tokens (hash, session_id, created_ms) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO NOTHING`, hash, id, millis(now))
	return err
}

// Adopt makes the session that stands for a token of the old form. A second
// call for the same token changes nothing and writes no row.
func (s *Store) Adopt(ctx context.Context, one session.Session, row audit.Row) error {
	return s.write(ctx, "note the token of the old form", func(ctx context.Context, t *tx) error {
		n, err := t.changed(ctx, `INSERT INTO sessions (id, user_id, device_id, kind, method, ip, user_agent,
			created_ms, auth_ms, seen_ms, expires_ms) VALUES ($1, $2, '', $3, $4, $5, $6, $7, 0, $7, $8)
			ON CONFLICT (id) DO NOTHING`,
			one.ID, string(one.User.ID), one.Kind, one.Method, plain(one.IP), plain(one.UserAgent), millis(one.CreatedAt), millis(one.ExpiresAt))
		if err != nil || n == 0 {
			return err
		}
		return t.record(ctx, row)
	})
}
