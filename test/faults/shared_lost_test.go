package faults

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// F6: whatever becomes of Redis, people sign in, what is revoked stays so, no
// limit ends, and the nodes share again without a restart.
func TestNobodyNoticesThatRedisIsLost(t *testing.T) {
	t.Parallel()
	s := share(t, "--enable-debug-command", "yes")
	command := func(words ...string) func() { return func() { s.redis.Do(words) } }
	nothing := func() {}
	for i, loss := range []struct {
		name     string
		down, up func()
		stays    bool // it serves all the time
	}{
		{"emptied", command("FLUSHALL"), nothing, true},
		{"the scripts forgotten", command("SCRIPT", "FLUSH"), nothing, true},
		{"killed", s.redis.Kill9, s.redis.Start, false},
		{"paused", command("CLIENT", "PAUSE", "3000", "ALL"), nothing, false},
		{"asleep", func() { go sleep(s.redis.Addr(), 3) }, nothing, false},
		{"out of memory", command("CONFIG", "SET", "maxmemory", "1"), command("CONFIG", "SET", "maxmemory", "0"), false},
	} {
		t.Run(loss.name, func(t *testing.T) {
			email := fmt.Sprintf("user%d@example.com", i)
			s.create(t, email)
			kept, victim, next := s.signIn(t, 0, email), s.signIn(t, 1, email), s.signIn(t, 0, email)
			want(t, "logout", newCaller(s.nodes[0]).logout(victim.AccessToken), http.StatusNoContent, "")
			known := s.fresh()
			full := callFrom(s.nodes[0], known)
			for range addressLimit {
				want(t, "a request below the limit", full.register("eve@example.com", password),
					http.StatusForbidden, api.CodeRegistrationClosed)
			}

			loss.down()
			alone := s.counted(t, "node")
			want(t, "a request beyond the limit", full.register("eve@example.com", password),
				http.StatusTooManyRequests, api.CodeTooManyAttempts)
			want(t, "logout, while it is lost", newCaller(s.nodes[0]).logout(next.AccessToken), http.StatusNoContent, "")
			eventually(t, heardWithin, "the other node hears of it", func() bool {
				return newCaller(s.nodes[1]).status(next.AccessToken).status == http.StatusUnauthorized
			})
			for range 10 {
				s.unharmed(t, kept, victim, next)
			}
			kept = s.refreshed(t, kept)
			s.signIn(t, 1, email)
			all := s.spend(t, s.fresh(), 60)
			late := s.counted(t, "node") - alone
			if all[0] > addressLimit || all[1] > addressLimit || loss.stays && all[0]+all[1] > addressLimit+late {
				t.Errorf("%d were let through by one node and %d by the other", all[0], all[1])
			}
			if !loss.stays && late == 0 {
				t.Error("no request was counted by one node alone: nothing was lost")
			}

			loss.up()
			s.wait(t, "connected", s.nodes[:]...)
			s.unharmed(t, kept, victim, next)
			s.together(t)
		})
	}
	for _, n := range s.nodes {
		if lines := strings.Count(n.Stderr(), "Valkey is away"); lines == 0 || lines > 12 {
			t.Errorf("%d lines of the log for four losses", lines)
		}
	}
}

// signIn uses an address of its own, so that the limit is in nobody's way.
func (s *sharing) signIn(t *testing.T, node int, email string) api.Tokens {
	t.Helper()
	return signIn(t, callFrom(s.nodes[node], s.fresh()), email)
}

// refreshed rotates at the other node.
func (s *sharing) refreshed(t *testing.T, one api.Tokens) api.Tokens {
	t.Helper()
	a := newCaller(s.nodes[1]).refresh(one.RefreshToken)
	want(t, "a refresh", a, http.StatusOK, "")
	return a.tokens()
}

// unharmed expects at both nodes that one session lives and the others do not.
func (s *sharing) unharmed(t *testing.T, alive api.Tokens, ended ...api.Tokens) {
	t.Helper()
	for _, n := range s.nodes {
		c := newCaller(n)
		want(t, "a session that lives", c.status(alive.AccessToken), http.StatusOK, "")
		for _, e := range ended {
			want(t, "a session that was ended", c.status(e.AccessToken), http.StatusUnauthorized, api.CodeSessionEnded)
		}
	}
}

// together waits until a whole limit is spent by both nodes together, with no
// request that one of them had to count alone.
func (s *sharing) together(t *testing.T) {
	t.Helper()
	eventually(t, backWithin, "the nodes count together", func() bool {
		alone := s.counted(t, "node")
		all := s.spend(t, s.fresh(), 30)
		return all[0]+all[1] == addressLimit && s.counted(t, "node") == alone
	})
}

// sleep blocks the whole server; nobody waits for its answer.
func sleep(addr string, seconds int) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	_, _ = fmt.Fprintf(c, "DEBUG SLEEP %d\r\n", seconds)
	_, _ = io.ReadFull(c, make([]byte, 1))
}

// F24: one node sees Redis and the other does not, from its start on.
func TestOneNodeAloneSeesRedis(t *testing.T) {
	t.Parallel()
	r := ground.Redis(t)
	s := shareBy(t, r, r.URL, strings.Replace(r.URL, "://", "://node:plums@", 1)) // there is no such user yet
	s.wait(t, "connected", s.nodes[0])
	s.wait(t, "unreachable", s.nodes[1])
	s.create(t, ada)
	for from := range s.nodes {
		victim := s.signIn(t, from, ada)
		here, there := newCaller(s.nodes[from]), newCaller(s.nodes[1-from])
		for range 5 {
			want(t, "the other node, before", there.status(victim.AccessToken), http.StatusOK, "")
		}
		want(t, "logout", here.logout(victim.AccessToken), http.StatusNoContent, "")
		took := eventually(t, heardWithin, "the other node refuses", func() bool {
			return there.status(victim.AccessToken).status != http.StatusOK
		})
		t.Logf("refused after %s", took.Round(time.Millisecond))
	}
	one := s.signIn(t, 0, ada)
	children := map[string]bool{}
	for _, a := range atOnce(20, func(i int) answer { return newCaller(s.nodes[i%2]).refresh(one.RefreshToken) }) {
		want(t, "a refresh at the same moment", a, http.StatusOK, "")
		children[a.tokens().RefreshToken] = true
	}
	if len(children) != 1 {
		t.Errorf("one refresh token has %d children", len(children))
	}
	if all := s.spend(t, s.fresh(), 60); all[0] > addressLimit || all[1] > addressLimit {
		t.Errorf("%d were let through by one node and %d by the other", all[0], all[1])
	}
	r.Do([]string{"ACL", "SETUSER", "node", "on", ">plums", "~aiwfe:*", "+@all", "-@dangerous", "+info"})
	s.wait(t, "connected", s.nodes[1])
	s.together(t)
}
