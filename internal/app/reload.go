package app

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// reloading is what became of the configuration when it was read anew.
type reloading struct {
	asked chan os.Signal
	// hurry asks to look at the files at once: the database refuses the password.
	hurry chan struct{}
	files watched
	// load reads it again from everywhere it may stand; nil where nobody can.
	load    func() (*config.Config, error)
	refused atomic.Pointer[api.Finding]
	// aloud: somebody asked, and is told though nothing was changed.
	aloud bool
}

func (r *reloading) listen() {
	r.asked, r.hurry = make(chan os.Signal, 1), make(chan struct{}, 1)
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
	refused := s.refusedNow()
	for _, f := range s.rounds.Findings() {
		if f.Code != reloadRefused {
			refused = append(refused, f)
		}
	}
	return refused
}

const reloadRefused = api.Cause("reload_refused")

// refusedNow is what was changed and could not be taken over.
func (s *Server) refusedNow() []api.Finding {
	if s.cert == nil {
		return s.reload.findings()
	}
	return append(s.reload.findings(), s.cert.findings()...)
}

// reloads reads the configuration anew at each SIGHUP, when a file of it was
// changed, and when somebody changed what the database knows of keys, until ctx
// ends.
func (s *Server) reloads(ctx context.Context) {
	defer signal.Stop(s.reload.asked)
	every := time.NewTicker(filesEvery)
	defer every.Stop()
	for {
		select {
		case <-s.reload.asked:
			s.reload.aloud = true
			s.say("RELOADING=1")
			s.readAnew(ctx)
			s.say("READY=1")
			s.reload.aloud = false
		case <-s.turned:
			s.keysAnew(ctx)
		case <-s.reload.hurry:
			if s.reload.files.differ(s.live().Config.Files()) {
				s.readAnew(ctx)
			}
		case <-every.C:
			if s.reload.files.changed(s.live().Config.Files()) {
				s.readAnew(ctx)
			}
			if s.cert != nil && s.cert.check() {
				s.rounds.soon()
			}
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
	files := s.live().Config.Files()
	s.reload.files.took(files)
	next, err := s.reload.load()
	if err == nil {
		err = s.renew(ctx, next)
	}
	if err != nil {
		s.refuse(err)
	} else {
		s.reload.refused.Store(nil)
		if now := s.live().Config.Files(); !slices.Equal(now, files) {
			s.reload.files.took(now)
		}
		s.leaveMarks(ctx)
	}
	s.rounds.soon()
}

func (s *Server) renew(ctx context.Context, next *config.Config) error {
	if _, err := EnsureKeys(next); err != nil {
		return err
	}
	old := s.live()
	cfg, held := old.Config.Renewed(next)
	if err := s.tryDoors(ctx, old.Config, cfg); err != nil {
		return err
	}
	set, err := newAlertSet(cfg)
	if err != nil {
		return err
	}
	before := s.alerts.set.Swap(set)
	view, err := s.viewOf(ctx, old, cfg)
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
	s.seals.Take(view.keys.sealer)
	s.view.Store(view)
	s.noteKeys(ctx, old.Config, cfg)
	setLevel(s.Log, min(old.Config.LogLevel, cfg.LogLevel))
	if changed := cfg.Changed(old.Config); len(changed) > 0 || s.reload.aloud || s.reload.refused.Load() != nil {
		s.Log.Info("the configuration was read anew", "changed", strings.Join(changed, " "))
	}
	if len(held) > 0 {
		s.Log.Warn("settings were changed that hold from the next start on; until then the old ones do", "settings", strings.Join(held, " "))
	}
	setLevel(s.Log, cfg.LogLevel)
	return nil
}

// viewOf is this server with another configuration. Requests under way go on
// with the one that they began with.
func (s *Server) viewOf(ctx context.Context, old *Server, cfg *config.Config) (*Server, error) {
	core := *old.Core
	core.Config = cfg
	var err error
	if core.keys, err = core.keyring(ctx, cfg, true); err != nil {
		return nil, err
	}
	if err := core.buildPasskeys(); err != nil {
		return nil, err
	}
	if err := core.buildLogin(); err != nil {
		return nil, err
	}
	view := &Server{
		Core: &core, monitor: s.monitor, tally: s.tally, traces: s.traces, seen: s.seen, node: s.node, rounds: s.rounds, alerts: s.alerts, behind: s.behind, stopping: s.stopping,
	}
	view.serve, err = view.handler()
	return view, err
}

// renewMail has letters written under the name and sent through the mail server that
// are set now.
func (s *Server) renewMail(cfg *config.Config) error {
	if s.Mail == nil {
		return nil
	}
	if !cfg.SMTPURL.Empty() {
		sender, err := newSMTP(cfg)
		if err != nil {
			return err
		}
		s.Mail.carrier.now.Store(&sender)
	}
	s.Mail.Composer.Wear(cfg.Look())
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
