package httpkit

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// ourCookies are the names of our cookies without a prefix.
var ourCookies = [...]string{"aiwfe_session", "aiwfe_csrf", "aiwfe_device", "aiwfe_challenge", "aiwfe_lang"}

// strays are the cookies of ours that came, by what is wrong with them: twice,
// with a value that we never write, or under a name that we give to none now.
type strays struct{ came, doubled, unreadable, old []string }

// inTheWay are names of which no cookie can count while it is so.
func (s *strays) inTheWay() []string { return slices.Concat(s.doubled, s.unreadable) }

// baseOf is the name of a cookie of ours without its prefix; "" for others.
func baseOf(name string) string {
	base := strings.TrimPrefix(strings.TrimPrefix(name, "__Host-"), "__Secure-")
	if slices.Contains(ourCookies[:], base) {
		return base
	}
	return ""
}

// survey looks at the header itself: the library drops a cookie that it cannot
// read, and that one is in the way all the same.
func (q *Request) survey() (s strays) {
	counts := map[string]int{}
	for _, line := range q.r.Header["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			name, _, _ := strings.Cut(part, "=")
			if name = strings.Trim(name, " \t"); baseOf(name) != "" {
				counts[name]++
			}
		}
	}
	for name, n := range counts {
		value, broken := q.cookie(name)
		switch {
		case !q.kit.names.has(name):
			s.old = append(s.old, name)
		case n > 1:
			s.doubled = append(s.doubled, name)
		case broken, value == "", name == q.kit.names.csrf && len(value) != browserIDLength:
			s.unreadable = append(s.unreadable, name)
		default:
			s.came = append(s.came, name)
		}
	}
	for _, list := range [][]string{s.came, s.doubled, s.unreadable, s.old} {
		slices.Sort(list)
	}
	return s
}

func (n *cookieNames) has(name string) bool {
	switch name {
	case n.session, n.csrf, n.device, n.challenge, n.lang:
		return true
	}
	return false
}

// mostHealing bounds what healing adds to the headers of an answer: proxies
// have room for 4 KiB of them.
const mostHealing = 2000

// Heal has the browser drop cookies of ours that keep a sign-in from working:
// those of one name that came twice, those that cannot be read, and what older
// settings left behind. It only ever takes away, so that nobody gains by
// planting one: whoever is signed out by it signs in once more.
//
// Cookies set later in the same answer stay, for browsers go through the
// headers in their order. It says whether a cookie was in the way.
func (q *Request) Heal() bool {
	if q.healed || len(q.r.Header["Cookie"]) == 0 {
		return false
	}
	q.healed = true
	s := q.survey()
	room := mostHealing
	for _, name := range s.inTheWay() {
		room = q.expire(name, q.reach(), q.depths(), room)
	}
	for _, name := range s.old {
		// A neighbour may use that name for the domain above both; what is for
		// this host alone is ours. A session that we know is ours everywhere.
		domains := q.reach()
		if !q.knownSession(name) {
			domains = domains[:min(2, len(domains))]
		}
		room = q.expire(name, domains, []string{"/"}, room)
	}
	return len(s.doubled)+len(s.unreadable) > 0
}

// knownSession says whether an old session cookie is of this very service.
func (q *Request) knownSession(name string) bool {
	if baseOf(name) != ourCookies[0] {
		return false
	}
	value, broken := q.cookie(name)
	if broken || value == "" {
		return false
	}
	_, err := q.kit.o.Login.ByCookie(q.Context(), value)
	return err == nil || fault.Is(err, api.CodeSessionEnded) && fault.From(err).Reason != "session_unknown"
}

// expire ends a cookie in every domain and path in which it may stand, as far
// as there is room, and says how much is left.
func (q *Request) expire(name string, domains, paths []string, room int) int {
	if strings.HasPrefix(name, "__") && !q.kit.names.secure { // which no browser takes without TLS
		return room
	}
	if strings.HasPrefix(name, "__Host-") { // which stands in one place only
		domains, paths = domains[:1], []string{"/"}
	}
	for _, p := range paths {
		for _, domain := range domains {
			c := http.Cookie{
				Name: name, Path: p, Domain: domain, MaxAge: -1, HttpOnly: true,
				Secure: q.kit.names.secure, SameSite: http.SameSiteLaxMode,
			}
			line := c.String()
			if room -= len(line); room < 0 || line == "" {
				return room
			}
			q.Header().Add("Set-Cookie", line)
		}
	}
	return room
}
