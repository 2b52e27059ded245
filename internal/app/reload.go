package app

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// reloading is what became of the configuration when it was read anew.
type reloading struct {
	asked chan os.Signal
	// load reads it again from everywhere it may stand; nil where nobody can.
	load    func() (*config.Config, error)
	refused atomic.Pointer[api.Finding]
}

func (r *reloading) listen() {
	r.asked = make(chan os.Signal, 1)
	signal.Notify(r.asked, syscall.SIGHUP)
}

// OnReload says how the configuration is read again on SIGHUP.
func (s *Server) OnReload(load func() (*config.Config, error)) { s.reload.load = load }

// findings names a configuration that was refused and is not mended yet.
func (r *reloading) findings() []api.Finding {
	if f := r.refused.Load(); f != nil {
		return []api.Finding{*f}
	}
	return nil
}

// live is the server as it is set now: the same store, sessions, hash pool and
// counters, with what is made from the configuration that was read last.
func (s *Server) live() *Server { return s.view.Load() }

// found is what is wrong at the moment. Of the configuration this server knows
// more than the doctor's last round.
func (s *Server) found() []api.Finding {
	refused := s.reload.findings()
	for _, f := range s.rounds.Findings() {
		if f.Code != reloadRefused {
			refused = append(refused, f)
		}
	}
	return refused
}

const reloadRefused = api.Cause("reload_refused")

// reloads reads the configuration anew at each SIGHUP until ctx ends.
func (s *Server) reloads(ctx context.Context) {
	defer signal.Stop(s.reload.asked)
	for {
		select {
		case <-s.reload.asked:
			s.readAnew(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// readAnew takes over what can be changed while requests are served. Where
// anything is wrong all of the old configuration stays.
func (s *Server) readAnew(ctx context.Context) {
	if s.reload.load == nil {
		return
	}
	next, err := s.reload.load()
	if err == nil {
		err = s.renew(next)
	}
	if err != nil {
		s.refuse(err)
	} else {
		s.reload.refused.Store(nil)
		s.leaveMarks(ctx)
	}
	s.rounds.soon()
}

func (s *Server) renew(next *config.Config) error {
	old := s.live()
	cfg, held := old.Config.Renewed(next)
	if _, err := EnsureKeys(cfg); err != nil {
		return err
	}
	set, err := newAlertSet(cfg)
	if err != nil {
		return err
	}
	before := s.alerts.set.Swap(set)
	view, err := s.viewOf(old, cfg)
	if err == nil {
		err = s.renewMail(cfg)
	}
	if err != nil {
		s.alerts.set.Store(before)
		return err
	}
	limit := cfg.LoginLimitAddress
	s.addresses.Resize(limit.N, limit.Per)
	s.ceremonies.Resize(10*limit.N, limit.Per)
	s.selfTests.Resize(10*limit.N, limit.Per)
	s.monitor.SetToken(cfg.MetricsToken)
	s.seen.SetLegacyUntil(legacyUntil(cfg))
	if s.cert != nil {
		s.cert.look()
	}
	s.view.Store(view)
	setLevel(s.Log, min(old.Config.LogLevel, cfg.LogLevel))
	s.Log.Info("the configuration was read anew", "changed", strings.Join(cfg.Changed(old.Config), " "))
	if len(held) > 0 {
		s.Log.Warn("settings were changed that hold from the next start on; until then the old ones do", "settings", strings.Join(held, " "))
	}
	setLevel(s.Log, cfg.LogLevel)
	return nil
}

// viewOf is this server with another configuration. Requests under way go on
// with the one that they began with.
func (s *Server) viewOf(old *Server, cfg *config.Config) (*Server, error) {
	core := *old.Core
	core.Config = cfg
	if err := core.buildLogin(); err != nil {
		return nil, err
	}
	view := &Server{
		Core: &core, monitor: s.monitor, tally: s.tally, traces: s.traces, seen: s.seen, node: s.node, rounds: s.rounds, alerts: s.alerts, stopping: s.stopping,
	}
	var err error
	view.serve, err = view.handler()
	return view, err
}

// renewMail has letters sent through the mail server that is set now.
func (s *Server) renewMail(cfg *config.Config) error {
	if s.Mail == nil || cfg.SMTPURL.Empty() {
		return nil
	}
	sender, err := newSMTP(cfg)
	if err != nil {
		return err
	}
	s.Mail.carrier.now.Store(&sender)
	return nil
}

// refuse keeps the old configuration and tells of every fault of the new one: in
// the log with its own cause, and to whoever looks at health.
func (s *Server) refuse(err error) {
	f := api.Finding{
		Code: reloadRefused, Severity: api.Causes[reloadRefused].Severity, Title: api.Causes[reloadRefused].Title,
		Evidence: err.Error(), Expected: "a configuration without a fault",
		Remedy: "Mend what is named above, look whether it is right with aiwfe-auth config check, and send SIGHUP once more.",
	}
	s.reload.refused.Store(&f)
	faults, ok := errors.AsType[*config.Faults](err)
	if !ok {
		s.Log.Error("the new configuration is refused, and the old one stays", "code", string(reloadRefused), "error", err)
		return
	}
	for _, one := range faults.List {
		s.Log.Error("the new configuration is refused, and the old one stays", "code", string(causeOf(one)), "setting", one.Variable,
			"value", one.Value, "origin", one.Origin, "problem", one.Problem, "expected", one.Expected, "hint", one.Hint)
	}
}

func causeOf(f config.Fault) api.Cause {
	if f.Cause == "" {
		return "config_invalid"
	}
	return f.Cause
}
