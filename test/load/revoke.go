package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// pair is two servers over one database, in PostgreSQL.
func (w *world) pair(ctx context.Context, name string, settings ...string) (a, b *node, err error) {
	if a, err = w.everydayNode(ctx, onPostgres, name, settings...); err != nil {
		return nil, nil, err
	}
	if b = w.nodes[name+"-2"]; b == nil {
		b, err = w.node(ctx, name+"-2", a.db, settings...)
	}
	return a, b, err
}

// revocations measures how long a session that was ended still counts: where it was ended, and on another node.
func revocations(ctx context.Context, w *world) ([]bench.Row, error) {
	a, b, err := w.pair(ctx, "postgres")
	if err != nil {
		return nil, err
	}
	same, err := revoked(ctx, a, a)
	if err != nil {
		return nil, err
	}
	other, err := revoked(ctx, a, b)
	if err != nil {
		return nil, err
	}
	var valkey *ground.RedisServer
	if err := catch(func() { valkey = ground.Redis(w.scene) }); err != nil {
		return nil, err
	}
	c, d, err := w.pair(ctx, "valkey", "REDIS_URL="+valkey.URL)
	if err != nil {
		return nil, err
	}
	pushed, err := revoked(ctx, c, d)
	return []bench.Row{
		bench.Row{ID: "revoke-same", What: "checks that passed after a logout, same node", Got: same.passed, Unit: "of 20"}.AtMost(0),
		bench.Row{ID: "revoke-valkey", What: "a logout is seen by another node, with Valkey, longest of 20", Got: pushed.longest, Unit: "ms"}.AtMost(50),
		bench.Row{ID: "revoke-feed", What: "a logout is seen by another node, without, longest of 20", Got: other.longest, Unit: "ms"}.AtMost(1000),
	}, err
}

// lag is how long ended sessions counted on.
type lag struct{ longest, passed float64 }

// revoked ends twenty sessions on one node, each after the other node has looked at it, and asks that one until it knows.
// One more before them is not counted: a server is ready a moment before its link to Valkey is.
func revoked(ctx context.Context, at, seen *node) (lag, error) {
	var out lag
	for n := range 21 {
		p, err := at.signIn(ctx, watcher)
		if err != nil {
			return out, err
		}
		bearer := map[string]string{"Authorization": "Bearer " + p.token}
		if _, err := seen.call(ctx, http.MethodGet, "/api/v1/auth/status", "", bearer, nil); err != nil {
			return out, fmt.Errorf("before the logout: %w", err)
		}
		if _, err := at.call(ctx, http.MethodPost, "/api/v1/auth/jwt/logout", "", bearer, nil); err != nil {
			return out, err
		}
		began := time.Now()
		for {
			res, err := seen.call(ctx, http.MethodGet, "/api/v1/auth/status", "", bearer, nil)
			if err != nil && res != nil && res.StatusCode == http.StatusUnauthorized {
				break
			}
			if err != nil {
				return out, err
			}
			if n > 0 {
				out.passed++
			}
			if time.Since(began) > 10*time.Second {
				return out, fmt.Errorf("%s still lets a session in ten seconds after it was ended", seen.name)
			}
		}
		if n == 0 {
			continue
		}
		out.longest = max(out.longest, float64(time.Since(began).Microseconds())/1000)
	}
	return out, nil
}
