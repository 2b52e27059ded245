package app

import (
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// auditShipped is how far behind each place is that the settings name.
func (a *alerts) auditShipped(ctx context.Context, _ time.Time) ([]alert.Shipping, error) {
	sinks, err := a.s.namedSinks(ctx)
	var out []alert.Shipping
	for _, s := range sinks {
		out = append(out, alert.Shipping{Name: s.Name, Lag: s.Since, Cause: s.Failed})
	}
	return out, err
}

func (a *alerts) auditChain(ctx context.Context) (*alert.Chain, error) {
	wrong, err := AuditVerdict(ctx, a.s.Store)
	if err != nil || wrong == nil {
		return &alert.Chain{}, err
	}
	return &alert.Chain{Broken: "the audit was changed: " + wrong.Error()}, nil
}

// namedSinks are the places that the settings name; others were named once.
func (c *Core) namedSinks(ctx context.Context) ([]store.Sink, error) {
	names := c.sinkNames()
	if len(names) == 0 {
		return nil, nil
	}
	list, err := c.Store.AuditSinks(ctx)
	return slices.DeleteFunc(list, func(s store.Sink) bool { return !slices.Contains(names, s.Name) }), err
}

// auditState is what the metrics show.
func (c *Core) auditState(ctx context.Context) (monitor.Audit, error) {
	chain, err := c.Store.AuditChain(ctx)
	if err != nil {
		return monitor.Audit{}, err
	}
	wrong, err := AuditVerdict(ctx, c.Store)
	if err != nil {
		return monitor.Audit{}, err
	}
	out := monitor.Audit{Rows: chain.Seq, Sound: wrong == nil}
	sinks, err := c.namedSinks(ctx)
	for _, s := range sinks {
		out.Sinks = append(out.Sinks, monitor.AuditSink{Name: s.Name, Waiting: s.Lag, Lag: s.Since, Failing: s.Failed != ""})
	}
	return out, err
}
