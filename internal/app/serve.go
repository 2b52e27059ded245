package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/watch"
	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

// Limits of a connection. A client that sends its header by drops is closed
// before it can hold anything for long; httpkit does the same for a body, and
// conn for one that does not read.
const (
	headerTimeout = 5 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	drainTimeout  = 20 * time.Second
)

func now() time.Time { return time.Now() }

// Server is the running program.
type Server struct {
	*Core
	monitor   *monitor.Monitor
	telemetry *telemetry
	csrf      *csrf.Tokens
	tally     *tally
	traces    *trace.Recorder
	hashed    hashed
	seen      *watch.Watch
	node      *node
	rounds    *rounds
	alerts    *alerts
	behind    *behind
	// applications are behind this server; nil where there are none.
	applications *gateway.Proxy
	http         *http.Server
	listen       net.Listener
	// supervisor is told when the server is ready, reloads, stops and is alive.
	supervisor supervisor
	cert       *certificate
	// serve answers requests. After a reload the server that does so is another
	// view of this one, see reload.go.
	serve  http.Handler
	view   atomic.Pointer[Server]
	reload reloading
	// stopping is closed when the server shuts down: answers without an end of
	// their own, such as the live tail of the audit, would hold it up.
	stopping chan struct{}
}

// NewServer opens everything and listens; it serves nothing yet.
func NewServer(ctx context.Context, cfg *config.Config, log *slog.Logger) (*Server, error) {
	s := &Server{tally: &tally{}, stopping: make(chan struct{})}
	s.seen = newWatch(cfg, func() *config.Config { return s.live().Config })
	s.supervisor = newSupervisor(os.Getenv, os.Getpid())
	s.reload.listen()
	s.view.Store(s)
	s.node = newNode(s)
	s.rounds = newRounds(s, s.node.row.ID)
	s.behind = s.newBehind(ctx)
	var err error
	if s.telemetry, log, err = newTelemetry(cfg, log, s.node.row.ID); err != nil {
		return nil, err
	}
	if s.monitor, err = s.newMonitor(cfg, log); err != nil {
		return nil, err
	}
	if s.Core, err = Open(ctx, cfg, log, Hooks{
		Heard: s.heard, Tally: s.tally.add, Linked: s.rounds.soon,
		Hashed: func(algorithm string, d time.Duration) {
			s.monitor.Hashed(algorithm, d)
			s.hashed.note(now())
		},
		Asked: func(ctx context.Context, a store.Asked) {
			s.monitor.Asked(a.Err)
			s.telemetry.asked(ctx, a)
		},
		Followed: s.telemetry.followed, Mailed: s.telemetry.mailed, Revoked: s.behind.lasting.Revoked,
		HashWaited: func(d time.Duration) {
			busy.hashing()
			s.monitor.HashWaited(d)
		},
	}); err != nil {
		return nil, err
	}
	s.tally.c = s.Core
	s.Store.OnRefused(func() {
		select {
		case s.reload.hurry <- struct{}{}:
		default:
		}
	})
	s.Core.node = s.node.row.ID
	if s.alerts, err = newAlerts(s); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	s.leaveMarks(ctx)
	s.reload.files.took(cfg.Files())
	return s, nil
}

// leaveMarks puts down with which keys this server started. Nobody who signs in
// has to wait for it to succeed.
func (s *Server) leaveMarks(ctx context.Context) {
	foreign, err := inside.LeaveMarks(ctx, s.Store, s.live().Config, now())
	if err != nil {
		s.Log.Warn("the marks by which the doctor knows this installation could not be kept", "error", cause(err))
	}
	if foreign {
		s.Log.Error("DATA_ENCRYPTION_KEY is not the key of this database: second factors cannot be checked; see: aiwfe-auth explain data_key_wrong")
	}
}

func (s *Server) prepare(ctx context.Context) error {
	var err error
	if s.serve, err = s.handler(); err != nil {
		return err
	}
	s.http = &http.Server{
		Handler:           s.partingFrom(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.live().serve.ServeHTTP(w, r) })),
		ConnContext:       httpkit.Connected,
		ReadHeaderTimeout: headerTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.http.RegisterOnShutdown(sync.OnceFunc(func() { close(s.stopping) }))
	if s.listen, err = s.open(ctx); err != nil {
		return err
	}
	if s.Config.TLSCertFile == "" {
		return nil
	}
	if s.cert, err = newCertificate(s.Config.TLSCertFile, s.Config.TLSKeyFile, s.Log); err != nil {
		return err
	}
	s.listen = tls.NewListener(s.listen, &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: s.cert.get, NextProtos: []string{"http/1.1"},
	})
	return nil
}

// Run serves until ctx ends, then stops with manners: readiness turns red and
// stays so for the configured delay, so that balancers look elsewhere; what is
// in flight is answered; then the rest is closed.
func (s *Server) Run(ctx context.Context, out io.Writer) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	workers := s.work(background, s.tally)
	workers.Go(func() { s.hashed.run(background, s.Passwords.Rest) })
	workers.Go(func() { s.markValkey(background) })
	workers.Go(func() { s.node.run(background, s.rounds.soon) })
	workers.Go(func() { s.rounds.run(background) })
	workers.Go(func() { s.alerts.run(background) })
	workers.Go(func() { s.behind.lasting.Run(background) })
	workers.Go(func() { s.traces.Run(background) })
	workers.Go(func() { s.monitor.Run(background) })
	workers.Go(func() { s.telemetry.run(background) })
	workers.Go(func() { tendCollector(background) })
	workers.Go(func() { s.reloads(background) })
	workers.Go(func() { s.alone(background, s.backups()) })
	workers.Go(func() { s.tendKeys(background) })
	workers.Go(func() { s.alone(background, job{"keys", keyBeat, s.mindKeys}) })
	workers.Go(func() { s.keeper().run(background) })
	workers.Go(func() { s.watchdog(background) })
	defer func() {
		stop()
		s.behind.stop()
		workers.Wait()
		s.Close()
		s.Log.Info("stopped")
	}()
	if err := s.greet(ctx, out); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listen) }()
	s.say("READY=1")
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped: %w", err)
	case <-ctx.Done():
	}
	s.say("STOPPING=1")
	s.monitor.Drain()
	s.linger()
	last, cancel := context.WithTimeout(background, drainTimeout)
	defer cancel()
	if err := s.http.Shutdown(last); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("some requests were cut off: %w", err), s.http.Close())
	}
	return nil
}

// partingFrom tells clients, while the server stops, that their connection ends
// with this answer, so that the next request goes elsewhere. Connections that
// lie idle stay open until the delay is over: the library's own switch would
// close them at once, under a request that a balancer is just sending.
func (s *Server) partingFrom(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.monitor.Draining() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// linger waits for the balancers to look elsewhere. Whoever asks a second time
// does not want to wait for them.
func (s *Server) linger() {
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	delay := s.live().Config.ShutdownDelay
	s.Log.Info("stopping", "delay", delay.String())
	select {
	case <-time.After(delay):
	case <-again:
		s.Log.Info("stopping at once, as asked a second time")
	}
}

// heard counts an audit row, and puts the used set-up link away.
func (s *Server) heard(r audit.Row) {
	s.monitor.Heard(r)
	s.seen.Heard(r)
	if r.Event == audit.EventSetupCompleted {
		if err := os.Remove(setupFile(s.Config)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.Log.Warn("the file with the used set-up link could not be removed", "error", err)
		}
	}
}

// greet tells the person at the console where to go. The set-up link is
// printed in development only; elsewhere logs are read by too many.
func (s *Server) greet(ctx context.Context, out io.Writer) error {
	link, err := s.SetupLink(ctx)
	if err != nil {
		return err
	}
	for _, w := range s.Config.Warnings() {
		s.Log.Warn(w)
	}
	s.Log.Info("listening", "address", s.listen.Addr().String(), "public_url", Issuer(s.Config),
		"environment", string(s.Config.Environment), "database", s.Store.Engine(), "pooler", s.Store.Pooled())
	if !s.Config.Environment.Relaxed() {
		if link != "" {
			s.Log.Info("no administrator yet; the link that makes one is printed by: aiwfe-auth setup-link")
		}
		return nil
	}
	fmt.Fprintf(out, "aiwfe-auth is running at %s\n", Issuer(s.Config))
	if link != "" {
		fmt.Fprintf(out, "\nOpen this link to make the first administrator (works once, 24 hours):\n%s\n\n", link)
	}
	return nil
}
