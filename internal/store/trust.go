package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Trusted says whether the account trusts this device now.
func (s *Store) Trusted(ctx context.Context, user account.ID, device string, now time.Time) (trusted bool, err error) {
	err = s.read(ctx, "look for trust in the device", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM devices WHERE id = $1 AND user_id = $2 AND trusted_ms > $3)`,
			plain(device), string(user), millis(now)).Scan(&trusted)
	})
	return trusted, err
}

// TrustedDevices lists the devices that an account trusts, the last seen first.
func (s *Store) TrustedDevices(ctx context.Context, user account.ID, now time.Time) (list []login.TrustedDevice, err error) {
	err = s.read(ctx, "list trusted devices", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT id, name, kind, ip, created_ms, seen_ms, trusted_ms FROM devices
			WHERE user_id = $1 AND trusted_ms > $2 ORDER BY seen_ms DESC, id LIMIT 500`,
			[]any{plain(string(user)), millis(now)}, func(row scanner) error {
				var (
					d                  login.TrustedDevice
					since, seen, until int64
				)
				err := row.Scan(&d.ID, &d.Name, &d.Kind, &d.IP, &since, &seen, &until)
				d.Since, d.SeenAt, d.Until = fromMillis(since), fromMillis(seen), fromMillis(until)
				list = append(list, d)
				return err
			})
	})
	if notAnID(err) {
		return nil, nil
	}
	return list, err
}

// EndTrust ends the trust in one device, or in all of them; the row is written
// only where something ended.
func (s *Store) EndTrust(ctx context.Context, user account.ID, device string, row audit.Row) (n int, err error) {
	err = s.write(ctx, "end the trust in devices", func(ctx context.Context, t *tx) error {
		if _, err := t.lockUser(ctx, user); err != nil {
			return err
		}
		ended, err := t.changed(ctx, `UPDATE devices SET trusted_ms = 0
			WHERE user_id = $1 AND trusted_ms > 0 AND ($2 = '' OR id = $2)`, string(user), plain(device))
		if n = int(ended); err != nil || n == 0 {
			return err
		}
		return t.record(ctx, row)
	})
	return n, err
}
