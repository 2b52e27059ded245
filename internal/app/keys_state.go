package app

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// keyring is what the keys of a configuration come to on this database.
type keyring struct {
	sealer  *secret.Sealer
	derived derived
	// refused are the signing keys that count no more, by fingerprint.
	refused map[string]bool
	// csrf are the keys by which CSRF tokens are still checked.
	csrf []secret.Value
}

// keyring holds the keys against what the database knows of them. A data key
// that is compromised opens nothing once all that it sealed is sealed anew.
func (c *Core) keyring(ctx context.Context, cfg *config.Config, keep bool) (*keyring, error) {
	uses, _, err := c.Store.KeyUses(ctx)
	if err != nil {
		return nil, err
	}
	k := &keyring{refused: map[string]bool{}}
	gone, lost := map[string]bool{}, map[string]bool{}
	for _, u := range uses {
		switch {
		case u.Purpose == store.KeyJWT && u.State == store.KeyCompromised,
			u.Purpose == store.KeyJWT && u.State == store.KeyRetired && u.Fingerprint != cfg.JWTSecretKey.Fingerprint():
			k.refused[u.Fingerprint] = true
		case u.Purpose == store.KeyData && u.State == store.KeyCompromised:
			lost[u.Fingerprint] = true
			gone[u.Fingerprint] = !u.Ended.IsZero()
		}
	}
	var opening []secret.Value
	for _, old := range cfg.DataEncryptionPreviousKeys {
		if !gone[old.Fingerprint()] {
			opening = append(opening, old)
		}
	}
	if k.sealer, err = secret.NewSealer(cfg.DataEncryptionKey, opening...); err != nil {
		return nil, err
	}
	keep = keep && !lost[cfg.DataEncryptionKey.Fingerprint()] // nothing new is sealed under a key that is known to others
	if k.derived, err = c.derivedKeys(ctx, cfg, k.sealer, keep); err != nil {
		return nil, err
	}
	for _, one := range dataKeys(cfg) { // tokens that a node of an earlier version made
		if !lost[one.Fingerprint()] {
			k.csrf = append(k.csrf, secret.Derive(one, forCSRF))
		}
	}
	return k, nil
}

// keysTurned is told that what the database knows of keys has changed.
func (c *Core) keysTurned() {
	select {
	case c.turned <- struct{}{}:
	default:
	}
}
