package watch

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

func TestProxyThatIsNotTrusted(t *testing.T) {
	for _, c := range []struct {
		note string
		edit func(*Options)
		play func(s *scene)
		want []api.Cause
	}{
		{"its headers do not count", nil, func(s *scene) {
			for i := range 4 {
				s.signIn(inner(from(i), "203.0.113.9"), fmt.Sprint("u", i))
			}
		}, []api.Cause{"proxy_not_trusted"}},
		{"it sends none, and https ends at it", func(o *Options) { o.BehindProxy = true }, func(s *scene) {
			for i := range 4 {
				r := inner(from(i), "")
				r.Agent = fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, []api.Cause{"proxy_not_trusted"}},
		{"it is trusted and says nothing", nil, func(s *scene) {
			for i := range 4 {
				r := inner(from(i), "")
				r.Trusted, r.Agent = true, fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, []api.Cause{"forwarded_headers_missing"}},
		{"it is trusted and writes its own address", nil, func(s *scene) {
			for i := range 4 {
				r := inner(from(i), "10.0.0.2")
				r.Trusted, r.Agent = true, fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, []api.Cause{"forwarded_headers_missing"}},
		{"it is trusted", nil, func(s *scene) {
			for i := range 9 {
				r := from(i)
				r.Trusted, r.Peer, r.Forwarded = true, netip.MustParseAddr("10.0.0.2"), r.IP
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"one person with three accounts on this machine", nil, func(s *scene) {
			for i := range 3 {
				r := from(0)
				r.IP, r.Peer = "127.0.0.1", netip.MustParseAddr("127.0.0.1")
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"an office without a proxy", nil, func(s *scene) {
			for i := range 9 {
				r := inner(from(i), "")
				r.Agent = fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"strangers who forge the header", nil, func(s *scene) {
			for i := range 9 {
				r := from(i)
				r.Forwarded = fmt.Sprint("203.0.113.", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"a service inside that hands a header on, beside people", nil, func(s *scene) {
			s.busy(20)
			for i := range 4 {
				s.signIn(inner(from(i), "203.0.113.9"), fmt.Sprint("u", i))
			}
		}, nil},
	} {
		t.Run(c.note, func(t *testing.T) {
			s := play(func(o *Options) {
				if c.edit != nil {
					c.edit(o)
				}
			})
			c.play(s)
			s.expect(t, c.want...)
		})
	}
}
