package httpkit

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestAddressOfTheClient(t *testing.T) {
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, s := range texts {
			list = append(list, netip.MustParsePrefix(s))
		}
		return list
	}
	v4, both := prefixes("10.0.0.0/8"), prefixes("10.0.0.0/8", "fd00::/8")
	for _, c := range []struct {
		name    string
		trusted []netip.Prefix
		peer    string
		headers []string
		ip, net string
		proxied bool
	}{
		{"no proxy", nil, "203.0.113.5:4711", nil, "203.0.113.5", "203.0.113.5", false},
		{"no proxy is trusted", nil, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4"}, "10.0.0.1", "10.0.0.1", false},
		{"a stranger says who it is", v4, "203.0.113.5:80", []string{"X-Forwarded-For: 1.2.3.4"}, "203.0.113.5", "203.0.113.5", false},
		{"a stranger says it is a proxy", v4, "203.0.113.5:80", []string{"X-Forwarded-For: 1.2.3.4, 10.0.0.9"}, "203.0.113.5", "203.0.113.5", false},
		{"behind a proxy", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		// What the proxy appended stands at the right; the rest is the client's own words.
		{"spoofed behind a proxy", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, 203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		{"through two proxies", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, 203.0.113.5, 10.0.0.2"}, "203.0.113.5", "203.0.113.5", true},
		{"several lines are one list", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		{
			"the spoofed line second, the proxy's last", v4, "10.0.0.1:80",
			[]string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8", "X-Forwarded-For: 203.0.113.5, 10.0.0.3"},
			"203.0.113.5", "203.0.113.5", true,
		},
		{"garbage further left is never read", v4, "10.0.0.1:80", []string{"X-Forwarded-For: <script>, 203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		// The client cannot be told, so it is counted as the proxy itself.
		{"garbage from the proxy", v4, "10.0.0.1:80", []string{"X-Forwarded-For: unknown"}, "10.0.0.1", "10.0.0.1", true},
		{"an empty line", v4, "10.0.0.1:80", []string{"X-Forwarded-For: "}, "10.0.0.1", "10.0.0.1", true},
		{"proxies only", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 10.0.0.5"}, "10.0.0.1", "10.0.0.1", true},
		{"no header behind a proxy", v4, "10.0.0.1:80", nil, "10.0.0.1", "10.0.0.1", true},
		{
			"other headers are not read", v4, "10.0.0.1:80",
			[]string{"Forwarded: for=1.2.3.4", "X-Real-Ip: 1.2.3.4", "True-Client-Ip: 1.2.3.4", "Cf-Connecting-Ip: 1.2.3.4"},
			"10.0.0.1", "10.0.0.1", true,
		},
		{"a port", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 203.0.113.5:1234"}, "203.0.113.5", "203.0.113.5", true},
		{"IPv6 counts by its /64", nil, "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", false},
		{"IPv6 behind a proxy", both, "[fd00::1]:80", []string{"X-Forwarded-For: 2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", true},
		{"IPv6 in brackets", both, "[fd00::1]:80", []string{"X-Forwarded-For: [2001:db8::1]:443"}, "2001:db8::1", "2001:db8::/64", true},
		// One client must not have two buckets, nor slip past the list of proxies.
		{"mapped IPv4", nil, "[::ffff:203.0.113.5]:80", nil, "203.0.113.5", "203.0.113.5", false},
		{"mapped peer is the proxy", v4, "[::ffff:10.0.0.1]:80", []string{"X-Forwarded-For: 203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		{"mapped in the header", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, ::ffff:203.0.113.5"}, "203.0.113.5", "203.0.113.5", true},
		{"mapped proxy in the header", v4, "10.0.0.1:80", []string{"X-Forwarded-For: 203.0.113.5, ::ffff:10.0.0.2"}, "203.0.113.5", "203.0.113.5", true},
		{"a zone makes no other client", nil, "[fe80::1%eth0]:80", nil, "fe80::1", "fe80::/64", false},
		{"a peer that is no address", v4, "@", []string{"X-Forwarded-For: 1.2.3.4"}, "invalid IP", "invalid IP", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t, func(o *Options) { o.TrustedProxies = c.trusted })
			r := ask(http.MethodGet, "/", "", c.headers...)
			r.RemoteAddr = c.peer
			q := w.look(r)
			if q.Client.IP != c.ip || q.Client.Network != c.net || q.Proxied != c.proxied {
				t.Errorf("got %s of %s, proxied %v; want %s of %s, %v", q.Client.IP, q.Client.Network, q.Proxied, c.ip, c.net, c.proxied)
			}
		})
	}
}

func TestRequestIDComesFromATrustedProxyOnly(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		name, peer string
		headers    []string
		taken      bool
	}{
		{"from the proxy", "10.0.0.1:80", []string{"X-Request-Id: abc-DEF_1.2"}, true},
		{"as long as may be", "10.0.0.1:80", []string{"X-Request-Id: " + strings.Repeat("a", 64)}, true},
		{"from a stranger", "203.0.113.5:80", []string{"X-Request-Id: abc"}, false},
		{"too long", "10.0.0.1:80", []string{"X-Request-Id: " + strings.Repeat("a", 65)}, false},
		{"empty", "10.0.0.1:80", []string{"X-Request-Id: "}, false},
		{"none", "10.0.0.1:80", nil, false},
		// It is printed by many programs down the line.
		{"markup", "10.0.0.1:80", []string{"X-Request-Id: <b>"}, false},
		{"a line break", "10.0.0.1:80", []string{"X-Request-Id: a\nb"}, false},
		{"a blank", "10.0.0.1:80", []string{"X-Request-Id: a b"}, false},
	} {
		r := ask(http.MethodGet, "/", "", c.headers...)
		r.RemoteAddr = c.peer
		id := w.look(r).ID
		if sent := r.Header.Get("X-Request-Id"); (id == sent) != c.taken || len(id) < 1 {
			t.Errorf("%s: the id is %q", c.name, id)
		}
		if !c.taken && len(id) != 16 {
			t.Errorf("%s: our own id is %q", c.name, id)
		}
	}
}

func TestUserAgentIsCutAndText(t *testing.T) {
	w := build(t)
	long := w.look(ask(http.MethodGet, "/", "", "User-Agent: "+strings.Repeat("é", 300)))
	if got := long.Client.UserAgent; got != strings.Repeat("é", 128) {
		t.Errorf("kept are %d bytes", len(got))
	}
	half := w.look(ask(http.MethodGet, "/", "", "User-Agent: "+strings.Repeat("x", 255)+"é"))
	if got := half.Client.UserAgent; got != strings.Repeat("x", 255)+"\ufffd" {
		t.Errorf("cut within a character it is %q", got)
	}
}
