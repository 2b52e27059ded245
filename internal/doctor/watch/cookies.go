package watch

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// cookies waits for those that were set at a sign-in. Only who knew a password
// is waited for: programs and scanners drop cookies by the thousand.
type cookies struct {
	waiting map[uint64]wait
	// expected counts those who wait by a part of their hash, to be read without
	// a lock: where it is zero, nobody waits.
	expected      [1024]atomic.Int32
	session, csrf returned
}

// returned are clients that came back without a cookie that they had just been
// given, and those that came with it. The two cookies differ in their Domain,
// so that one may be lost where the other is not.
type returned struct{ lost, kept sightings }

func (r *returned) good(at time.Time, who uint64) {
	r.kept.add(at, who, "")
	r.lost.drop(who)
}

type wait struct {
	since time.Time
	// missed is set when a page was asked for without the cookie.
	missed bool
}

const (
	// returnWithin is how long a client is waited for.
	returnWithin = 2 * time.Minute
	waitRoom     = 512
)

func (c *cookies) done(w *Watch, r *Request, who uint64) {
	switch {
	case r.Reason == "csrf_cookie_missing":
		// It sends the token of a page or an answer of ours, and not the cookie
		// that came with it.
		c.csrf.lost.add(r.At, who, "the CSRF cookie, "+browser(r.Agent))
		return
	case r.Unsafe && r.Code == "" && r.Sent&CSRF != 0:
		c.csrf.good(r.At, who)
	}
	if r.Sent&Session != 0 {
		if _, ok := c.waiting[who]; ok {
			c.drop(who)
			c.session.good(r.At, who)
		}
		return
	}
	if one, ok := c.waiting[who]; ok && !r.Bearer && (r.Page || r.Browser) && r.Set&Session == 0 {
		if r.At.Sub(one.since) > returnWithin {
			c.drop(who)
		} else if !one.missed {
			one.missed = true
			c.waiting[who] = one
			c.session.lost.add(r.At, who, "the session cookie, "+browser(r.Agent))
		}
	}
	if r.Set&Session != 0 && r.Unsafe && r.Code == "" && (r.Page || r.Browser) {
		c.wait(r.At, who)
	}
}

func (c *cookies) wait(at time.Time, who uint64) {
	if c.waiting == nil {
		c.waiting = map[uint64]wait{}
	}
	if len(c.waiting) >= waitRoom {
		for k, one := range c.waiting {
			if at.Sub(one.since) > returnWithin {
				c.drop(k)
			}
		}
		if len(c.waiting) >= waitRoom {
			return
		}
	}
	if _, waits := c.waiting[who]; !waits {
		c.slot(who).Add(1)
	}
	c.waiting[who] = wait{since: at}
}

// drop waits no longer for one who is waited for.
func (c *cookies) drop(who uint64) {
	delete(c.waiting, who)
	c.slot(who).Add(-1)
}

func (c *cookies) slot(who uint64) *atomic.Int32 { return &c.expected[who%uint64(len(c.expected))] }

// expects says whether who may be waited for; it needs no lock.
func (c *cookies) expects(who uint64) bool { return c.slot(who).Load() != 0 }

func (c *cookies) finding(_ *Watch, now time.Time) (api.Finding, bool) {
	one := &c.session
	if !everybody(&one.lost, &one.kept, now) {
		one = &c.csrf
	}
	if !everybody(&one.lost, &one.kept, now) {
		return api.Finding{}, false
	}
	clients, count := one.lost.within(now)
	well, _ := one.kept.within(now)
	return api.Finding{
		Code: "cookie_not_returned",
		Evidence: fmt.Sprintf("in the last %s, %s were given a cookie and came back without it %s; %s came back with it\n%s",
			spell(window), many(clients, "client"), many(count, "time"), many(well, "client"), strings.Join(one.lost.notes(now), "\n")),
		Expected: "the next request of a browser carries the cookies that it was given",
		Remedy: "Open PUBLIC_URL itself in the browser (scheme, host and port must be the same), " +
			"and have the proxy pass Cookie and Set-Cookie on unchanged. The doctor asks the public address as a browser would: aiwfe-auth doctor",
	}, true
}

func spell(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d/time.Minute)) }
