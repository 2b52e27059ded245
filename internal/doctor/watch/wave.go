package watch

import (
	"fmt"
	"maps"
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
	failed int
	// right are accounts that somebody signed in to: one person may do so often.
	clients, accounts, right map[uint64]bool
}

const (
	halfMinute = 30 * time.Second
	// A wave is so many failures within a minute, by so many clients and at so many
	// accounts. People mistype too, and then most of them are right the next time.
	waveFailures = 40
	waveClients  = 20
	waveAccounts = 20
	waveRoom     = 2048
)

func (v *wave) heard(w *Watch, r audit.Row) {
	v.turn(r.At)
	h := &v.halves[0]
	if h.clients == nil {
		h.clients, h.accounts, h.right = map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}
	}
	if r.Outcome == audit.Success {
		if len(h.right) < waveRoom {
			h.right[w.text(r.Address)] = true
		}
		return
	}
	h.failed++
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
	failed, clients, accounts, right := 0, map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}
	for _, h := range v.halves {
		failed += h.failed
		maps.Copy(clients, h.clients)
		maps.Copy(accounts, h.accounts)
		maps.Copy(right, h.right)
	}
	if failed < waveFailures || len(clients) < waveClients || len(accounts) < waveAccounts || 4*len(right) > len(accounts) {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "guessing_wave",
		Evidence: fmt.Sprintf("in the last minute, %s from %s were wrong, at %s; somebody signed in to %d",
			many(failed, "password"), many(len(clients), "client"), many(len(accounts), "account"), len(right)),
		Expected: "few wrong passwords beside many right ones",
		Setting:  "MFA_REQUIRED_ROLES",
	}, true
}
