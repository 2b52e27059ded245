package watch

import (
	"maps"
	"net/netip"
	"slices"
	"time"
)

// hosts are origins of applications that a trusted proxy asked about for people
// who cannot get there as the settings are. Whoever sends a request to the proxy
// writes its Host, so that each client adds few, and the best attested stay.
type hosts struct{ of map[string]*asked }

// asked is what was seen of one origin.
type asked struct {
	first, last time.Time
	count       int
	// proxy asked last, and id is that of the answer.
	proxy   netip.Addr
	id      string
	clients map[uint64]bool
}

const (
	// hostWindow is long: an application is opened a few times a day.
	hostWindow = 24 * time.Hour
	hostRoom   = 32
	// hostsOfOne is how many origins one client may add, clientsOfHost how many
	// clients of one are told apart.
	hostsOfOne    = 3
	clientsOfHost = 8
)

func (s *hosts) done(w *Watch, r *Request, who uint64) {
	if r.Wanted == "" || !r.Trusted || w.o.Lacks == nil || w.o.Lacks(r.Wanted).none() {
		return
	}
	one := s.of[r.Wanted]
	if one != nil && r.At.Sub(one.last) > hostWindow {
		delete(s.of, r.Wanted)
		one = nil
	}
	if one == nil {
		if !s.room(r.At, who) {
			return
		}
		one = &asked{first: r.At, clients: map[uint64]bool{}}
		s.of[r.Wanted] = one
	}
	one.last, one.proxy, one.id = r.At, r.Peer, r.ID
	one.count++
	if len(one.clients) < clientsOfHost {
		one.clients[who] = true
	}
}

// room makes some for a new origin of a client, where it may add one.
func (s *hosts) room(now time.Time, who uint64) bool {
	if s.of == nil {
		s.of = map[string]*asked{}
	}
	maps.DeleteFunc(s.of, func(_ string, a *asked) bool { return now.Sub(a.last) > hostWindow })
	added, weakest := 0, ""
	for origin, a := range s.of {
		if a.clients[who] {
			added++
		}
		if w := s.of[weakest]; w == nil || len(a.clients) < len(w.clients) ||
			len(a.clients) == len(w.clients) && a.last.Before(w.last) {
			weakest = origin
		}
	}
	if added >= hostsOfOne {
		return false
	}
	if len(s.of) >= hostRoom {
		delete(s.of, weakest)
	}
	return true
}

// believed are the origins that count: of which several clients tell, or one that
// keeps coming back where the name is below a domain of our own.
func (s *hosts) believed(w *Watch, now time.Time) (list []string) {
	for origin, a := range s.of {
		lack := w.o.Lacks(origin)
		if lack.none() || now.Sub(a.last) > hostWindow {
			continue
		}
		if len(a.clients) >= enough || lack.Ours && a.count >= enough {
			list = append(list, origin)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if n := s.of[b].count - s.of[a].count; n != 0 {
			return n
		}
		return s.of[a].first.Compare(s.of[b].first)
	})
	return list
}
