package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/outward"
)

const (
	// noticeLease is how long a node has for one try; a try ends long before.
	noticeLease = time.Minute
	// noticeEvery is how often notices are looked for that another node wrote, or
	// whose time to be tried again has come.
	noticeEvery = 2 * time.Second
	// noticeAge is how long a notice is tried: what is older tells nobody anything.
	noticeAge = 24 * time.Hour
	// noticeTries bounds those that may be what ends the process.
	noticeTries = 200
)

// send sends what waits for one receiver, one after the other, until ctx ends:
// a receiver that hangs holds up no other. Every node sends; each notice is
// leased by itself.
func (a *alerts) send(ctx context.Context, name string, wake <-chan struct{}) {
	every := time.NewTicker(noticeEvery)
	defer every.Stop()
	for {
		for a.sendOne(ctx, name) {
		}
		select {
		case <-wake:
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// sendOne says whether there may be more.
func (a *alerts) sendOne(ctx context.Context, name string) bool {
	way := a.way(name)
	if way == nil {
		return false // it was taken out of the settings; what waits is sent when it is back, or gets too old
	}
	now := time.Now()
	n, ok, err := a.s.Store.LeaseNotice(ctx, name, now, now.Add(noticeLease))
	if err != nil || !ok {
		return false // health tells of a database that is away
	}
	var m api.AlertNotice
	if err = json.Unmarshal(n.Body, &m); err == nil {
		err = way.Send(ctx, n.ID, m)
	}
	if ctx.Err() != nil && err != nil {
		return false // the lease ends, and whoever is there sends it
	}
	a.wrote(ctx, n, err)
	return true
}

// wrote puts down how a try ended, also while the process ends: else the notice
// leaves twice.
func (a *alerts) wrote(ctx context.Context, n alert.Stored, failed error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	now := time.Now()
	log := a.s.Log.With("receiver", n.Receiver, "id", n.ID, "try", n.Tries)
	if failed == nil {
		if err := a.s.Store.NoticeSent(ctx, n.ID, now); err != nil {
			log.Warn("an alert was sent, which could not be written down: it may be sent again", "error", err)
		}
		return
	}
	step, detail := stepOf(failed)
	next := now.Add(max(noticePause(n.Tries), outward.AsFault(failed).After))
	gaveUp := hopeless(failed) || n.Tries >= noticeTries || next.Sub(n.CreatedAt) > noticeAge
	if gaveUp {
		log.Error("an alert was given up: its receiver does not take it", "step", step, "error", detail)
	} else {
		log.Warn("an alert was not sent, it will be tried again", "next", next, "step", step, "error", detail)
	}
	if err := a.s.Store.NoticeFailed(ctx, n.ID, next, gaveUp, step+": "+detail, now); err != nil {
		log.Warn("that an alert was not sent could not be written down", "error", err)
	}
}

// noticePause doubles from five seconds up to ten minutes.
func noticePause(tries int) time.Duration {
	return min(5*time.Second<<min(tries-1, 10), 10*time.Minute)
}

func (a *alerts) way(name string) alert.Way {
	for _, r := range a.set.Load().list {
		if r.name == name {
			return r.way
		}
	}
	return nil
}
