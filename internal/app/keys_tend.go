package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// keyBeat is how often a server notes which keys it uses: by it others know
// when the last token of a key was made.
const keyBeat = 5 * time.Second

// tendKeys keeps the keys of this server in order, until ctx ends.
func (s *Server) tendKeys(ctx context.Context) {
	every := time.NewTicker(keyBeat)
	defer every.Stop()
	s.useKeys(ctx, s.live().Config)
	s.keepKeys(ctx)
	for {
		select {
		case <-every.C:
			s.useKeys(ctx, s.live().Config)
			s.dropKeys(ctx)
			s.mendKeys(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) useKeys(ctx context.Context, cfg *config.Config) {
	err := s.Store.UseKeys(ctx, map[string]string{
		store.KeyJWT: cfg.JWTSecretKey.Fingerprint(), store.KeyData: cfg.DataEncryptionKey.Fingerprint(),
	})
	if err != nil && ctx.Err() == nil {
		s.Log.Debug("it could not be noted which keys are in use", "error", err)
	}
}

// keepKeys puts what derives from the data key into the database, where it
// outlives a rotation.
func (s *Server) keepKeys(ctx context.Context) {
	if _, err := s.keyring(ctx, s.live().Config, true); err != nil && ctx.Err() == nil {
		s.Log.Warn("the keys that derive from DATA_ENCRYPTION_KEY could not be kept in the database; devices and limits would not carry over a rotation",
			"error", err)
	}
}

// noteKeys notes the moment from which on a key is used no more: tokens may
// have been made with it until now.
func (s *Server) noteKeys(ctx context.Context, old, next *config.Config) {
	if !old.JWTSecretKey.Equal(next.JWTSecretKey) || !old.DataEncryptionKey.Equal(next.DataEncryptionKey) {
		s.useKeys(ctx, old)
		s.useKeys(ctx, next)
	}
}

// keysAnew takes over what somebody changed about keys. A configuration that
// is refused keeps no key alive that counts no more.
func (s *Server) keysAnew(ctx context.Context) {
	s.readAnew(ctx)
	if s.reload.load != nil && s.reload.refused.Load() == nil {
		return
	}
	if err := s.renew(ctx, s.live().Config); err != nil {
		s.Log.Error("what the database says of keys could not be taken over; it is tried again", "error", err)
		time.AfterFunc(time.Second, s.keysTurned)
	}
}

// dropKeys takes keys out of the files in DATA_DIR that count no more.
func (s *Server) dropKeys(ctx context.Context) {
	cfg := s.live().Config
	uses, _, err := s.Store.KeyUses(ctx)
	if err != nil {
		return
	}
	for _, u := range uses {
		if u.State == "" || u.State == store.KeyCompromised && u.Purpose == store.KeyData && u.Ended.IsZero() {
			continue
		}
		ring, ok := cfg.Ring(settingOf(u.Purpose))
		if !ok {
			continue
		}
		if dropped, err := ring.Drop(u.Fingerprint); err != nil {
			s.Log.Warn("a key that counts no more could not be taken out of its file", "purpose", u.Purpose, "error", err)
		} else if dropped {
			s.Log.Info("a key that nothing needs any more was forgotten", "purpose", u.Purpose, "fingerprint", u.Fingerprint)
		}
	}
}

// settingOf is the variable of a purpose, previousOf that of the keys before.
func settingOf(purpose string) string {
	if purpose == store.KeyJWT {
		return "JWT_SECRET_KEY"
	}
	return "DATA_ENCRYPTION_KEY"
}

func previousOf(purpose string) string {
	if purpose == store.KeyJWT {
		return "JWT_PREVIOUS_SECRET_KEYS"
	}
	return "DATA_ENCRYPTION_PREVIOUS_KEYS"
}
