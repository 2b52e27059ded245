package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

const (
	// alertsEvery is how often a node tells what it sees, and the one with the
	// lease judges.
	alertsEvery = 10 * time.Second
	// alertsFresh is how old what a node told may be.
	alertsFresh = 45 * time.Second
	// alertsTogether is how long what began waits for what goes with it.
	alertsTogether = time.Minute
)

// alerts tells what this node sees, judges for all nodes while it has the lease,
// and sends what waits to be sent.
type alerts struct {
	s   *Server
	set atomic.Pointer[alertSet]
	// watched is what others can tell beside the figures; see alert_sources.go.
	watched alertSources
	shown   shownCertificate
	// wake is told that a notice waits, of each receiver.
	wake map[string]chan struct{}

	mu     sync.Mutex
	firing []api.AlertFiring
	read   time.Time
}

// alertSet is what is made from the configuration.
type alertSet struct {
	cfg   *config.Config
	rules []alert.Rule
	list  []receiver
}

func newAlertSet(cfg *config.Config) (*alertSet, error) {
	list, err := receivers(cfg)
	if err != nil {
		return nil, err
	}
	return &alertSet{cfg, alert.Rules(alertLimits(cfg)), list}, nil
}

func alertLimits(cfg *config.Config) alert.Limits {
	return alert.Limits{FailureRate: cfg.AlertFailureRate, ResponseTime: cfg.AlertResponseTime}
}

// names are the receivers with a queue of their own.
func (a *alertSet) names() (names []string) {
	for _, r := range a.list {
		names = append(names, r.name)
	}
	return names
}

// everybody are those names, and mail.
func (a *alertSet) everybody(m *Mail) []string {
	var names []string
	if len(a.cfg.AlertMail) > 0 && m != nil {
		names = append(names, alert.ByMail)
	}
	return append(names, a.names()...)
}

func newAlerts(s *Server) (*alerts, error) {
	a := &alerts{s: s, wake: map[string]chan struct{}{}}
	for _, name := range []string{alert.ByWebhook, alert.BySlack, alert.BySyslog} {
		a.wake[name] = make(chan struct{}, 1)
	}
	a.watched.shipped, a.watched.chain = a.auditShipped, a.auditChain
	set, err := newAlertSet(s.Config)
	a.set.Store(set)
	a.watchOthers()
	return a, err
}

// run goes on until ctx ends.
func (a *alerts) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { a.tell(ctx) })
	all.Go(func() { a.s.alone(ctx, job{"alerts", alertsEvery, a.judge}) })
	for name, wake := range a.wake {
		all.Go(func() { a.send(ctx, name, wake) })
	}
	all.Wait()
}

// tell writes what this node sees, and reads what fires, until ctx ends.
func (a *alerts) tell(ctx context.Context) {
	every := time.NewTicker(alertsEvery)
	defer every.Stop()
	for {
		if err := a.s.Store.KeepReading(ctx, a.local(ctx, time.Now())); err != nil && ctx.Err() == nil {
			a.s.Log.Debug("what this node sees could not be written for alerts", "error", err)
		}
		a.readFiring(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if err := a.s.Store.DropReading(last, a.s.node.row.ID); err != nil {
				a.s.Log.Debug("what this node saw could not be taken away", "error", err)
			}
			return
		}
	}
}

// judge takes the alerts one step further, for all nodes.
func (a *alerts) judge(ctx context.Context, held store.Held) error {
	set := a.set.Load()
	snap, err := a.snapshot(ctx, held.At)
	if err != nil {
		return err
	}
	book, err := a.s.Store.AlertBook(ctx, held.At)
	if err != nil {
		return err
	}
	j := alert.Judge{
		Rules: set.rules, Group: alertsTogether, Repeat: set.cfg.AlertRepeat, Anybody: len(set.everybody(a.s.Mail)) > 0,
		ID: func() string { return secret.RandomText(10) },
	}
	c := j.Step(held.At, &snap, book)
	if c.Empty() {
		return nil
	}
	letters, out, err := a.written(set, c.Notice)
	if err != nil {
		return err
	}
	if err := a.s.Store.KeepAlerts(ctx, held, c, letters, out); err != nil {
		return err
	}
	a.log(book, c)
	a.readFiring(ctx)
	for _, o := range out {
		select {
		case a.wake[o.Receiver] <- struct{}{}:
		default:
		}
	}
	return nil
}

// written puts a notice into letters, and into rows for the other receivers.
func (a *alerts) written(set *alertSet, n *alert.Notice) (letters []mail.Letter, out []alert.Outgoing, err error) {
	if n == nil {
		return nil, nil, nil
	}
	m := n.Message(origin(set.cfg), set.rules)
	if a.s.Mail != nil {
		for _, to := range set.cfg.AlertMail {
			l, err := a.s.Mail.Composer.Compose(alertMessage(&m, to))
			if err != nil {
				return nil, nil, err
			}
			letters = append(letters, l)
		}
	}
	out, err = alert.To(m, set.names())
	return letters, out, err
}

// log tells what turned.
func (a *alerts) log(book alert.Book, c alert.Change) {
	before := map[alert.Key]alert.State{}
	for _, one := range book.Alerts {
		before[one.Key] = one.State
	}
	for _, one := range c.Put {
		switch {
		case one.State == before[one.Key]:
		case one.State == alert.Firing:
			a.s.Log.Warn("an alert fires", "rule", one.Rule, "label", one.Label, "severity", string(one.Severity), "seen", one.Says, "cause", string(one.Cause))
		case one.State == alert.Resolved && before[one.Key] == alert.Firing:
			a.s.Log.Info("an alert is resolved", "rule", one.Rule, "label", one.Label)
		}
	}
}
