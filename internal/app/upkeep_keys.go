package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// keysSeen is the fact that tells when each key was met first, by setting and
// fingerprint.
const keysSeen = "maintenance_keys"

// upkeepKeys are the keys in use and since when, as far back as anybody looked.
// A previous key of tokens is not needed any more once the last token of its
// time has ended.
func (c *Core) upkeepKeys(ctx context.Context) ([]upkeep.Key, error) {
	cfg := c.Config
	keys := []upkeep.Key{
		{Name: "JWT_SECRET_KEY", Print: cfg.JWTSecretKey.Fingerprint()},
		{Name: "DATA_ENCRYPTION_KEY", Print: cfg.DataEncryptionKey.Fingerprint()},
	}
	for _, k := range cfg.JWTPreviousSecretKeys {
		keys = append(keys, upkeep.Key{Name: "JWT_PREVIOUS_SECRET_KEYS", Print: k.Fingerprint(), Previous: true})
	}
	for _, k := range cfg.DataEncryptionPreviousKeys {
		keys = append(keys, upkeep.Key{Name: "DATA_ENCRYPTION_PREVIOUS_KEYS", Print: k.Fingerprint(), Previous: true})
	}
	signing, err := inside.SigningSince(ctx, c.Store, keys[0].Print)
	if err != nil {
		return nil, err
	}
	seen, err := c.seeKeys(ctx, keys, signing)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		k := &keys[i]
		k.Since, k.Rotate = seen[k.Name+" "+k.Print], "aiwfe-auth config show"
		if k.Name == "JWT_PREVIOUS_SECRET_KEYS" {
			k.Unused = !signing.IsZero() && now().After(signing.Add(cfg.AccessTokenTTL+time.Hour)) && !now().Before(legacyUntil(cfg))
		}
	}
	return keys, nil
}

// seeKeys notes those that were not met before, and gives the first meeting of
// each. Those that are gone are forgotten.
func (c *Core) seeKeys(ctx context.Context, keys []upkeep.Key, signing time.Time) (map[string]time.Time, error) {
	seen := map[string]time.Time{}
	err := c.Store.ChangeFact(ctx, keysSeen, func(old string) string {
		before := map[string]time.Time{}
		_ = json.Unmarshal([]byte(old), &before) // what cannot be read was not met
		clear(seen)
		for _, k := range keys {
			name := k.Name + " " + k.Print
			at, known := before[name]
			if !known {
				at = now().UTC().Truncate(time.Second)
			}
			if k.Name == "JWT_SECRET_KEY" && !signing.IsZero() && signing.Before(at) {
				at = signing
			}
			seen[name] = at
		}
		text, err := json.Marshal(seen)
		if err != nil {
			return old
		}
		return string(text)
	})
	return seen, err
}
