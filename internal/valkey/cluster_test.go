package valkey

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// cluster is so many servers that share the slots, which none has at first.
func cluster(t *testing.T, n int) (servers []*ground.RedisServer, share func()) {
	t.Helper()
	var bus []int
	for range n {
		bus = append(bus, ground.FreePort(t))
		servers = append(servers, ground.Redis(t, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus[len(bus)-1])))
	}
	return servers, func() {
		for i, r := range servers {
			from, to := i*16384/n, (i+1)*16384/n-1
			r.Do([]string{"CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to)})
			if i > 0 {
				servers[0].Do([]string{"CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(r.Port), strconv.Itoa(bus[i])})
			}
		}
	}
}

// A cluster asks for its server by the slot of a key, and takes nothing before
// every slot has one. What lies on another server than the one that is named in
// the address is found there, the bell too.
func TestNodesShareACluster(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 5} {
		t.Run(fmt.Sprintf("%d servers", n), func(t *testing.T) {
			t.Parallel()
			servers, share := cluster(t, n)
			a, b := join(t, servers[0].URL), join(t, servers[n-1].URL)
			a.wait(t, StateAway)
			share()
			a.wait(t, StateServes)
			b.wait(t, StateServes)
			for i, name := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "2001:db8::/64"} {
				allowed := 0
				waitFor(t, "the limit is reached", func() bool {
					_, ok, err := [2]*party{a, b}[i%2].Count(name, 2, time.Hour)
					if i++; ok {
						allowed++
					}
					return err == nil && !ok
				})
				if allowed > 2 { // fewer, when an answer came too late to a busy machine
					t.Errorf("%s: %d requests were allowed", name, allowed)
				}
			}
			loseOne(t, servers, a)
			before := b.Stats().Heard
			a.Announce()
			waitFor(t, "the bell is heard", func() bool { return b.Stats().Heard == before+1 })
		})
	}
}

// loseOne loses the connections to a server that has neither the bell nor what a
// look spends: nothing but a request that needs it finds that out.
func loseOne(t *testing.T, servers []*ground.RedisServer, a *party) {
	t.Helper()
	n := len(servers)
	of := func(key string) int { return (int(slotOf(key))*n + n - 1) / 16384 }
	for i, r := range servers {
		if i == 0 || i == of(bellKey) || i == of(probeKey) {
			continue
		}
		r.Do([]string{"CLIENT", "KILL", "TYPE", "normal"})
		for k := range 60 {
			waitFor(t, "it is asked again", func() bool {
				_, _, err := a.Count("198.51.100."+strconv.Itoa(k), 1000, time.Hour)
				return err == nil
			})
		}
		return
	}
}
