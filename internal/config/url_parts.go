package config

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// urlParts is a URL with a password, taken apart by hand. net/url would quote
// the whole text in its errors, and it reads several hosts as one bad port.
type urlParts struct {
	user, password    string // decoded
	hasUser, hasPassw bool
	hosts             string // as written
	path              string // as written, without the first slash
	query             []pair
}

type pair struct{ key, value string } // decoded

// plainText refuses what no address holds and what a file or a copy brings in.
func plainText(raw string) *problem {
	if quoted(raw) {
		return &problem{
			text: "The address begins and ends with a quotation mark.", expected: "the address without quotes",
			hint: "Where no shell reads the file, as with docker --env-file, quotes become part of the value.",
		}
	}
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] == 0x7f {
			return &problem{
				text:     "The address holds a space, a line break or another control character.",
				expected: "an address in one piece; a space in a password is written %20",
			}
		}
	}
	return nil
}

// splitURL takes apart what follows the ://. Every character that ends a part
// early when it stands unencoded in a password is found here, and named without
// showing where it stood. plusIsSpace reads a + in the query as Python does.
func splitURL(rest string, plusIsSpace bool) (urlParts, *problem) {
	var u urlParts
	if strings.Contains(rest, "#") {
		return u, encode("#", "%23")
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	switch {
	case strings.Count(authority, "@") > 1:
		return u, encode("@", "%40")
	case strings.Contains(tail, "@") && tail[0] == '?':
		return u, encode("?", "%3F")
	case strings.Contains(tail, "@"):
		return u, encode("/", "%2F")
	}
	if i := strings.Index(authority, "@"); i >= 0 {
		user, password, hasPassword := strings.Cut(authority[:i], ":")
		var ok, ok2 bool
		u.user, ok = unescape(user, false)
		u.password, ok2 = unescape(password, false)
		if !ok || !ok2 {
			return u, encode("%", "%25")
		}
		u.hasUser, u.hasPassw = true, hasPassword
		authority = authority[i+1:]
	}
	u.hosts = authority
	path, query, _ := strings.Cut(tail, "?")
	u.path = strings.TrimPrefix(path, "/")
	if _, ok := unescape(u.path, false); !ok {
		return u, encode("%", "%25")
	}
	for one := range strings.SplitSeq(query, "&") {
		if one == "" {
			continue
		}
		k, v, ok := strings.Cut(one, "=")
		key, ok1 := unescape(k, plusIsSpace)
		val, ok2 := unescape(v, plusIsSpace)
		if !ok || key == "" {
			return u, &problem{
				text:     "An option after the ? has no name or no value.",
				expected: "name=value pairs joined by &; a ? inside a password is written %3F",
			}
		}
		if !ok1 || !ok2 {
			return u, encode("%", "%25")
		}
		u.query = append(u.query, pair{key, val})
	}
	return u, nil
}

func encode(char, as string) *problem {
	return &problem{
		text:     "The address cannot be taken apart: a " + char + " stands where it cannot be meant, probably inside the password.",
		expected: "a " + char + " in a user name, a password or an option is written " + as,
		hint:     "All of them: % is %25, @ is %40, / is %2F, # is %23, ? is %3F, : is %3A.",
	}
}

func unescape(s string, plusIsSpace bool) (string, bool) {
	f := url.PathUnescape
	if plusIsSpace {
		f = url.QueryUnescape
	}
	t, err := f(s)
	return t, err == nil && !strings.Contains(t, "\x00")
}

// secretURL is an address whose password we only pass on: the scheme, the parts
// and the port are checked here, so that the fault comes at start.
func secretURL(at func(*Config) *secret.Value, schemes ...string) field {
	f := secretText(at)
	f.parse = func(c *Config, v value) *problem {
		if p := plainText(v.raw); p != nil {
			return p
		}
		expected := schemes[0] + "://user:password@host:port"
		scheme, rest, ok := strings.Cut(v.raw, "://")
		allowed := false
		for _, s := range schemes {
			allowed = allowed || strings.EqualFold(s, scheme)
		}
		if !ok || !allowed {
			return &problem{
				text:     "The address does not begin with a scheme that this setting knows.",
				expected: expected + ", with one of: " + strings.Join(schemes, ", "),
			}
		}
		u, p := splitURL(rest, false)
		if p != nil {
			return p
		}
		if strings.EqualFold(scheme, "unix") {
			if u.path == "" {
				return &problem{text: "The address names no socket.", expected: "unix:///run/valkey.sock"}
			}
		} else if p := checkHosts(u.hosts, expected); p != nil {
			return p
		} else if u.hosts == "" {
			return &problem{text: "The address names no host.", expected: expected}
		}
		*at(c) = secret.FromString(v.raw)
		return nil
	}
	return f
}

// checkHosts looks at the ports of a comma-separated list of hosts. It shows
// none of it: in user:password without an @ the "port" is the password.
func checkHosts(hosts, expected string) *problem {
	for one := range strings.SplitSeq(hosts, ",") {
		if i := strings.LastIndex(one, "]"); strings.HasPrefix(one, "[") && i > 0 {
			one = one[i+1:]
		}
		_, port, has := strings.Cut(one, ":")
		if !has || port == "" {
			continue
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return &problem{
				text:     "A port in the address is not a number from 1 to 65535.",
				expected: expected,
				hint:     "An IPv6 address stands in brackets; the host follows the user name and password after an @.",
			}
		}
	}
	return nil
}
