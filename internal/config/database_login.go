package config

import (
	"net/url"
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

// withoutLogin is the address without who asks.
func withoutLogin(d DatabaseURL) (string, bool) {
	u, err := url.Parse(string(d.DSN.Reveal()))
	if err != nil {
		return "", false // a list of hosts, which only the driver can read
	}
	q := u.Query()
	q.Del("user")
	q.Del("password")
	u.User, u.RawQuery = nil, q.Encode()
	return u.String(), true
}
