package policy

import (
	"net/netip"
	"strings"
)

// Host gives the one spelling of a host, without port and trailing dot, in lower
// case; an IPv6 address without brackets. Names are ASCII: a browser sends the
// encoded form of others (RFC 5891).
func Host(raw string) (string, error) {
	host := raw
	switch {
	case len(raw) > 255+6:
		return "", ErrTooLong
	case strings.HasPrefix(host, "["):
		inner, port, ok := strings.Cut(host[1:], "]")
		a, err := netip.ParseAddr(inner)
		if !ok || err != nil || !a.Is6() || a.Zone() != "" || !goodPort(port) {
			return "", ErrHost
		}
		return a.String(), nil
	case strings.Contains(host, ":"):
		name, port, _ := strings.Cut(host, ":")
		if !goodPort(":" + port) {
			return "", ErrHost
		}
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if len(host) > 253 || !goodName(host) || !goodNumber(host) {
		return "", ErrHost
	}
	return host, nil
}

// goodNumber refuses what browsers and resolvers take for an IPv4 address that is
// written in another way: 127.1, 0x7f.0.0.1, 2130706433 (WHATWG URL, 3.5).
func goodNumber(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Is4()
}

func goodPort(s string) bool {
	return s == "" || len(s) >= 2 && len(s) <= 6 && s[0] == ':' && strings.Trim(s[1:], "0123456789") == ""
}

func goodName(host string) bool {
	label := 0 // how much of the last one was seen
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			if label++; label > 63 {
				return false
			}
		case c == '.' && label > 0:
			label = 0
		default:
			return false
		}
	}
	return label > 0
}
