package watch

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// room bounds each table of sightings.
const room = 256

// sighting is what one client was seen to do.
type sighting struct {
	last  time.Time
	count int
	note  string
}

// sightings are by client. A client that floods fills one place in it.
type sightings struct {
	of map[uint64]sighting
	// most bounds the clients; zero is room.
	most int
}

func (s *sightings) add(at time.Time, who uint64, note string) {
	if s.of == nil {
		s.of = map[uint64]sighting{}
	}
	one, known := s.of[who]
	if !known && len(s.of) >= cmp.Or(s.most, room) {
		s.forget(at)
	}
	if !known || at.Sub(one.last) > window {
		one = sighting{}
	}
	one.last, one.note = at, note
	one.count++
	s.of[who] = one
}

// forget makes room: what is over first, else whatever was seen longest ago.
func (s *sightings) forget(now time.Time) {
	maps.DeleteFunc(s.of, func(_ uint64, one sighting) bool { return now.Sub(one.last) > window })
	if len(s.of) < cmp.Or(s.most, room) {
		return
	}
	var oldest uint64
	var at time.Time
	for who, one := range s.of {
		if at.IsZero() || one.last.Before(at) {
			oldest, at = who, one.last
		}
	}
	delete(s.of, oldest)
}

func (s *sightings) drop(who uint64) { delete(s.of, who) }

// within sums up the window that ends now.
func (s *sightings) within(now time.Time) (clients, count int) {
	for _, one := range s.of {
		if now.Sub(one.last) <= window {
			clients++
			count += one.count
		}
	}
	return clients, count
}

// notes are the most frequent notes, each with the number of its clients.
func (s *sightings) notes(now time.Time) []string {
	by := map[string]int{}
	for _, one := range s.of {
		if now.Sub(one.last) <= window {
			by[one.note]++
		}
	}
	list := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(by[b]-by[a], strings.Compare(a, b))
	})
	const most = 5
	out := make([]string, 0, most)
	for _, note := range list[:min(most, len(list))] {
		out = append(out, fmt.Sprintf("%s: %s", many(by[note], "client"), note))
	}
	return out
}

// everybody says that what is bad befalls several clients and that it goes well
// for nearly none.
func everybody(bad, good *sightings, now time.Time) bool {
	ill, _ := bad.within(now)
	well, _ := good.within(now)
	return ill >= enough && 4*well <= ill
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// quoted is a stranger's text for the operator's eyes: short, and without
// anything that a console or a log could take for more than text.
func quoted(s string) string {
	const most = 80
	s = strconv.QuoteToASCII(s)
	if len(s) > most {
		s = s[:most] + `..."`
	}
	return s
}
