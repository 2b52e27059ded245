package monitor

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// authHealth answers whether tokens sign and verify; the status alone to strangers.
func (m *Monitor) authHealth(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	state := func(err error, what string) string {
		if err == nil {
			return operational
		}
		m.o.Log.Error("a fresh token does not verify", "kind", what, "error", err)
		return failing
	}
	h := api.AuthHealth{
		Status: healthy, Tokens: state(m.o.Sources.TokenRoundTrip(), "access"), CSRF: state(m.o.Sources.CSRFRoundTrip(), "csrf"),
		KeyID: m.o.Sources.KeyID(), Hashing: m.hashing(),
	}
	switch {
	case h.Tokens != operational || h.CSRF != operational:
		h.Status = unhealthy
	case m.queue() > longQueue:
		h.Status = degraded
	}
	if m.allow(q) != nil {
		h = api.AuthHealth{Status: h.Status}
	}
	q.JSON(status(h.Status), h)
}

func (m *Monitor) hashing() *api.HashPool {
	h := m.o.Sources.HashStats()
	return &api.HashPool{
		Workers: h.Workers, Running: h.Running, Waiting: h.Waiting, CostMS: ms(h.Cost), WaitMS: ms(h.Wait), Refused: int64(h.Refused),
	}
}

// databaseHealth answers engine, version, pools and migrations; the status
// alone to strangers, who cannot then tell which faults of which version fit.
func (m *Monitor) databaseHealth(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	s := &m.o.Sources
	p := m.ask(r.Context())
	h := api.DatabaseHealth{Status: healthy, Database: connected}
	switch {
	case p.err != nil:
		h.Status, h.Database = unhealthy, unreachable
	case p.schema != nil || p.pending > 0:
		h.Status = degraded
	}
	if m.allow(q) != nil {
		q.JSON(status(h.Status), api.DatabaseHealth{Status: h.Status})
		return
	}
	pooled := s.Pooled()
	h.Engine, h.Version, h.Pooler, h.Pools = s.Engine(), p.version, &pooled, map[string]api.Pool{}
	for name, pool := range s.Pools() {
		h.Pools[name] = api.Pool{Size: pool.Size, InUse: pool.InUse, Idle: pool.Idle, Waits: pool.Waits}
	}
	if p.err == nil && p.schema == nil {
		h.Migrations = &api.MigrationState{Current: p.current, Pending: p.pending}
		if at := m.lastBackup(r.Context()); !at.IsZero() {
			h.LastBackup = &at
		}
	}
	q.JSON(status(h.Status), h)
}
