package store

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// endBatch is how many rows end in one transaction: few enough that a sign-in
// beside it waits for none of them.
const endBatch = 1000

// EndMade ends the sessions that began until the given moment, a batch at a
// time: those with an id above after. It gives the last id, which is "" when
// there are no more. Whoever was cut off begins anew and finds what is left.
func (s *Store) EndMade(ctx context.Context, until time.Time, after string) (last string, n int, err error) {
	err = s.write(ctx, "end what was made with a compromised key", func(ctx context.Context, t *tx) error {
		lock := ""
		if s.engine == Postgres { // in the order of Touch, so that the two never wait for each other
			lock = " FOR UPDATE"
		}
		var ids []string
		if err := each(ctx, t, `SELECT id FROM sessions WHERE id > $1 AND ended_ms = 0 AND created_ms <= $2 ORDER BY id LIMIT $3`+lock,
			[]any{after, millis(until), endBatch}, func(row scanner) error {
				var id string
				err := row.Scan(&id)
				ids = append(ids, id)
				return err
			}); err != nil {
			return err
		}
		last, n = "", len(ids)
		if n == 0 {
			return nil
		}
		last = ids[n-1]
		if _, err := t.ExecContext(ctx, `UPDATE sessions SET ended_ms = `+s.clock()+`, end_reason = $4
			WHERE id > $1 AND id <= $2 AND ended_ms = 0 AND created_ms <= $3`, after, last, millis(until), session.EndedKey); err != nil {
			return err
		}
		return t.revoke(ctx, session.RevokedAll, "")
	})
	return last, n, err
}

// EndDerived ends what hangs on keys derived from a compromised data key and is
// no session: trust in devices, half-done sign-ins, and links to set a password,
// which waiting letters hold.
func (s *Store) EndDerived(ctx context.Context, until time.Time) error {
	for _, one := range []struct {
		step, query string
		args        []any
	}{
		{"end the trust in devices", `UPDATE devices SET trusted_ms = 0 WHERE trusted_ms > 0 AND trusted_ms <= $1`, []any{millis(until)}},
		{"end half-done sign-ins", `DELETE FROM challenges WHERE created_ms <= $1`, []any{millis(until)}},
		{"end links", `DELETE FROM links WHERE kind = $1 AND used_ms = 0 AND created_ms <= $2`, []any{string(login.LinkReset), millis(until)}},
	} {
		err := s.write(ctx, one.step, func(ctx context.Context, t *tx) error {
			_, err := t.ExecContext(ctx, one.query, one.args...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// KeyEnded notes that all that was made with a compromised key has ended.
func (s *Store) KeyEnded(ctx context.Context, purpose, fingerprint string) error {
	return s.write(ctx, "note the end of a key", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE key_uses SET ended_ms = `+s.clock()+` WHERE purpose = $1 AND fingerprint = $2 AND state = 'compromised'`,
			purpose, fingerprint)
		return err
	})
}
