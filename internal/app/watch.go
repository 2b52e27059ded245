package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/token"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// newMonitor tells the monitor whom to ask. It is made before the parts that it
// asks, since they report to it; nobody asks before the server is built.
func (s *Server) newMonitor(cfg *config.Config, log *slog.Logger) (*monitor.Monitor, error) {
	return monitor.New(monitor.Options{
		Version: version.String(), Relaxed: cfg.Environment.Relaxed(), Token: cfg.MetricsToken, Log: log,
		Kept: kept{s}, Node: s.node.row.ID, Host: s.node.row.Host,
		Sources: monitor.Sources{
			Database: func(ctx context.Context) (string, error) { return s.Store.Version(ctx) },
			Schema:   func(ctx context.Context) (int64, int, error) { return s.Store.Schema(ctx) },
			Pools:    s.pools,
			Engine:   func() string { return s.Store.Engine() },
			Pooled:   func() bool { return s.Store.Pooled() },
			SessionsActive: func(ctx context.Context) (int64, error) {
				return s.Store.CountSessions(ctx, time.Now(), s.Config.SessionIdle)
			},
			TokenRoundTrip: s.tokenRoundTrip,
			CSRFRoundTrip:  s.csrfRoundTrip,
			HashStats: func() monitor.Hashing {
				st := s.Passwords.Stats()
				return monitor.Hashing{
					Workers: st.Workers, Running: st.Running, Waiting: st.Waiting, Wait: st.Wait, Cost: s.Passwords.Cost(),
					Refused: st.Refused, Left: st.Left,
				}
			},
			CertificateEnds: s.certificateEnds,
			Sent:            s.telemetry.counts,
			KeyID:           func() string { return s.live().Tokens.KeyID() },
			Findings:        func() []api.Finding { return s.found() },
			Alerts:          func() []api.AlertFiring { return s.alerts.Firing() },
			Valkey:          func() *monitor.Valkey { return s.valkeyStats() },
			Audit:           func(ctx context.Context) (monitor.Audit, error) { return s.auditState(ctx) },
			LinesLost:       func() int64 { return linesOf(s.Log).Lost() },
			Upstreams:       s.upstreams,
			LastBackup: func(ctx context.Context) (time.Time, error) {
				last, _, err := LastBackups(ctx, s.Store)
				return last.At, err
			},
		},
	})
}

// kept is the store, which is opened after the monitor is made.
type kept struct{ s *Server }

func (k kept) KeepFigures(ctx context.Context, rows []figures.Row) (time.Time, error) {
	return k.s.Store.KeepFigures(ctx, rows)
}

func (k kept) Figures(ctx context.Context, q figures.Query) ([]figures.Row, error) {
	return k.s.Store.Figures(ctx, q)
}

func (s *Server) pools() map[string]monitor.Pool {
	out := map[string]monitor.Pool{}
	for name, p := range s.Store.Pools() {
		out[name] = monitor.Pool{Size: p.Size, InUse: p.InUse, Idle: p.Idle, Waits: p.Waits, WaitTime: p.WaitTime}
	}
	return out
}

// certificateEnds is zero where a proxy has the certificate.
func (s *Server) certificateEnds() (at time.Time) {
	if s.cert == nil {
		return at
	}
	if c, err := s.cert.get(nil); err == nil && c.Leaf != nil {
		at = c.Leaf.NotAfter
	}
	return at
}

// tokenRoundTrip makes an access token as a login would and reads it back.
func (s *Server) tokenRoundTrip() error {
	tokens := s.live().Tokens
	made, _, err := tokens.Make(token.Claims{Subject: "0", SessionID: "health"}, time.Now().Add(time.Minute))
	if err != nil {
		return err
	}
	read, err := tokens.Parse(made)
	if err == nil && read.Claims.SessionID != "health" {
		err = errors.New("the token reads back differently")
	}
	return err
}

func (s *Server) csrfRoundTrip() error {
	here := csrf.Browser("health")
	tokens := s.live().csrf
	return tokens.Verify(tokens.Make(here), here)
}
