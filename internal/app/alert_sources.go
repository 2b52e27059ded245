package app

import (
	"context"
	"math"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
)

// alertSources are parts that alerts watch and that need not be there. Each is
// nil where nothing is to be watched.
type alertSources struct {
	backup  func(ctx context.Context, now time.Time) (*alert.Backup, error)
	shipped func(ctx context.Context, now time.Time) ([]alert.Shipping, error)
	chain   func(ctx context.Context) (*alert.Chain, error)
}

// local is what this node sees.
func (a *alerts) local(ctx context.Context, now time.Time) alert.Local {
	s := a.s
	r := s.monitor.Recent()
	l := alert.Local{
		Node: s.node.row.ID, Host: s.node.row.Host, Honest: r.Honest, HonestFailed: r.HonestFailed, Queries: r.Queries,
		DatabaseErrors: r.Errors, CSRFFailed: r.CSRFFailed, CSRFBroken: s.csrfRoundTrip() != nil,
	}
	for _, t := range r.Routes {
		l.Times = append(l.Times, alert.Times{Route: t.Route, Count: t.Count, P95: t.P95})
	}
	for name, p := range s.pools() {
		l.Pools = append(l.Pools, alert.Pool{Name: name, Size: p.Size, InUse: p.InUse})
	}
	if d, err := inside.DiskOf(s.Config.DataDir); err == nil { // a folder that is not there holds nothing
		l.Disk = &alert.Disk{Dir: s.Config.DataDir, Size: bounded(d.Size), Free: bounded(d.Free)}
	}
	if c, ok := a.certificate(ctx, now); ok {
		l.Certificates = append(l.Certificates, c)
	}
	l.Findings = s.found()
	for _, f := range s.seen.Findings(now) {
		if !contains(l.Findings, f.Code) {
			l.Findings = append(l.Findings, f)
		}
	}
	return l
}

func bounded(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// snapshot puts together what all nodes see, and what is the same for all. What
// cannot be asked leaves the alerts of its rule as they are.
func (a *alerts) snapshot(ctx context.Context, now time.Time) (alert.Snapshot, error) {
	db := a.s.Store
	s := alert.Snapshot{At: now, Unknown: map[string]bool{}}
	var err error
	if s.Nodes, err = db.Readings(ctx, alertsFresh); err != nil {
		return s, err
	}
	nodes, at, err := db.Nodes(ctx, alert.GoneAfter)
	if err != nil {
		return s, err
	}
	for _, n := range nodes {
		if silent := at.Sub(n.SeenAt); silent > inside.Fresh {
			s.Silent = append(s.Silent, alert.Silent{Host: n.Host, For: silent})
		}
	}
	if a.s.Mail != nil {
		m, err := db.MailWaiting(ctx, now, now.Add(-time.Hour))
		if err != nil {
			return s, err
		}
		s.Mail = &m
	}
	a.others(ctx, now, &s)
	return s, nil
}

func (a *alerts) others(ctx context.Context, now time.Time, s *alert.Snapshot) {
	var err error
	if a.watched.backup != nil {
		s.Backup, err = a.watched.backup(ctx, now)
		a.unknown(s, "backup_old", err)
	}
	if a.watched.shipped != nil {
		s.Shipped, err = a.watched.shipped(ctx, now)
		a.unknown(s, "audit_shipping", err)
	}
	if a.watched.chain != nil {
		s.Chain, err = a.watched.chain(ctx)
		a.unknown(s, "audit_chain", err)
	}
}

func (a *alerts) unknown(s *alert.Snapshot, rule string, err error) {
	if err != nil {
		s.Unknown[rule] = true
		a.s.Log.Debug("what an alert watches could not be asked", "rule", rule, "error", err)
	}
}
