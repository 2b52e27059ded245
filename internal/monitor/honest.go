package monitor

import (
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// judge tells attempts of people from those of guessers, as far as can be told
// from outside. An attempt that was refused is
//
//   - guessing, if the address is unknown, if a limit refused it, if its network
//     fails at many accounts and hardly signs in to any, or if it comes from a
//     browser that is not known while the doctor sees a wave of guesses;
//   - a slip, if the same person signs in within ten minutes: to the same account,
//     from the same network or a browser that is known;
//   - else an honest failure, which alone the rate of honest attempts counts.
//
// What a network tried before it stood out is counted as guessing then. All of
// this is within bounds: beyond them an attempt is an honest failure.
type judge struct {
	mu       sync.Mutex
	pending  map[person]*slipping
	networks map[string]*network
}

// person is an account, and a place from which somebody says to be its owner: a
// browser that is known, or a network.
type person struct{ account, place string }

type slipping struct {
	since time.Time
	n     int64
}

type network struct {
	since          time.Time
	failed, honest int64
	at, right      map[string]bool // accounts
}

const (
	judgedOver = 10 * time.Minute
	judgedRoom = 4096
	// A network guesses if it failed so often, at so many accounts, and signed in to
	// less than a quarter as many.
	networkFailures, networkAccounts = 10, 5
)

func newJudge() *judge {
	return &judge{pending: map[person]*slipping{}, networks: map[string]*network{}}
}

func personOf(r *audit.Row) person {
	if r.Device != "" && r.Outcome == audit.Refused {
		return person{string(r.User), r.Device}
	}
	return person{string(r.User), networkOf(r.Client.IP)}
}

// networkOf is what one client holds of an address: a /64 of IPv6.
func networkOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || !a.Is6() {
		return ip
	}
	p, _ := a.Prefix(64)
	return p.String()
}

// succeeded says how many refused attempts were slips, now that the person is in.
func (j *judge) succeeded(r *audit.Row) (slips int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	where := networkOf(r.Client.IP)
	n := j.network(where, r.At)
	if n != nil {
		n.note(&n.right, r)
	}
	for _, place := range []string{where, r.Device} {
		key := person{string(r.User), place}
		if f := j.pending[key]; f != nil && place != "" && r.At.Sub(f.since) <= judgedOver {
			slips += f.n
			if n != nil {
				n.honest = max(0, n.honest-f.n)
			}
		}
		delete(j.pending, key)
	}
	return slips
}

// refused says how many attempts turn out to be guesses with this one: none, this
// one, or with it those that its network tried before.
func (j *judge) refused(r *audit.Row, wave bool) (guesses int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	unknown := r.Reason == "unknown_address"
	n := j.network(networkOf(r.Client.IP), r.At)
	if n != nil {
		n.failed++
		n.note(&n.at, r)
	}
	switch {
	case n != nil && r.Device == "" && n.guesses():
		guesses, n.honest = n.honest+1, 0
	case unknown, wave && r.Device == "":
		guesses = 1
	default:
		if n != nil {
			n.honest++
		}
		j.wait(personOf(r), r.At)
	}
	return guesses
}

// wait notes a failure that may turn out to be a slip.
func (j *judge) wait(who person, now time.Time) {
	f := j.pending[who]
	if f != nil && now.Sub(f.since) <= judgedOver {
		f.n++
		return
	}
	if f == nil && len(j.pending) >= judgedRoom {
		maps.DeleteFunc(j.pending, func(_ person, f *slipping) bool { return now.Sub(f.since) > judgedOver })
	}
	if f != nil || len(j.pending) < judgedRoom {
		j.pending[who] = &slipping{now, 1}
	}
}

// network gives what is known of one; nil beyond the bound.
func (j *judge) network(name string, now time.Time) *network {
	n := j.networks[name]
	if n != nil && now.Sub(n.since) <= judgedOver {
		return n
	}
	if n == nil && len(j.networks) >= judgedRoom {
		maps.DeleteFunc(j.networks, func(_ string, n *network) bool { return now.Sub(n.since) > judgedOver })
		if len(j.networks) >= judgedRoom {
			return nil
		}
	}
	n = &network{since: now}
	j.networks[name] = n
	return n
}

// note adds an account; sixty-four tell enough.
func (n *network) note(to *map[string]bool, r *audit.Row) {
	if *to == nil {
		*to = map[string]bool{}
	}
	if len(*to) < 64 {
		(*to)[r.Address] = true
	}
}

func (n *network) guesses() bool {
	return n.failed >= networkFailures && len(n.at) >= networkAccounts && 4*len(n.right) < len(n.at)
}
