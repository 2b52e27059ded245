package valkey

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// party is one node's link, and what it was told.
type party struct {
	*Link
	heard, turned atomic.Int64
	log           *safeLog
}

type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// count is how many lines hold the text.
func (l *safeLog) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

func join(t *testing.T, url string) *party {
	t.Helper()
	at, err := Parse(secret.FromString(url))
	if err != nil {
		t.Fatal(err)
	}
	p := &party{log: &safeLog{}}
	p.Link, err = NewLink(LinkOptions{
		Target: at, Key: secret.FromString("the key of this deployment"),
		Heard: func() { p.heard.Add(1) }, Turned: func() { p.turned.Add(1) },
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(p.log, t.Output()), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return p
}

func (p *party) wait(t *testing.T, state string) {
	t.Helper()
	waitFor(t, "the link is "+state, func() bool { return p.Stats().State == state })
}

func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("not so after 20 s: %s", what)
		}
	}
}

func TestNodesCountTogether(t *testing.T) {
	r := ground.Redis(t)
	nodes := []*party{join(t, r.URL), join(t, r.URL), join(t, r.URL)}
	for _, n := range nodes {
		n.wait(t, "connected")
	}
	var allowed, unknown atomic.Int64
	var all sync.WaitGroup
	for i := range 90 {
		all.Go(func() {
			switch _, ok, err := nodes[i%3].Count("192.0.2.1", 20, time.Hour); {
			case err != nil:
				unknown.Add(1)
			case ok:
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	// A machine that is busy may answer some too late; what they spent is spent.
	if n := allowed.Load(); n > 20 || n+unknown.Load() < 20 {
		t.Errorf("%d were allowed, %d not answered; the limit is 20", n, unknown.Load())
	}
	for _, name := range strings.Fields(strings.Trim(r.Ask("KEYS", "*"), "[]")) {
		if !strings.HasPrefix(name, Prefix) || strings.Contains(name, "192.0.2") {
			t.Errorf("there is a key %s", name)
		}
		if name != bellKey && r.Ask("PTTL", name) == "-1" {
			t.Errorf("key %s does not expire", name)
		}
	}
}

func TestBellIsHeardByTheOthersAlone(t *testing.T) {
	r := ground.Redis(t)
	a, b := join(t, r.URL), join(t, r.URL)
	a.wait(t, "connected")
	b.wait(t, "connected")
	waitFor(t, "both looked once, as they do when they come up", func() bool { return a.heard.Load() == 1 && b.heard.Load() == 1 })
	for n := int64(1); n <= 3; n++ {
		a.Announce()
		waitFor(t, "the other heard it", func() bool { return b.heard.Load() == 1+n })
	}
	if a.heard.Load() != 1 || a.Stats().Told != 3 || b.Stats().Heard != 3 {
		t.Errorf("a heard %d, told %d; b heard %d", a.heard.Load(), a.Stats().Told, b.Stats().Heard)
	}
	// A command tells at its end what it revoked, and nothing where it did not.
	command, err := NewLink(a.o)
	if err != nil {
		t.Fatal(err)
	}
	command.Announce()
	for range 2 {
		if err := command.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "both heard the command", func() bool { return a.heard.Load() == 2 && b.heard.Load() == 5 })
	r.Do([]string{"FLUSHALL"})
	waitFor(t, "they look when everything is deleted", func() bool { return a.heard.Load() > 2 && b.heard.Load() > 5 })
}

// A node whose Valkey is in any of these states counts by itself at once, is not
// held up, says so in one line, and counts with the others again without a restart.
func TestLinkGivesUpSoonAndComesBackByItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		break_, mend func(r *ground.RedisServer)
	}{
		"killed":              {(*ground.RedisServer).Kill9, (*ground.RedisServer).Start},
		"stopped and started": {(*ground.RedisServer).Stop, (*ground.RedisServer).Start},
		"paused": {
			func(r *ground.RedisServer) { r.Do([]string{"CLIENT", "PAUSE", "2500", "ALL"}) },
			func(*ground.RedisServer) {},
		},
		"asleep": {func(r *ground.RedisServer) { go asleep(r) }, func(*ground.RedisServer) {}},
		"out of memory": {
			func(r *ground.RedisServer) { r.Do([]string{"CONFIG", "SET", "maxmemory", "1"}) },
			func(r *ground.RedisServer) { r.Do([]string{"CONFIG", "SET", "maxmemory", "0"}) },
		},
		"a replica now": {
			func(r *ground.RedisServer) { r.Do([]string{"REPLICAOF", "127.0.0.1", "1"}) },
			func(r *ground.RedisServer) { r.Do([]string{"REPLICAOF", "NO", "ONE"}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ground.Redis(t, "--enable-debug-command", "yes")
			l := join(t, r.URL)
			l.wait(t, "connected")
			c.break_(r)
			waitFor(t, "the link gives up", func() bool {
				_, _, _ = l.Count("192.0.2.1", 5, time.Hour)
				return l.Stats().State == "unreachable"
			})
			if _, ok, err := l.Count("192.0.2.1", 5, time.Hour); err == nil || ok {
				t.Errorf("allowed %v, %v although nobody was asked", ok, err)
			}
			c.mend(r)
			l.wait(t, "connected")
			if away, back := l.log.count("Valkey is away"), l.log.count("Valkey serves"); away > 2 || back > 3 {
				t.Errorf("%d lines of its loss, %d of its coming", away, back)
			}
			waitFor(t, "it counts again", func() bool {
				_, _, err := l.Count("192.0.2.2", 5, time.Hour)
				return err == nil
			})
		})
	}
}

// asleep blocks the whole server; the answer comes after that.
func asleep(r *ground.RedisServer) {
	c, err := net.Dial("tcp", r.Addr())
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, "DEBUG SLEEP 2.5\r\n")
	_, _ = c.Read(make([]byte, 16))
}

// A user of the access list needs no more than our keys, and no channels.
func TestLinkWaitsForItsUser(t *testing.T) {
	t.Parallel()
	r := ground.Redis(t)
	l := join(t, strings.Replace(r.URL, "://", "://node:plums@", 1))
	l.wait(t, "unreachable")
	r.Do([]string{"ACL", "SETUSER", "node", "on", ">plums", "~" + Prefix + "*", "+@all", "-@admin", "-@dangerous"})
	l.wait(t, "connected")
	if l.turned.Load() != 2 || l.log.count("Valkey is away") != 1 || l.Stats().Heard != 0 {
		t.Errorf("turned %d times", l.turned.Load())
	}
	other := join(t, r.URL)
	other.wait(t, "connected")
	other.Announce()
	waitFor(t, "it hears the bell", func() bool { return l.Stats().Heard == 1 })
}
