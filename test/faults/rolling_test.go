package faults

import (
	"syscall"
	"testing"
	"time"
)

// Two nodes are restarted one after the other while people of every kind are at work: nobody notices.
func TestRollingRestartFailsNoRequest(t *testing.T) {
	t.Parallel()
	b := balanced(t, pooled(t))
	f := flow(t, b)
	enough := int64(rounds(1500, 10_000))
	for turns := 0; turns < 2 || f.done.Load() < enough; turns++ {
		node := b.nodes[turns%2]
		node.Signal(syscall.SIGTERM)
		if code := node.Wait(); code != 0 {
			t.Errorf("a node ended with %d", code)
		}
		node.Start()
		b.ready()
	}
	eventually(t, time.Minute, "there were enough requests", func() bool { return f.done.Load() >= enough })
	f.end(t)
}

// While a node waits for the balancers it answers on the connections that are open, and says that they end.
func TestStoppingNodeEndsItsConnectionsWithAnAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"SHUTDOWN_DELAY": "30s"})
	const ask = "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n\r\n"
	used, idle := dial(t, s), dial(t, s)
	used.say(ask)
	want(t, "a request before it stops", used.hear(), 200, "")
	if _, closed := used.more(300 * time.Millisecond); closed {
		t.Error("a connection ends while nobody stops the server")
	}
	_ = used.SetDeadline(time.Now().Add(30 * time.Second))
	s.Signal(syscall.SIGTERM)
	other := newCaller(s)
	eventually(t, readyWithin, "readiness is red", func() bool { return other.call("GET", "/api/health/ready", "", nil).status == 503 })
	for what, r := range map[string]*raw{"was used": used, "lay idle": idle} {
		r.say(ask)
		want(t, "a request on a connection that "+what, r.hear(), 200, "")
		if _, closed := r.more(5 * time.Second); !closed {
			t.Errorf("a connection that %s does not end with the answer", what)
		}
	}
	s.Signal(syscall.SIGTERM) // the second one ends the wait
	if code := s.Wait(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}
