package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// What a key is for, and what became of it.
const (
	KeyJWT  = "jwt"
	KeyData = "data"

	KeyRetired     = "retired"
	KeyCompromised = "compromised"
)

// KeyUse is what the database knows of a key. Times are by its own clock.
type KeyUse struct {
	Purpose, Fingerprint string
	// First and Last are when servers had it as the one they make things with.
	First, Last time.Time
	// State is "", KeyRetired or KeyCompromised, and At since when.
	State string
	At    time.Time
	// Ended is when all that was made with a compromised key had been ended.
	Ended time.Time
}

// UseKeys notes that this server makes things with these keys, by purpose. A
// key that was retired and comes back to use counts again; a compromised one
// never does.
func (s *Store) UseKeys(ctx context.Context, fingerprints map[string]string) error {
	return s.write(ctx, "note which keys are in use", func(ctx context.Context, t *tx) error {
		for _, purpose := range []string{KeyData, KeyJWT} { // in one order, for two nodes that do it at once
			if fingerprints[purpose] == "" {
				continue
			}
			if _, err := t.ExecContext(ctx, `INSERT INTO key_uses AS k (purpose, fingerprint, first_ms, last_ms)
				VALUES ($1, $2, `+s.clock()+`, `+s.clock()+`)
				ON CONFLICT (purpose, fingerprint) DO UPDATE SET last_ms = excluded.last_ms,
					state = CASE WHEN k.state = 'retired' THEN '' ELSE k.state END`, purpose, fingerprints[purpose]); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeyUses lists what is known of keys, and gives the time by the database's clock.
func (s *Store) KeyUses(ctx context.Context) (list []KeyUse, at time.Time, err error) {
	err = s.read(ctx, "list the uses of keys", func(ctx context.Context, db *sql.DB) error {
		list = nil
		var ms int64
		if err := db.QueryRowContext(ctx, `SELECT `+s.clock()).Scan(&ms); err != nil {
			return err
		}
		at = fromMillis(ms)
		return each(ctx, db, `SELECT purpose, fingerprint, first_ms, last_ms, state, state_ms, ended_ms FROM key_uses
			ORDER BY first_ms, purpose, fingerprint`, nil, func(row scanner) error {
			var k KeyUse
			var first, last, since, ended int64
			err := row.Scan(&k.Purpose, &k.Fingerprint, &first, &last, &k.State, &since, &ended)
			k.First, k.Last, k.At, k.Ended = fromMillis(first), fromMillis(last), fromMillis(since), fromMillis(ended)
			list = append(list, k)
			return err
		})
	})
	return list, at, err
}

// KeyEnd is a key that counts no more from now on.
type KeyEnd struct {
	Purpose, Fingerprint string
	// State is KeyRetired or KeyCompromised.
	State   string
	Row     audit.Row
	Letters []mail.Letter
	Links   []login.Link
	// LastBefore, when set, is the moment after which nobody may have used it: a
	// server that uses it still keeps it.
	LastBefore time.Time
}

// EndKey declares a key as ended, tells all nodes, and says whether it was not
// so before.
func (s *Store) EndKey(ctx context.Context, k KeyEnd) (ended bool, err error) {
	err = s.write(ctx, "end a key", func(ctx context.Context, t *tx) error {
		ended = false
		before := int64(1<<62 - 1)
		if !k.LastBefore.IsZero() {
			before = millis(k.LastBefore)
		}
		n, err := t.changed(ctx, `INSERT INTO key_uses AS k (purpose, fingerprint, first_ms, last_ms, state, state_ms)
			VALUES ($1, $2, `+s.clock()+`, 0, $3, `+s.clock()+`)
			ON CONFLICT (purpose, fingerprint) DO UPDATE SET state = excluded.state, state_ms = excluded.state_ms, ended_ms = 0
			WHERE k.state NOT IN ('compromised', $3) AND k.last_ms < $4`, k.Purpose, k.Fingerprint, k.State, before)
		if err != nil || n == 0 {
			return err
		}
		ended = true
		if err := t.revoke(ctx, session.RevokedKey, k.Purpose); err != nil {
			return err
		}
		return t.tell(ctx, k.Row.At, k.Letters, k.Links, k.Row)
	})
	return ended && err == nil, err
}

// TellKeys has all nodes look at their keys now, and keeps what is told of it.
func (s *Store) TellKeys(ctx context.Context, rows ...audit.Row) error {
	return s.write(ctx, "tell of a change of keys", func(ctx context.Context, t *tx) error {
		if err := t.revoke(ctx, session.RevokedKey, "look"); err != nil {
			return err
		}
		return t.record(ctx, rows...)
	})
}
