package inside

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// A server leaves marks in its database at each start: something sealed with
// DATA_ENCRYPTION_KEY, the fingerprint of the key that signs, and the host of
// PUBLIC_URL. By them the doctor sees that a key or an address is another one
// than before, though nothing is wrong with it by itself.
const (
	// FactSealed is sealed with DATA_ENCRYPTION_KEY.
	FactSealed  = "doctor_sealed"
	factSigning = "doctor_signing_keys"
	factHosts   = "doctor_public_hosts"
)

// mostSteps is how many changes are remembered.
const mostSteps = 6

// step is a value and when a server first had it.
type step struct {
	Value string    `json:"value"`
	Since time.Time `json:"since"`
}

// LeaveMarks is called by a server that starts. It says whether what the
// database holds was sealed with a key that is not known any more; the mark
// then stays as it is, so that the doctor sees it too.
func LeaveMarks(ctx context.Context, db *store.Store, cfg *config.Config, now time.Time) (foreign bool, err error) {
	seals, err := secret.NewSealer(cfg.DataEncryptionKey, cfg.DataEncryptionPreviousKeys...)
	if err != nil {
		return false, err
	}
	err = db.ChangeFact(ctx, FactSealed, func(old string) string {
		known, stale := opens(seals, old)
		foreign = !known
		if old == "" || stale {
			return sealedMark(seals)
		}
		return old
	})
	if err != nil {
		return foreign, err
	}
	if err := db.ChangeFact(ctx, factSigning, next(cfg.JWTSecretKey.Fingerprint(), now)); err != nil {
		return foreign, err
	}
	return foreign, db.ChangeFact(ctx, factHosts, next(cfg.PublicURL.Hostname(), now))
}

// AdoptKey makes the present key the one of this database, for when the one
// before is lost for good.
func AdoptKey(ctx context.Context, db *store.Store, cfg *config.Config) error {
	seals, err := secret.NewSealer(cfg.DataEncryptionKey, cfg.DataEncryptionPreviousKeys...)
	if err != nil {
		return err
	}
	return db.ChangeFact(ctx, FactSealed, func(string) string { return sealedMark(seals) })
}

const sealedText = "what this database holds opens with this key"

func sealedMark(seals *secret.Sealer) string {
	return base64.StdEncoding.EncodeToString(seals.Seal([]byte(sealedText), FactSealed))
}

// opens says whether a mark opens, and whether only with a previous key. No
// mark at all speaks against no key.
func opens(seals *secret.Sealer, mark string) (known, stale bool) {
	if mark == "" {
		return true, false
	}
	raw, err := base64.StdEncoding.DecodeString(mark)
	if err != nil {
		return false, false
	}
	_, err = seals.Open(raw, FactSealed)
	return err == nil, seals.Stale(raw)
}

// next adds a step when the value is another one than at the last start.
func next(value string, now time.Time) func(string) string {
	return func(old string) string {
		steps := parseSteps(old)
		if n := len(steps); n > 0 && steps[n-1].Value == value {
			return old
		}
		steps = append(steps, step{value, now.UTC().Truncate(time.Millisecond)})
		text, err := json.Marshal(steps[max(0, len(steps)-mostSteps):])
		if err != nil {
			return old
		}
		return string(text)
	}
}

// parseSteps reads the steps, oldest first. What cannot be read was no mark.
func parseSteps(text string) (steps []step) {
	if err := json.Unmarshal([]byte(text), &steps); err != nil {
		return nil
	}
	return steps
}
