package store

import (
	"context"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// takeProof takes everything that a proof costs, each part by one conditional
// write, and names the part that somebody else took first. The caller rolls
// back then, so that nothing is half taken. Every part must be the account's
// own; only a ceremony may be nobody's, for a passkey alone says who comes.
func (t *tx) takeProof(ctx context.Context, user account.ID, p login.Proof, now time.Time) (spent string, err error) {
	for _, hash := range p.Challenges {
		n, err := t.changed(ctx, `UPDATE challenges SET used_ms = $2
			WHERE hash = $1 AND used_ms = 0 AND expires_ms > $2 AND (user_id = $3 OR user_id IS NULL)`,
			hash, millis(now), string(user))
		if err != nil || n == 0 {
			return login.SpentChallenge, err
		}
	}
	if p.Factor != "" {
		if spent, err := t.useFactor(ctx, user, p, now); err != nil || spent != "" {
			return spent, err
		}
	}
	if p.Code != nil {
		n, err := t.changed(ctx, `UPDATE backup_codes SET used_ms = $3 WHERE user_id = $1 AND hash = $2 AND used_ms = 0`,
			string(user), p.Code, millis(now))
		if err != nil || n == 0 {
			return login.SpentCode, err
		}
	}
	return "", nil
}

// useFactor takes a TOTP step, which must be above every step taken before
// (RFC 6238 section 5.2), or keeps a passkey's record anew.
func (t *tx) useFactor(ctx context.Context, user account.ID, p login.Proof, now time.Time) (spent string, err error) {
	var n int64
	if p.Data == nil {
		n, err = t.changed(ctx, `UPDATE factors SET counter = $3, used_ms = $4
			WHERE id = $1 AND user_id = $2 AND kind = 'totp' AND pending = 0 AND counter < $3`,
			p.Factor, string(user), p.Step, millis(now))
	} else {
		n, err = t.changed(ctx, `UPDATE factors SET data = $3, counter = $4, used_ms = $5
			WHERE id = $1 AND user_id = $2 AND kind = 'webauthn' AND pending = 0`,
			p.Factor, string(user), p.Data, p.Sign, millis(now))
	}
	if err != nil || n == 0 {
		return login.SpentStep, err
	}
	return "", nil
}

// mayEnroll says whether what the set-up rests on still holds, now that the
// account is locked: a factor that slipped in while its owner threw somebody out
// would be that somebody's way back.
func (t *tx) mayEnroll(ctx context.Context, e login.Enrollment) (ok bool, err error) {
	err = t.QueryRowContext(ctx, `SELECT
		($2 = '' OR EXISTS (SELECT 1 FROM users WHERE id = $1 AND hashed_password = $2 AND NOT second_factor)) AND
		($3 = '' OR EXISTS (SELECT 1 FROM sessions WHERE id = $3 AND user_id = $1 AND ended_ms = 0))`,
		string(e.User), e.First, e.Session).Scan(&ok)
	return ok, err
}

// Reprove notes a full proof of a live session, and gives its cookie a new
// value: the one from before the step-up is dead.
func (s *Store) Reprove(ctx context.Context, r login.Reproof) (spent string, stale bool, err error) {
	err = s.write(ctx, "note the proof", func(ctx context.Context, t *tx) error {
		spent, stale = "", false
		// First the account, in the order of Begin. A password alone is no full
		// proof any more when a factor was added while it was checked.
		whole := r.Proof.Factor != "" || r.Proof.Code != nil
		n, err := t.changed(ctx, `UPDATE users SET hashed_password = $2
			WHERE id = $1 AND hashed_password = $2 AND is_active AND lower(CAST(status AS TEXT)) = 'active' AND (NOT second_factor OR $3)`,
			string(r.User), r.ProvenHash, whole)
		if err != nil {
			return err
		}
		if n == 1 {
			n, err = t.changed(ctx, `UPDATE sessions SET auth_ms = $3, secret_hash = COALESCE($4, secret_hash),
				method = CASE WHEN $5 = '' THEN method ELSE $5 END
				WHERE id = $1 AND user_id = $2 AND ended_ms = 0`, r.Session, string(r.User), millis(r.Now), r.SecretHash, r.Method)
			if err != nil {
				return err
			}
		}
		if n == 0 {
			stale = true
			return t.undo()
		}
		if spent, err = t.takeProof(ctx, r.User, r.Proof, r.Now); err != nil {
			return err
		}
		if spent != "" {
			return t.undo()
		}
		if err := t.clearAttempts(ctx, r.Cleared...); err != nil {
			return err
		}
		if err := t.revoke(ctx, session.RevokedSession, r.Session); err != nil {
			return err
		}
		return t.tell(ctx, r.Now, r.Letters, r.Links, r.Row)
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return spent, stale, err
}
