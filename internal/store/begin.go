package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Begin starts a session: account still as proven, limit kept, device noted,
// old session of the browser ended, attempts forgiven, audit written, or
// nothing of it.
func (s *Store) Begin(ctx context.Context, b login.Begin) (out login.Begun, err error) {
	err = s.write(ctx, "begin the session", func(ctx context.Context, t *tx) error {
		out = login.Begun{}
		// This write comes first: it locks the account, so that parallel logins
		// of one person count each other's sessions.
		hash := b.ProvenHash
		if b.NewHash != "" {
			hash = b.NewHash
		}
		n, err := t.changed(ctx, `UPDATE users SET hashed_password = $3
			WHERE id = $1 AND hashed_password = $2 AND is_active AND lower(CAST(status AS TEXT)) = 'active' AND second_factor = $4`,
			string(b.Session.User.ID), b.ProvenHash, hash, b.Factor)
		if err != nil {
			return err
		}
		if n == 0 {
			out.Stale = true
			return nil
		}
		if b.NewHash != "" { // other sessions of the account remember the old one
			if err := t.revoke(ctx, session.RevokedUser, string(b.Session.User.ID)); err != nil {
				return err
			}
		}
		if b.Proof != nil {
			if out.Spent, err = t.takeProof(ctx, b.Session.User.ID, *b.Proof, b.Now); err != nil {
				return err
			}
			if out.Spent != "" {
				return t.undo()
			}
		}
		if err := t.replace(ctx, b); err != nil {
			return err
		}
		fits, err := t.makeRoom(ctx, b)
		if err != nil {
			return err
		}
		if !fits {
			out.Full = true
			return t.undo() // the upgraded hash and the replaced session too
		}
		if out.NewDevice, err = t.meetDevice(ctx, b); err != nil {
			return err
		}
		if err := t.insertSession(ctx, b.Session); err != nil {
			return err
		}
		if b.RefreshHash != nil {
			if err := t.insertRefresh(ctx, b.RefreshHash, b.Session.ID, b.Now); err != nil {
				return err
			}
		}
		if err := t.clearAttempts(ctx, b.Cleared...); err != nil {
			return err
		}
		return t.tell(ctx, b.Now, b.Letters, b.Links, b.Rows...)
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return out, err
}

// replace ends the session that the same browser had.
func (t *tx) replace(ctx context.Context, b login.Begin) error {
	if b.Replaces == "" {
		return nil
	}
	n, err := t.changed(ctx, `UPDATE sessions SET ended_ms = $2, end_reason = $3 WHERE id = $1 AND ended_ms = 0`,
		b.Replaces, millis(b.Now), session.EndedReplaced)
	if err != nil || n == 0 {
		return err
	}
	return t.revoke(ctx, session.RevokedSession, b.Replaces)
}

// makeRoom keeps the limit: the oldest sessions end, or the new one is refused.
func (t *tx) makeRoom(ctx context.Context, b login.Begin) (fits bool, err error) {
	var ids []string
	err = each(ctx, t, `SELECT s.id FROM sessions s WHERE s.user_id = $1 AND `+alive+` AND s.kind NOT IN ('legacy', 'personal')
		ORDER BY s.created_ms, s.id`,
		[]any{string(b.Session.User.ID), millis(b.Now), millis(b.Now.Add(-b.Idle))},
		func(row scanner) error {
			var id string
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return false, err
	}
	over := len(ids) + 1 - b.Limit
	if over <= 0 {
		return true, nil
	}
	if !b.Evict {
		return false, nil
	}
	for _, id := range ids[:over] {
		if _, err := t.ExecContext(ctx, `UPDATE sessions SET ended_ms = $2, end_reason = $3 WHERE id = $1`,
			id, millis(b.Now), session.EndedEvicted); err != nil {
			return false, err
		}
		if err := t.revoke(ctx, session.RevokedSession, id); err != nil {
			return false, err
		}
		row := b.EvictedRow
		row.Session = id
		if err := t.record(ctx, row); err != nil {
			return false, err
		}
	}
	return true, nil
}

// meetDevice notes the device and what goes with a new one, or with trust in it.
func (t *tx) meetDevice(ctx context.Context, b login.Begin) (isNew bool, err error) {
	user := string(b.Session.User.ID)
	before := false
	if b.NewDevice != nil {
		err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM devices WHERE user_id = $1)`, user).Scan(&before)
		if err != nil {
			return false, err
		}
	}
	if isNew, err = t.noteDevice(ctx, b.Session, b.Now); err != nil {
		return false, err
	}
	if isNew && before {
		if err := t.tell(ctx, b.Now, []mail.Letter{b.NewDevice.Letter}, []login.Link{b.NewDevice.Link}); err != nil {
			return false, err
		}
	}
	if b.TrustUntil.IsZero() {
		return isNew, nil
	}
	_, err = t.ExecContext(ctx, `UPDATE devices SET trusted_ms = $3 WHERE id = $1 AND user_id = $2`,
		b.Session.Device, user, millis(b.TrustUntil))
	return isNew, err
}

// noteDevice makes or refreshes the device record; true when it is new to the
// account. The id comes of browser and address, and an address may pass to
// another account: then the record does too, without the trust in it.
func (t *tx) noteDevice(ctx context.Context, s session.Session, now time.Time) (bool, error) {
	n, err := t.changed(ctx, `INSERT INTO devices (id, user_id, name, kind, ip, created_ms, seen_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, name = excluded.name,
			kind = excluded.kind, ip = excluded.ip, created_ms = excluded.created_ms, seen_ms = excluded.seen_ms, trusted_ms = 0
		WHERE devices.user_id <> excluded.user_id`,
		s.Device, string(s.User.ID), plain(s.DeviceName), plain(s.DeviceKind), plain(s.IP), millis(now))
	if err != nil || n == 1 {
		return n == 1, err
	}
	_, err = t.ExecContext(ctx, `UPDATE devices SET name = $2, kind = $3, ip = $4, seen_ms = $5 WHERE id = $1`,
		s.Device, plain(s.DeviceName), plain(s.DeviceKind), plain(s.IP), millis(now))
	return false, err
}

func (t *tx) insertSession(ctx context.Context, s session.Session) error {
	_, err := t.ExecContext(ctx, `INSERT INTO sessions (id, user_id, device_id, kind, method, secret_hash, browser_hash,
		ip, user_agent, created_ms, auth_ms, seen_ms, expires_ms, name, scopes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $12, $13, $14)`,
		s.ID, string(s.User.ID), s.Device, s.Kind, s.Method, s.SecretHash, s.BrowserHash,
		plain(s.IP), plain(s.UserAgent), millis(s.CreatedAt), millis(s.AuthAt), millis(s.ExpiresAt),
		plain(s.Name), strings.Join(s.Scopes, " "))
	return err
}

// KnownDevice says whether somebody has signed in from this device before.
func (s *Store) KnownDevice(ctx context.Context, device string) (known bool, err error) {
	err = s.read(ctx, "look for the device", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM devices WHERE id = $1)`, plain(device)).Scan(&known)
	})
	return known, err
}
