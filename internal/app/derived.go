package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// derived are the keys for one purpose each: what the cookie of a device is
// signed with, what attempts are counted under. They begin as derived from
// DATA_ENCRYPTION_KEY, and are kept in the database, sealed under it, so that a
// rotation seals them anew and changes none: devices stay trusted, limits stay
// spent, open pages stay good.
type derived map[string]secret.Value

// Purposes of derived keys.
const (
	forAttempts = "attempts"
	forDevices  = "devices"
	forRefresh  = "refresh"
	forCSRF     = "csrf"
	forShared   = "shared limits"
	// forAssertions is the seed of the key that tells applications who it is.
	forAssertions = "assertions"
)

func purposes() []string {
	return []string{forAttempts, forDevices, forRefresh, forCSRF, forShared, forAssertions}
}

// factDerived holds them in the database.
const factDerived = "derived_keys"

// derive makes them from a data key, as the first start on a database does.
func derive(master secret.Value) derived {
	d := derived{}
	for _, p := range purposes() {
		d[p] = secret.Derive(master, p)
	}
	return d
}

// fresh are keys that hang on no other; who knows the key before knows none of
// them. What a Valkey counts under stays: all nodes must agree on it at each
// moment, and it opens nothing.
func (d derived) fresh() derived {
	next := derived{forShared: d[forShared]}
	for _, p := range purposes() {
		if p != forShared {
			next[p] = secret.New(secret.Random(32))
		}
	}
	return next
}

func (d derived) seal(s *secret.Sealer) (string, error) {
	plain := map[string][]byte{}
	for p, k := range d {
		plain[p] = k.Reveal()
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(s.Seal(text, factDerived)), nil
}

// openDerived gives nil for what no key at hand opens.
func openDerived(s *secret.Sealer, fact string) (d derived, sealed []byte) {
	sealed, err := base64.StdEncoding.DecodeString(fact)
	if err != nil {
		return nil, nil
	}
	text, err := s.Open(sealed, factDerived)
	if err != nil {
		return nil, sealed
	}
	var plain map[string][]byte
	if json.Unmarshal(text.Reveal(), &plain) != nil {
		return nil, sealed
	}
	d = derived{}
	for p, k := range plain {
		d[p] = secret.New(k)
	}
	return d, sealed
}

// derivedKeys reads them. A server that starts or is given new keys keeps them
// under the present one; a verb of the command line only reads. Where they do
// not open, the key at hand is not the one of this database, which the doctor
// tells: what follows from that key is good for as long.
func (c *Core) derivedKeys(ctx context.Context, cfg *config.Config, s *secret.Sealer, keep bool) (derived, error) {
	fact, err := c.Store.Fact(ctx, factDerived)
	if err != nil {
		return nil, err
	}
	d, sealed := openDerived(s, fact)
	switch {
	case fact != "" && d == nil:
		c.Log.Debug("the derived keys of this database do not open with DATA_ENCRYPTION_KEY")
		return derive(cfg.DataEncryptionKey), nil
	case fact == "":
		d = derive(cfg.DataEncryptionKey)
	case d.whole() && !s.Stale(sealed):
		return d, nil
	}
	if !keep {
		return d.completed(), nil
	}
	return c.keepDerived(ctx, cfg, s)
}

func (d derived) whole() bool { return len(d.missing()) == 0 }

func (d derived) missing() (list []string) {
	for _, p := range purposes() {
		if d[p].Empty() {
			list = append(list, p)
		}
	}
	return list
}

func (d derived) completed() derived {
	for _, p := range d.missing() {
		d[p] = secret.New(secret.Random(32))
	}
	return d
}

// keepDerived seals them under the present key, as the only one who does so at
// a time. Those that a compromised key sealed are made anew.
func (c *Core) keepDerived(ctx context.Context, cfg *config.Config, s *secret.Sealer) (d derived, err error) {
	lost, err := c.compromisedHeaders(ctx, cfg)
	if err != nil {
		return nil, err
	}
	var failed error
	err = c.Store.ChangeFact(ctx, factDerived, func(old string) string {
		failed = nil
		var sealed []byte
		if old == "" {
			d = derive(cfg.DataEncryptionKey)
		} else if d, sealed = openDerived(s, old); d == nil {
			failed = errors.New("the derived keys of this database do not open with DATA_ENCRYPTION_KEY or one of DATA_ENCRYPTION_PREVIOUS_KEYS")
			return old
		}
		if len(sealed) > 5 && lost[string(sealed[:5])] && s.Stale(sealed) {
			d = d.fresh()
		}
		text, err := d.completed().seal(s)
		if err != nil {
			failed = err
			return old
		}
		return text
	})
	if err == nil {
		err = failed
	}
	return d, err
}

// compromisedHeaders is how everything begins that a compromised data key sealed.
func (c *Core) compromisedHeaders(ctx context.Context, cfg *config.Config) (map[string]bool, error) {
	uses, _, err := c.Store.KeyUses(ctx)
	if err != nil {
		return nil, err
	}
	lost := map[string]bool{}
	for _, k := range dataKeys(cfg) {
		for _, u := range uses {
			if u.Purpose == store.KeyData && u.State == store.KeyCompromised && u.Fingerprint == k.Fingerprint() {
				lost[string(headerOf(k))] = true
			}
		}
	}
	return lost, nil
}

func dataKeys(cfg *config.Config) []secret.Value {
	return append([]secret.Value{cfg.DataEncryptionKey}, cfg.DataEncryptionPreviousKeys...)
}

func jwtKeys(cfg *config.Config) []secret.Value {
	return append([]secret.Value{cfg.JWTSecretKey}, cfg.JWTPreviousSecretKeys...)
}

// headerOf is how everything begins that this data key seals; nil for a key
// that is none.
func headerOf(k secret.Value) []byte {
	s, err := secret.NewSealer(k)
	if err != nil {
		return nil
	}
	return s.Header()
}
