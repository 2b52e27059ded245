package config

import (
	"net/url"
	"strings"
)

// OtherLogin says whether both name the same PostgreSQL database in the same
// way, but for user and password.
func (d DatabaseURL) OtherLogin(other DatabaseURL) bool {
	if d.Engine != Postgres || other.Engine != Postgres {
		return false
	}
	mine, ok := withoutLogin(d)
	theirs, too := withoutLogin(other)
	return ok && too && mine == theirs
}

// withoutLogin is the address, as it was written anew, without who asks.
func withoutLogin(d DatabaseURL) (string, bool) {
	rest, ok := strings.CutPrefix(string(d.DSN.Reveal()), "postgres://")
	if !ok {
		return "", false
	}
	place, options, _ := strings.Cut(rest, "?")
	authority, name, _ := strings.Cut(place, "/")
	hosts := authority[strings.LastIndexByte(authority, '@')+1:]
	q, err := url.ParseQuery(options)
	if err != nil {
		return "", false
	}
	q.Del("user")
	q.Del("password")
	return hosts + "/" + name + "?" + q.Encode(), true
}
