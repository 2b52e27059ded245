package trace

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// judgeSession tells a session that nobody knows from one that ended, and what
// the limit is.
func (s *Story) judgeSession(at int, v *api.Verdict) {
	r := &s.Rows[at]
	lines := []string{fmt.Sprintf("%s %s came with cookies: %s", stamp(r.At), r.Route, came(r))}
	switch r.Reason {
	case "idle_end":
		lines = append(lines, "SESSION_IDLE is "+s.SessionIdle.String())
	case "absolute_end":
		lines = append(lines, "SESSION_MAX is "+s.SessionMax.String())
	case "session_unknown":
		if i, c := s.lastSet(at, "_session"); c != nil && !c.Cleared && !sent(r, c) {
			from := &s.Rows[i]
			set := fmt.Sprintf("%s %s set %s%s", stamp(from.At), from.Route, c.Name, attributes(c))
			lines = append([]string{set}, lines...)
			(*named)(v).name("cookie_is_an_older_one", lines...)
			return
		}
	}
	if r.Good > 0 {
		last := time.UnixMicro(r.Good).UTC().Format("2006-01-02 15:04:05")
		lines = append(lines, "the session of this browser last counted at "+last)
	}
	v.Evidence = strings.Join(lines, "\n")
}

// sent says whether the very value that was set came.
func sent(r *Row, set *SetCookie) bool {
	return slices.ContainsFunc(r.Came, func(c Cookie) bool { return c.Name == set.Name && c.Mark == set.Mark })
}

// judgeCode tells by how much a clock is off.
func (s *Story) judgeCode(at int, v *api.Verdict) {
	_, off, ok := strings.Cut(s.Rows[at].Cause, "clock off by ")
	if !ok {
		for _, a := range s.Audit {
			if _, off, ok = strings.Cut(a.Detail, "clock off by "); ok {
				break
			}
		}
	}
	d, err := time.ParseDuration(off)
	if !ok || err != nil {
		return
	}
	way := "ahead of"
	if d < 0 {
		way = "behind"
	}
	v.Evidence = fmt.Sprintf("the code is right %d steps of 30 s away: the clock of the device is about %s %s that of this server",
		d/(30*time.Second), d.Abs(), way)
}

// judgeChallenge tells a pending login that is over from a cookie that got lost.
func (s *Story) judgeChallenge(at int, v *api.Verdict) {
	if r := &s.Rows[at]; r.Reason == "challenge_malformed" || r.Reason == "challenge_of_another_browser" {
		if s.damaged(r, "_challenge", v) || s.lost(at, "_challenge", v) {
			return
		}
	}
}
