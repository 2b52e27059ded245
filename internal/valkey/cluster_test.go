package valkey

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// A cluster asks for its server by the slot of a key, and takes nothing before
// every slot has one.
func TestNodesShareACluster(t *testing.T) {
	t.Parallel()
	r := ground.Redis(t, "--cluster-enabled", "yes")
	a, b := join(t, r.URL), join(t, r.URL)
	a.wait(t, StateAway)
	r.Do([]string{"CLUSTER", "ADDSLOTSRANGE", "0", "16383"})
	a.wait(t, StateServes)
	b.wait(t, StateServes)
	for i, name := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::/64"} {
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
	a.Announce()
	waitFor(t, "the bell is heard", func() bool { return b.Stats().Heard == 1 })
}
