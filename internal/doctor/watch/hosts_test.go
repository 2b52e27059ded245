package watch

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// lacks is a deployment of example.com that names good.example.com alone.
func lacks(o *Options) {
	o.Lacks = func(origin string) (l Lack) {
		l.Ours = strings.HasSuffix(origin, ".example.com")
		switch {
		case origin == "https://good.example.com":
		case l.Ours:
			l.Settings = []string{"CORS_ORIGINS (not set)"}
		default:
			l.Never = "has no domain in common with PUBLIC_URL"
		}
		return l
	}
	o.Gives = func(origins ...string) []string { return []string{"CORS_ORIGINS=" + strings.Join(origins, ",")} }
}

// turned is somebody who was turned away on the way to an application.
func turned(origin string) func(*Request) {
	return func(r *Request) {
		r.Peer, r.Trusted, r.Wanted = netip.MustParseAddr("10.0.0.2"), true, origin
		refused(api.CodeForbidden, "no_rule")(r)
	}
}

const ours = "https://app.example.com"

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		note string
		play func(*scene)
		// want is named, not is not; both empty for no finding.
		want, not []string
	}{
		{"nobody asks", func(*scene) {}, nil, nil},
		{"one person comes back to a name of ours", again(ours, 0, 0, 0), []string{
			ours + ": 3 pages of 1 client refused since 2026-11-02T12:00:01Z, the last at 2026-11-02T12:00:03Z, asked by the proxy 10.0.0.2; aiwfe-auth explain r3",
			"Only if " + ours + " is an application of yours", "CORS_ORIGINS=" + ours, "restart", "If it is not yours",
		}, nil},
		{"one person comes twice", again(ours, 0, 0), nil, nil},
		{"one stranger asks about another's name", again("https://evil.test", 0, 0, 0, 0, 0, 0), nil, nil},
		{"many ask about another's name", again("https://evil.test", 0, 1, 2), []string{
			"No setting helps where https://evil.test has no domain in common", "If it is yours",
		}, []string{"CORS_ORIGINS=", "Only if"}},
		{"many ask about one of ours and another's", func(s *scene) {
			again(ours, 0, 1, 2)(s)
			again("https://evil.test", 0, 1, 2)(s)
		}, []string{"CORS_ORIGINS=" + ours + "\n"}, []string{"CORS_ORIGINS=" + ours + ","}},
		{"a host that is named", again("https://good.example.com", 0, 1, 2, 3), nil, nil},
		{"nobody whom we trust asks", func(s *scene) {
			for i := range 5 {
				s.do(from(i), turned(ours), func(r *Request) { r.Trusted = false })
			}
		}, nil, nil},
		{"it was yesterday", func(s *scene) {
			again(ours, 0, 1, 2)(s)
			s.now = s.now.Add(hostWindow + time.Minute)
		}, nil, nil},
	} {
		t.Run(c.note, func(t *testing.T) {
			s := play(lacks)
			c.play(s)
			found := s.Findings(s.now)
			if len(c.want) == 0 {
				if len(found) > 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Code != "application_not_named" {
				t.Fatalf("found %+v", found)
			}
			text := fmt.Sprintf("%+v", found[0])
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %s", want, text)
				}
			}
			for _, not := range c.not {
				if strings.Contains(text, not) {
					t.Errorf("%q is in %s", not, text)
				}
			}
		})
	}
}

// again has clients ask about an origin, one after the other.
func again(origin string, clients ...int) func(*scene) {
	return func(s *scene) {
		for _, i := range clients {
			s.do(from(i), turned(origin))
		}
	}
}

func TestAFloodOfInventedHostsHidesNothing(t *testing.T) {
	s := play(lacks)
	again(ours, 0, 1, 2)(s)
	for i := range 2000 {
		again(fmt.Sprintf("https://x%d.example.com", i), 100+i/100)(s)
	}
	if n := len(s.hosts.of); n > hostRoom {
		t.Errorf("%d origins are kept", n)
	}
	found := s.Findings(s.now)
	if len(found) != 1 || !strings.Contains(found[0].Evidence, ours+": 3 pages of 3 clients") || strings.Contains(found[0].Evidence, "x1") {
		t.Errorf("found %+v", found)
	}
}

// TestAHostIsMended by the settings alone: nobody has to come once more.
func TestAHostIsMended(t *testing.T) {
	s := play(lacks)
	again(ours, 0, 1, 2)(s)
	s.expect(t, "application_not_named")
	s.o.Lacks = func(string) Lack { return Lack{} }
	s.expect(t)
}

// TestOneClientInventsFewHosts however often it comes back to each.
func TestOneClientInventsFewHosts(t *testing.T) {
	s := play(lacks)
	for i := range 20 {
		again(fmt.Sprintf("https://x%d.example.com", i), 0, 0, 0)(s)
	}
	if n := len(s.hosts.of); n != hostsOfOne {
		t.Errorf("%d origins are kept, want %d", n, hostsOfOne)
	}
}
