package inside

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// keyDue is when a key should be exchanged though nobody suspects anything.
const keyDue = 365 * 24 * time.Hour

// keyless is how long an old key may stay configured that nothing needs.
const keyless = 7 * 24 * time.Hour

// keysInUse finds a key that counts no more and is the one in use, and notes
// what is due.
func (in *inside) keysInUse(ctx context.Context, r *doctor.Result) {
	uses, at, err := in.db.KeyUses(ctx)
	if err != nil {
		r.Unable("what is known of the keys", err)
		return
	}
	r.Say("%d keys are known", len(uses))
	in.keyState(r, uses, at, store.KeyJWT, "JWT_SECRET_KEY", in.cfg.JWTSecretKey, in.cfg.JWTPreviousSecretKeys)
	in.keyState(r, uses, at, store.KeyData, "DATA_ENCRYPTION_KEY", in.cfg.DataEncryptionKey, in.cfg.DataEncryptionPreviousKeys)
}

func (in *inside) keyState(r *doctor.Result, uses []store.KeyUse, at time.Time, purpose, name string, current secret.Value, previous []secret.Value) {
	if current.Empty() {
		return
	}
	u := useOf(uses, purpose, current)
	switch {
	case u.State == store.KeyCompromised:
		r.Find(api.Finding{
			Code:     "key_compromised",
			Evidence: "the key of the fingerprint " + u.Fingerprint + " in " + name + " was declared compromised at " + u.At.Format(time.RFC3339),
			Expected: "another key", Setting: setting(name, in.cfg.Origin(name)),
		})
	case !u.First.IsZero() && at.Sub(u.First) > keyDue:
		r.Note("key_due", "%s has been in use for %d days; exchange it with: aiwfe-auth keys rotate %s",
			name, int(at.Sub(u.First).Hours()/24), purpose)
	}
	for _, k := range previous {
		if u := useOf(uses, purpose, k); u.State != "" && at.Sub(u.At) > keyless {
			r.Note("key_not_needed", "A key before %s, of the fingerprint %s, has not been needed since %s; take it out of the settings.",
				name, u.Fingerprint, u.At.Format(time.DateOnly))
		}
	}
}

func useOf(uses []store.KeyUse, purpose string, k secret.Value) store.KeyUse {
	for _, u := range uses {
		if u.Purpose == purpose && u.Fingerprint == k.Fingerprint() {
			return u
		}
	}
	return store.KeyUse{}
}
