package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/httpapi"
	"github.com/aiwfe/aiwfe-auth/internal/outward"
	"github.com/aiwfe/aiwfe-auth/internal/pause"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// parcel is what is sent at a time: rows that follow each other in the chain,
// and what was signed on the way. It may arrive more than once, never in part
// as far as the other side can tell us.
type parcel struct {
	Rows        []api.AuditRow        `json:"rows"`
	Checkpoints []api.AuditCheckpoint `json:"checkpoints,omitempty"`
}

// name is the same for the same rows, however often they are sent.
func (p *parcel) name() string {
	return fmt.Sprintf("audit-%d-%d", p.Rows[0].Seq, p.Rows[len(p.Rows)-1].Seq)
}

// destination is a place elsewhere that the audit is sent to.
type destination interface {
	send(ctx context.Context, p *parcel) error
}

// shipMost is how many rows are sent at a time.
const shipMost = 200

// shipper sends the audit to one place, in the order of the chain, as long as it
// has the lease. How far it came is kept in the database after the other side
// has taken a parcel; so whatever ends this process, nothing is left out.
type shipper struct {
	c    *Core
	name string
	to   destination
	// first is the pause after one failure; it doubles up to shipLongest.
	first time.Duration
	// tries and next are of what failed last.
	tries int
	next  time.Time
}

// job sends for as long as the lease lasts without being renewed.
func (s *shipper) job(ctx context.Context, held store.Held) error {
	until := time.Now().Add(s.c.lease / 3)
	seq, err := s.c.Store.OpenSink(ctx, s.name)
	for err == nil && time.Now().Before(until) && ctx.Err() == nil {
		if wait := time.Until(s.next); wait > 0 {
			_ = pause.For(ctx, min(wait, time.Until(until)))
			continue
		}
		var p *parcel
		if p, err = s.c.parcel(ctx, seq); err == nil && p != nil {
			seq, err = s.ship(ctx, held, p, seq)
			continue
		}
		_ = pause.For(ctx, sealPause)
	}
	return err
}

// ship sends one parcel; what is not taken is tried again later.
func (s *shipper) ship(ctx context.Context, held store.Held, p *parcel, seq int64) (int64, error) {
	err := s.to.send(ctx, p)
	if err == nil {
		s.tries, s.next = 0, time.Time{}
		seq = p.Rows[len(p.Rows)-1].Seq
		return seq, s.c.Store.SinkTook(ctx, &held, s.name, seq)
	}
	if ctx.Err() != nil {
		return seq, nil
	}
	f := outward.AsFault(err)
	s.tries++
	pause := max(s.backoff(), min(f.After, shipLongest))
	s.next = time.Now().Add(pause)
	s.c.Log.Warn("rows of the audit were not taken, they will be sent again", "to", s.name, "try", s.tries,
		"again_in", pause.String(), "error", err)
	return seq, s.c.Store.SinkFailed(ctx, &held, s.name, err.Error())
}

// The pause between two tries.
const (
	shipFirst   = time.Second
	shipLongest = 2 * time.Minute
)

func (s *shipper) backoff() time.Duration {
	return min(s.first<<min(s.tries-1, 10), shipLongest)
}

// parcel gathers what follows a place; nil where nothing does.
func (c *Core) parcel(ctx context.Context, after int64) (*parcel, error) {
	rows, err := c.Store.AuditLinks(ctx, after, shipMost)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	p := &parcel{}
	for i := range rows {
		p.Rows = append(p.Rows, httpapi.AuditLink(&rows[i]))
	}
	points, err := c.Store.AuditCheckpoints(ctx, after)
	for _, s := range points {
		if s.Seq <= rows[len(rows)-1].Seq {
			p.Checkpoints = append(p.Checkpoints, Checkpoint(s))
		}
	}
	return p, err
}

// Checkpoint shows a signed state as it is sent and printed.
func Checkpoint(s audit.Signed) api.AuditCheckpoint {
	return api.AuditCheckpoint{
		Seq: s.Seq, Statement: s.Statement(), Key: int(s.Key), Signature: base64.StdEncoding.EncodeToString(s.Signature),
	}
}

// sinkNames are the places that the settings name.
func (c *Core) sinkNames() (names []string) {
	for name, set := range map[string]bool{
		"file": c.Config.AuditShipFile != "", "syslog": c.Config.AuditShipSyslog != "", "webhook": !c.Config.AuditShipWebhook.Empty(),
	} {
		if set {
			names = append(names, name)
		}
	}
	return names
}

// sinks are the places, ready to be sent to.
func (c *Core) sinks() (map[string]destination, error) {
	out := map[string]destination{}
	cfg := c.Config
	if cfg.AuditShipFile != "" {
		out["file"] = fileSink(cfg.AuditShipFile)
	}
	if cfg.AuditShipSyslog != "" {
		host, _ := os.Hostname()
		s, err := outward.NewSyslog(outward.SyslogOptions{
			URL: cfg.AuditShipSyslog, Facility: facilityAudit, Host: host, App: "aiwfe-auth", Process: strconv.Itoa(os.Getpid()),
		})
		if err != nil {
			return nil, fmt.Errorf("AUDIT_SHIP_SYSLOG: %w", err)
		}
		out["syslog"] = syslogSink{s}
	}
	if !cfg.AuditShipWebhook.Empty() {
		guard, err := outward.NewGuard(cfg.OutboundAllow...)
		if err != nil {
			return nil, fmt.Errorf("OUTBOUND_ALLOW: %w", err)
		}
		w, err := outward.NewWebhook(outward.WebhookOptions{
			URL: cfg.AuditShipWebhook, Secret: cfg.AuditShipWebhookSecret, Guard: guard, Plain: cfg.Environment.Relaxed(),
		})
		if err != nil {
			return nil, fmt.Errorf("AUDIT_SHIP_WEBHOOK: %w", err)
		}
		out["webhook"] = webhookSink{w}
	}
	return out, nil
}
