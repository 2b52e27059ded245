package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// sharing are two nodes and the Redis between them. An address may make ten
// requests an hour, of which nothing comes back while a test runs.
type sharing struct {
	redis *ground.RedisServer
	nodes [2]*ground.Instance
	ips   int
}

const addressLimit = 10

func share(t *testing.T, options ...string) *sharing {
	t.Helper()
	r := ground.Redis(t, options...)
	s := shareBy(t, r, r.URL, r.URL)
	s.wait(t, "connected", s.nodes[:]...)
	return s
}

// shareBy gives each node its own way to Redis.
func shareBy(t *testing.T, r *ground.RedisServer, urls ...string) *sharing {
	t.Helper()
	s := &sharing{redis: r}
	at := pooled(t)
	for i, url := range urls {
		s.nodes[i] = oneNode(t, at, map[string]string{
			"REDIS_URL": url, "LOGIN_LIMIT_ADDRESS": strconv.Itoa(addressLimit) + "/1h", "REGISTRATION": "closed",
		})
	}
	return s
}

// create makes an account on the host.
func (s *sharing) create(t *testing.T, email string) {
	t.Helper()
	if r := s.nodes[0].RunInput(password, "user", "create", "--email", email, "--password-stdin"); r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
}

// fresh is an address that has made no request yet.
func (s *sharing) fresh() string {
	s.ips++
	return fmt.Sprintf("127.7.%d.%d", s.ips/200, 1+s.ips%200)
}

// wait waits until health of these nodes says this of Valkey.
func (s *sharing) wait(t *testing.T, state string, nodes ...*ground.Instance) {
	t.Helper()
	for _, n := range nodes {
		eventually(t, backWithin, "health says valkey: "+state, func() bool { return valkeyState(n) == state })
	}
}

func valkeyState(n *ground.Instance) string {
	var h api.Health
	_ = json.Unmarshal(newCaller(n).call("GET", "/api/health", "", nil).body, &h)
	if (h.Checks["valkey"] == "unreachable") != (h.Status == "degraded") && h.Checks["doctor"] == "operational" {
		return "unreachable without being degraded, or degraded without being unreachable"
	}
	return h.Checks["valkey"]
}

// figure reads one series of a node's metrics.
func figure(t *testing.T, n *ground.Instance, series string) int {
	t.Helper()
	for line := range strings.Lines(string(newCaller(n).call("GET", "/metrics", "", nil).body)) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(f)
		}
	}
	t.Fatalf("there is no %s", series)
	return 0
}

func (s *sharing) counted(t *testing.T, by string) (sum int) {
	for _, n := range s.nodes {
		sum += figure(t, n, `aiwfe_auth_limit_counts_total{by="`+by+`"}`)
	}
	return sum
}

// spend makes requests of one address at the same moment, at both nodes in turn,
// and counts those that were let through at each.
func (s *sharing) spend(t *testing.T, ip string, n int) (allowed [2]int) {
	t.Helper()
	callers := [2]*caller{callFrom(s.nodes[0], ip), callFrom(s.nodes[1], ip)}
	for i, a := range atOnce(n, func(i int) answer { return callers[i%2].register("eve@example.com", password) }) {
		switch {
		case a.status == http.StatusForbidden && a.code() == string(api.CodeRegistrationClosed):
			allowed[i%2]++
		case a.status != http.StatusTooManyRequests || a.code() != string(api.CodeTooManyAttempts) || a.header.Get("Retry-After") == "":
			t.Errorf("request %d was answered %v, Retry-After %q", i, a, a.header.Get("Retry-After"))
		}
	}
	return allowed
}

func TestTwoNodesCountAnAddressTogether(t *testing.T) {
	t.Parallel()
	s := share(t)
	for range 3 {
		ip, alone := s.fresh(), s.counted(t, "node")
		all := s.spend(t, ip, 60)
		// What a busy machine answered too late to a node, that node allowed by itself.
		if late := s.counted(t, "node") - alone; all[0]+all[1] > addressLimit+late || all[0]+all[1] < addressLimit-late {
			t.Errorf("%d were let through by one node and %d by the other, the limit of both is %d (%d were not answered in time)",
				all[0], all[1], addressLimit, late)
		}
	}
	if s.counted(t, "all") < 2*addressLimit {
		t.Errorf("only %d requests were counted together", s.counted(t, "all"))
	}
	for _, key := range strings.Fields(strings.Trim(s.redis.Ask("KEYS", "*"), "[]")) {
		if value := s.redis.Ask("GET", key); strings.Contains(key+value, "127.") {
			t.Errorf("an address lies in Redis: %s = %s", key, value)
		}
	}
}

func TestRevocationsAreCalledOutToOtherNodes(t *testing.T) {
	t.Parallel()
	s := share(t)
	here, there := s.nodes[0], s.nodes[1]
	heard := func() int { return figure(t, there, `aiwfe_auth_revocation_calls_total{direction="heard"}`) }
	for name, act := range map[string]func(api.Tokens) answer{
		"logout": func(v api.Tokens) answer { return newCaller(here).logout(v.AccessToken) },
		"disabling on the host": func(v api.Tokens) answer {
			if r := here.Run("user", "disable", "--email", v.User.Email); r.Code != 0 {
				t.Fatalf("user disable: %d %s", r.Code, r.Stderr)
			}
			return answer{status: http.StatusOK}
		},
	} {
		t.Run(name, func(t *testing.T) {
			email := strings.ReplaceAll(name, " ", ".") + "@example.com"
			s.create(t, email)
			victim := signIn(t, callFrom(here, s.fresh()), email)
			c := newCaller(there)
			for range 5 { // so that the other node remembers it
				want(t, "the other node, before", c.status(victim.AccessToken), http.StatusOK, "")
			}
			before := heard()
			if done := act(victim); done.status/100 != 2 {
				t.Fatalf("it could not be done: %v", done)
			}
			took := eventually(t, heardWithin, "the other node refuses", func() bool {
				return c.status(victim.AccessToken).status != http.StatusOK
			})
			t.Logf("refused after %s", took.Round(time.Millisecond))
			eventually(t, backWithin, "it was called out", func() bool { return heard() > before })
			want(t, "the other node, after", c.status(victim.AccessToken), http.StatusUnauthorized, api.CodeSessionEnded)
		})
	}
}
