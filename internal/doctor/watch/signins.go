package watch

import (
	"fmt"
	"maps"
	"net/netip"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// signIns are the last sign-in of each account, and the way it came. An account
// is nothing that strangers have many of.
type signIns struct {
	// open are sign-ins by request, until their answer tells the way.
	open map[string]uint64
	last map[uint64]signIn
}

type signIn struct {
	at        time.Time
	peer      netip.Addr
	trusted   bool
	forwarded bool
	told      bool // the client behind the proxy is known
	hint      uint64
}

const (
	// signInWindow is long: few people sign in within minutes of each other.
	signInWindow = 24 * time.Hour
	openRoom     = 256
)

func (s *signIns) heard(w *Watch, r audit.Row) {
	if r.Outcome != audit.Success || r.User == "" || r.Client.RequestID == "" {
		return
	}
	if s.open == nil || len(s.open) >= openRoom {
		s.open = map[string]uint64{}
	}
	s.open[r.Client.RequestID] = w.text(string(r.User))
}

func (s *signIns) done(w *Watch, r *Request) {
	account, ok := s.open[r.ID]
	if !ok {
		return
	}
	delete(s.open, r.ID)
	if s.last == nil {
		s.last = map[uint64]signIn{}
	}
	if _, known := s.last[account]; !known && len(s.last) >= room {
		s.forget(r.At)
	}
	s.last[account] = signIn{
		at: r.At, peer: r.Peer, trusted: r.Trusted, forwarded: r.Forwarded != "", told: r.IP != r.Peer.String(),
		hint: w.text(r.Agent, r.Forwarded),
	}
}

func (s *signIns) forget(now time.Time) {
	maps.DeleteFunc(s.last, func(_ uint64, one signIn) bool { return now.Sub(one.at) > signInWindow })
	for account := range s.last {
		if len(s.last) < room {
			return
		}
		delete(s.last, account)
	}
}

// way is how many accounts signed in from one address that is not a client's.
type way struct {
	accounts, forwarded int
	trusted             bool
	hints               map[uint64]bool
}

// nearly is the share of all sign-ins that must have come the same way.
const nearly = 0.9

func (s *signIns) finding(w *Watch, now time.Time) (api.Finding, bool) {
	ways, all := map[netip.Addr]*way{}, 0
	for _, one := range s.last {
		if now.Sub(one.at) > signInWindow {
			continue
		}
		all++
		if one.told || !inside(one.peer) {
			continue
		}
		at := ways[one.peer]
		if at == nil {
			at = &way{hints: map[uint64]bool{}}
			ways[one.peer] = at
		}
		at.accounts++
		at.trusted = one.trusted
		at.hints[one.hint] = true
		if one.forwarded {
			at.forwarded++
		}
	}
	for peer, at := range ways {
		if at.accounts < enough || float64(at.accounts) < nearly*float64(all) {
			continue
		}
		switch {
		case at.trusted && len(at.hints) >= enough:
			return hidden(peer, at, all), true
		case !at.trusted && (2*at.forwarded >= at.accounts || w.o.BehindProxy && len(at.hints) >= enough):
			return untrusted(peer, at, all), true
		}
	}
	return api.Finding{}, false
}

func untrusted(peer netip.Addr, at *way, all int) api.Finding {
	f := api.Finding{
		Code: "proxy_not_trusted",
		Evidence: fmt.Sprintf("%d of the last %d accounts that signed in came from the one address %s, "+
			"which is the other end of the connection\n"+
			"%d of them carried X-Forwarded-For or a header like it, which is ignored from an address that is not in TRUSTED_PROXIES",
			at.accounts, all, peer, at.forwarded),
		Expected: "the address of each person, from X-Forwarded-For of a trusted proxy",
		Remedy:   "If " + peer.String() + " is your proxy, trust it and restart: TRUSTED_PROXIES=" + peer.String(),
	}
	return f
}

func hidden(peer netip.Addr, at *way, all int) api.Finding {
	said := "it sent no X-Forwarded-For"
	if at.forwarded > 0 {
		said = "what it sent in X-Forwarded-For is its own address, or that of another trusted proxy"
	}
	return api.Finding{
		Code: "forwarded_headers_missing",
		Evidence: fmt.Sprintf("%d of the last %d accounts that signed in came from the trusted proxy %s itself: %s",
			at.accounts, all, peer, said),
		Expected: "X-Forwarded-For with the address of each person",
		Remedy: "Have the proxy append the client's address to X-Forwarded-For. " +
			"In nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
	}
}
