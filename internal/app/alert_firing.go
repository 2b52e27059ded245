package app

import (
	"context"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// readFiring keeps what the metrics show.
func (a *alerts) readFiring(ctx context.Context) {
	book, err := a.s.Store.AlertBook(ctx, time.Now())
	if err != nil {
		return // what is shown gets too old, and is left out
	}
	count := map[[2]string]int{}
	for _, one := range book.Alerts {
		if one.State == alert.Firing {
			count[[2]string{one.Rule, string(one.Severity)}]++
		}
	}
	var list []api.AlertFiring
	for _, r := range a.set.Load().rules {
		for _, severity := range r.Severities {
			list = append(list, api.AlertFiring{Rule: r.Name, Severity: string(severity), Count: count[[2]string{r.Name, string(severity)}]})
		}
	}
	a.mu.Lock()
	a.firing, a.read = list, time.Now()
	a.mu.Unlock()
}

// Firing counts what fires, each rule and severity that there can be; nil while
// it is not known.
func (a *alerts) Firing() []api.AlertFiring {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(a.read) > 3*alertsEvery {
		return nil
	}
	return a.firing
}

// count says how many fire.
func (a *alerts) count() (n int) {
	for _, f := range a.Firing() {
		n += f.Count
	}
	return n
}

// Alerts are what administrators and the command line ask.
func (c *Core) Alerts() (*alert.Service, error) {
	set, err := newAlertSet(c.Config)
	if err != nil {
		return nil, err
	}
	return alert.NewService(alert.ServiceOptions{
		Store: c.Store, Rules: set.rules, Receivers: set.everybody(c.Mail), PublicURL: Issuer(c.Config), Now: time.Now,
		Test: func(ctx context.Context, to string) []api.AlertTested {
			results, err := TryAlerts(ctx, c.Config, c.Mail, to)
			if err != nil { // whoever asks looks at what is told of receivers, and there is none
				return []api.AlertTested{{Receiver: to, Step: "settings", Detail: strings.ReplaceAll(err.Error(), "\n ", "")}}
			}
			return results
		},
	})
}
