package app

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// markValkey ties the instance of REDIS_URL to this database. It is done when
// the server starts, so that another deployment that is pointed at the same
// instance hears of it from its doctor, and in the background, for a Valkey
// that is away must keep nobody out.
func (s *Server) markValkey(ctx context.Context) {
	if s.Config.RedisURL.Empty() {
		return
	}
	b, at, err := s.valkeyBelongs(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.Log.Debug("the marker of this deployment could not be put into Valkey", "valkey", at, "error", err) // the link tells
	case b.Foreign():
		s.Log.Warn("this Valkey belongs to another deployment (redis_wrong_instance)", "valkey", at,
			"theirs", b.There.Deployment, "at", b.There.URL, "ours", b.Deployment)
	}
}

func (s *Server) valkeyBelongs(ctx context.Context) (b valkey.Belonging, at string, err error) {
	t, err := valkey.Parse(s.Config.RedisURL)
	if err != nil {
		return b, "REDIS_URL", err
	}
	if err := valkey.Reach(ctx, t); err != nil {
		return b, t.String(), err
	}
	c, err := valkey.Open(ctx, t)
	if err != nil {
		return b, t.String(), err
	}
	defer c.Close()
	b, err = valkey.Belong(ctx, c, s.Store, t, Issuer(s.Config), now())
	return b, t.String(), err
}
