package watch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// codes of authenticator apps that were right at another time. One person's is
// that person's phone; the same shift with several is the clock of this server.
type codes struct {
	off  map[uint64]shift // by account
	good sightings
}

type shift struct {
	at time.Time
	by time.Duration
}

// alike is how far two shifts may be apart: codes change each half minute.
const alike = time.Minute

func (c *codes) heard(w *Watch, r audit.Row) {
	if r.Outcome == audit.Success {
		c.right(w, r)
		return
	}
	_, text, ok := strings.Cut(r.Detail, "clock off by ")
	by, err := time.ParseDuration(text)
	if r.Reason != "totp_clock_off" || !ok || err != nil || r.User == "" {
		return
	}
	if c.off == nil {
		c.off = map[uint64]shift{}
	}
	if len(c.off) >= room {
		maps.DeleteFunc(c.off, func(_ uint64, s shift) bool { return r.At.Sub(s.at) > window })
		if len(c.off) >= room {
			return
		}
	}
	c.off[w.text(string(r.User))] = shift{r.At, by}
}

// right counts sign-ins with a code.
func (c *codes) right(w *Watch, r audit.Row) {
	if r.Outcome == audit.Success && strings.Contains(r.Detail, "totp") {
		c.good.add(r.At, w.text(string(r.User)), "")
	}
}

func (c *codes) finding(_ *Watch, now time.Time) (api.Finding, bool) {
	var shifts []time.Duration
	for _, s := range c.off {
		if now.Sub(s.at) <= window {
			shifts = append(shifts, s.by)
		}
	}
	slices.Sort(shifts)
	if len(shifts) < enough {
		return api.Finding{}, false
	}
	// The shift that most of them share is around the middle one.
	middle := shifts[len(shifts)/2]
	share := 0
	for _, s := range shifts {
		if (s - middle).Abs() <= alike {
			share++
		}
	}
	well, _ := c.good.within(now)
	if share < enough || 4*well > share {
		return api.Finding{}, false
	}
	way := "behind"
	if middle < 0 {
		way = "ahead of"
	}
	return api.Finding{
		Code: "clock_skew",
		Cause: fmt.Sprintf("The clock of this server is about %s %s the right time: "+
			"the codes of people's authenticator apps are right for another time.", middle.Abs(), way),
		Evidence: fmt.Sprintf("in the last %s, the codes of %s were right %s from the time of this server, and %s were right for it",
			spell(window), many(share, "account"), middle, many(well, "sign-in")),
		Expected: "codes within half a minute of the time of this server",
		Remedy:   "Set the clock of the server by NTP: timedatectl set-ntp true",
	}, true
}
