package gateway

import (
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Identity are the headers that tell an application who it is. Every answer has
// all of them, empty for a stranger: a proxy that takes over only what is there
// would let through what a client wrote (CVE-2026-30851).
var Identity = []string{
	"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
	"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
	"X-Auth-Session-Id", "X-Auth-Assertion",
}

// Identify sets them. The user is its id, which never changes and is never given
// to another, as an address may be.
func Identify(h http.Header, p *login.Person, assertion string) {
	var id, email, name, groups, session string
	if p != nil {
		u := p.User()
		id, email, name, groups, session = string(u.ID), u.Email, plain(u.Name), u.Role, p.Session.ID
	}
	all := []string{id, email, name, groups, id, email, groups, session, assertion}
	for i := range all {
		h[Identity[i]] = all[i : i+1 : i+1] // without room, so that who adds to one gets a copy
	}
}

// plain keeps a name from breaking a header: what is no text is left out.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, name)
}

// Strip removes what a client could pass for the word of a gateway, in every
// spelling: some servers take _ for - (CVE-2025-64484), or a dot and whatever
// else is no letter, and all ignore case.
func Strip(h http.Header) {
	for name := range h {
		if isClaim(name) {
			delete(h, name)
		}
	}
}

// claimed are names that applications take for who it is, ours and those of others.
var claimed = map[string]bool{
	"x-auth-session-id": true, "x-auth-assertion": true, "x-forwarded-user": true, "x-forwarded-email": true,
	"x-forwarded-groups": true, "x-forwarded-preferred-username": true, "x-remote-user": true, "x-user": true, "x-user-id": true,
	"x-user-email": true, "x-forwarded-access-token": true, "x-goog-iap-jwt-assertion": true, "x-goog-authenticated-user-email": true,
	"x-goog-authenticated-user-id": true, "cf-access-jwt-assertion": true, "cf-access-authenticated-user-email": true, "remote": true,
}

var claimedPrefixes = []string{"remote-", "x-auth-request-", "x-webauth-", "x-authentik-", "x-remote-"}

func isClaim(name string) bool {
	var room spelling
	return claimsBy(room.of(name))
}

// claimsBy takes a name that is spelled already.
func claimsBy(name []byte) bool {
	if claimed[string(name)] {
		return true
	}
	for _, p := range claimedPrefixes {
		if len(name) >= len(p) && string(name[:len(p)]) == p {
			return true
		}
	}
	return false
}

// spelling is room for a name as a server reads it that makes a variable of it, in
// lower case: with a hyphen for all that is neither a letter nor a digit.
type spelling [64]byte

func (s *spelling) of(name string) []byte {
	to := s[:0]
	for _, r := range name { // a letter of many bytes is one hyphen
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		default:
			r = '-'
		}
		to = append(to, byte(r)) //nolint:gosec // a letter, a digit or a hyphen
	}
	return to
}
