package httpkit

import (
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// cookieNames are the names of our cookies with the prefix that their
// attributes earn (RFC 6265bis section 4.1.3): __Host- binds a cookie to this
// host and path, so that no sibling can plant one.
type cookieNames struct {
	session, csrf, device, challenge, lang string
	domain                                 string
	secure                                 bool
}

func namesFor(https bool, domain string) cookieNames {
	host, wide := "", ""
	if https {
		host, wide = "__Host-", "__Host-"
		if domain != "" {
			wide = "__Secure-"
		}
	}
	return cookieNames{
		session: wide + "aiwfe_session", csrf: host + "aiwfe_csrf", device: host + "aiwfe_device", challenge: host + "aiwfe_challenge", lang: host + "aiwfe_lang",
		domain: domain, secure: https,
	}
}

// deviceLife is how long a browser keeps its name; 400 days is what browsers
// allow at most.
const deviceLife = 400 * 24 * time.Hour

// browserLife is how long the browser id stays: longer than any session that
// begins under it.
const browserLife = 90 * 24 * time.Hour

// cookie reads one of our cookies. Two of one name, or a value that we never
// write, count as none: to pick one of two would let whoever planted the other
// choose (cookie tossing).
func (q *Request) cookie(name string) (value string, broken bool) {
	j := open(q.r.Header["Cookie"], name)
	switch {
	case j.count == 0:
		return "", false
	case j.count > 1, j.quoted, len(j.value) > 200, !plain(j.value):
		return "", true
	}
	return j.value, false
}

// plain accepts what base64url, base32 and a dot are made of.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return s != ""
}

func (q *Request) setCookie(name, value, domain string, life time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", Domain: domain, HttpOnly: true,
		Secure: q.kit.names.secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(life / time.Second),
	}
	if life < 0 {
		c.MaxAge = -1
	}
	q.Header().Add("Set-Cookie", c.String())
}

// SetSession gives the browser its session for as long as it may live.
// One that came and is of no session gives way first: under another domain or
// path it would stand beside the new one, and of two none counts.
func (q *Request) SetSession(value string, ends time.Time) {
	if q.Client.SessionCookie != "" && !q.healed {
		if _, err := q.ByCookie(); fault.Is(err, api.CodeNotAuthenticated) || fault.Is(err, api.CodeSessionEnded) {
			q.expire(q.kit.names.session, q.reach(), q.depths(), mostHealing)
		}
	}
	q.setCookie(q.kit.names.session, value, q.kit.names.domain, max(time.Second, ends.Sub(q.kit.o.Now())))
}

// SetDevice gives the browser its name.
func (q *Request) SetDevice(value string) {
	q.setCookie(q.kit.names.device, value, "", deviceLife)
}

// SetChallenge keeps the token of a login that waits for its second factor, for
// the pages that ask for it. It opens nothing by itself.
func (q *Request) SetChallenge(token string, life time.Duration) {
	q.setCookie(q.kit.names.challenge, token, "", life)
}

// Challenge is the token of the login that waits in this browser, "" for none.
func (q *Request) Challenge() string {
	token, _ := q.cookie(q.kit.names.challenge)
	return token
}

// ClearChallenge forgets it.
func (q *Request) ClearChallenge() {
	if q.Challenge() != "" {
		q.setCookie(q.kit.names.challenge, "", "", -1)
	}
}

// setBrowser gives the browser the id that its CSRF tokens are bound to.
func (q *Request) setBrowser(id string) {
	q.browserID = id
	q.setCookie(q.kit.names.csrf, id, "", browserLife)
}

// ClearSession signs the browser out: the session cookie goes and the browser
// id is replaced, so that tokens of pages still open no longer count. The
// device keeps its name.
func (q *Request) ClearSession() {
	q.setCookie(q.kit.names.session, "", q.kit.names.domain, -1)
	q.setCookie(q.kit.names.csrf, "", "", -1)
}
