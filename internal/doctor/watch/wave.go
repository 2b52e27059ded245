package watch

import (
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// wave is the passwords that were wrong in the last minute. Somebody who tries
// stolen passwords comes from many networks to many accounts, and stays below
// the limit of each; only all of them together stand out.
type wave struct {
	began  time.Time
	halves [2]half // the half minute that began then, and the one before
}

type half struct {
	failed, passed    int
	clients, accounts map[uint64]bool
}

const (
	halfMinute = 30 * time.Second
	// A wave is so many failures within a minute, by so many clients and at so many
	// accounts. People mistype too, and then most of them are right the next time.
	waveFailures = 60
	waveClients  = 20
	waveAccounts = 20
	waveRoom     = 2048
)

func (v *wave) heard(w *Watch, r audit.Row) {
	v.turn(r.At)
	h := &v.halves[0]
	if r.Outcome == audit.Success {
		h.passed++
		return
	}
	h.failed++
	if h.clients == nil {
		h.clients, h.accounts = map[uint64]bool{}, map[uint64]bool{}
	}
	if len(h.clients) < waveRoom && len(h.accounts) < waveRoom {
		h.clients[w.whoAt(r.Client.IP, "")] = true
		h.accounts[w.text(r.Address)] = true
	}
}

// turn begins a new half minute when the last is over.
func (v *wave) turn(now time.Time) {
	switch past := now.Sub(v.began); {
	case past < -halfMinute, past >= 2*halfMinute: // rows are told of a little after their time
		v.began, v.halves = now, [2]half{}
	case past >= halfMinute:
		v.began, v.halves = v.began.Add(halfMinute), [2]half{{}, v.halves[0]}
	}
}

func (v *wave) finding(_ *Watch, now time.Time) (api.Finding, bool) {
	v.turn(now)
	var all half
	clients, accounts := map[uint64]bool{}, map[uint64]bool{}
	for _, h := range v.halves {
		all.failed += h.failed
		all.passed += h.passed
		for c := range h.clients {
			clients[c] = true
		}
		for a := range h.accounts {
			accounts[a] = true
		}
	}
	if all.failed < waveFailures || len(clients) < waveClients || len(accounts) < waveAccounts || 4*all.passed > all.failed {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "guessing_wave",
		Evidence: fmt.Sprintf("in the last minute, %s from %s were wrong, at %s; %d were right",
			many(all.failed, "password"), many(len(clients), "client"), many(len(accounts), "account"), all.passed),
		Expected: "few wrong passwords beside many right ones",
		Setting:  "MFA_REQUIRED_ROLES",
	}, true
}
