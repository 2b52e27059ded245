package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/web"
)

// overview is whom the first page of administrators asks.
func (s *Server) overview() web.OverviewSources {
	return web.OverviewSources{
		Figures: s.monitor, Certificate: s.certificateEnd, Keys: s.keysInUse, Backup: s.lastBackup, Nodes: s.nodesSeen,
	}
}

// certificateEnd is when the certificate ends that visitors are shown.
func (s *Server) certificateEnd(ctx context.Context) (time.Time, bool) {
	c, ok := s.alerts.certificate(ctx, now())
	return c.Until, ok
}

// keyOld is when a key should have been replaced by another.
const keyOld = 365 * 24 * time.Hour

// keysInUse are the two that this server makes things with, and since when anybody did.
func (s *Server) keysInUse(ctx context.Context) ([]web.Key, error) {
	uses, _, err := s.Store.KeyUses(ctx)
	if err != nil {
		return nil, err
	}
	cfg := s.live().Config
	keys := []web.Key{
		{Use: "signing", ID: cfg.JWTSecretKey.Fingerprint()}, {Use: "data", ID: cfg.DataEncryptionKey.Fingerprint()},
	}
	for i, purpose := range []string{store.KeyJWT, store.KeyData} {
		for _, u := range uses {
			if u.Purpose == purpose && u.Fingerprint == keys[i].ID {
				keys[i].Since, keys[i].Due = u.First, u.First.Add(keyOld)
			}
		}
	}
	return keys, nil
}

// lastBackup is the last good one. Two of its intervals without another are too many; where nobody set it up, so are
// two days, unless the server is only tried out.
func (s *Server) lastBackup(ctx context.Context) (web.Backup, error) {
	last, _, err := LastBackups(ctx, s.Store)
	if err != nil {
		return web.Backup{}, err
	}
	cfg := s.live().Config
	most := 2 * cfg.BackupEvery
	if most == 0 && !cfg.Environment.Relaxed() {
		most = 48 * time.Hour
	}
	return web.Backup{At: last.At, Late: most > 0 && now().Sub(last.At) > most}, nil
}

// nodesSeen are the servers on this database.
func (s *Server) nodesSeen(ctx context.Context) (list []web.Node, err error) {
	all, _, err := s.Store.Nodes(ctx, inside.Fresh)
	for _, n := range all {
		list = append(list, web.Node{Host: n.Host, Version: n.Version, Since: n.StartedAt})
	}
	return list, err
}
