package faults

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// balancer is HAProxy as the program prints it, before two nodes, and made to show what it would hide: it tries
// nothing twice.
type balancer struct {
	t     *testing.T
	at    place
	url   string
	env   map[string]string // of each node
	nodes [2]*ground.Instance
}

// balanced starts both nodes behind it.
func balanced(t *testing.T, at place) *balancer {
	t.Helper()
	addr := [2]string{fmt.Sprintf("127.0.0.1:%d", ground.FreePort(t)), fmt.Sprintf("127.0.0.1:%d", ground.FreePort(t))}
	r := ground.Unstarted(t, map[string]string{"PUBLIC_URL": "http://localhost:61234", "LISTEN_ADDR": addr[0]}).Run("proxy", "haproxy")
	one := "    server one " + addr[0] + " check"
	const pace = "default-server inter 1s fall 2 rise 2\n"
	if r.Code != 0 || !strings.Contains(r.Stdout, one) || !strings.Contains(r.Stdout, pace) {
		t.Fatalf("proxy haproxy ended with %d and printed\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	config := strings.ReplaceAll(r.Stdout, ":61234", ":{{port}}")
	config = strings.Replace(config, one, one+"\n    server two "+addr[1]+" check\n    retries 0\n    no option redispatch", 1)
	config = strings.Replace(config, "    default_backend", "    stats enable\n    stats uri /of-the-proxy\n    default_backend", 1)
	b := &balancer{t: t, at: at, env: map[string]string{
		"JWT_SECRET_KEY": "one key for both nodes, forty-two characters long", "DATA_ENCRYPTION_KEY": "another key for both nodes, just as long as that",
		"TRUSTED_PROXIES": "127.0.0.1/32,::1/128", "SHUTDOWN_DELAY": "5s",
	}}
	if os.Getenv("AIWFE_TEST_FULL") != "1" { // the same in a third of the time
		config = strings.Replace(config, pace, "default-server inter 300ms fall 2 rise 2\n", 1)
		b.env["SHUTDOWN_DELAY"] = "1500ms"
	}
	b.url = ground.HAProxy(t, config).URL
	b.env["PUBLIC_URL"] = b.url
	for i := range b.nodes {
		env := maps.Clone(b.env)
		env["LISTEN_ADDR"] = addr[i]
		b.nodes[i] = serve(t, at, env)
	}
	b.ready()
	return b
}

// ready waits until the balancer sends requests to both.
func (b *balancer) ready() {
	b.t.Helper()
	eventually(b.t, readyWithin, "the balancer has both nodes", func() bool { return strings.Count(b.up(), "UP") == 2 })
}

// up says what the balancer thinks of each node.
func (b *balancer) up() (states string) {
	res, err := http.Get(b.url + "/of-the-proxy;csv")
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	for line := range strings.Lines(string(text)) {
		// proxy, server, 15 numbers, state
		if f := strings.Split(line, ","); len(f) > 17 && f[0] == "aiwfe_auth_servers" && f[1] != "BACKEND" {
			states += " " + f[17]
		}
	}
	return states
}

// caller is a client of both nodes. A connection of its own keeps to no node: HAProxy sends each request where it likes.
func (b *balancer) caller() *caller {
	return &caller{url: b.url, http: &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// replace stops a node and starts one of another binary in its place.
func (b *balancer) replace(i int, binary string) {
	b.t.Helper()
	env, old := maps.Clone(b.env), b.nodes[i]
	env["LISTEN_ADDR"] = old.Addr
	old.Signal(syscall.SIGTERM)
	if code := old.Wait(); code != 0 {
		b.t.Errorf("a node ended with %d", code)
	}
	b.nodes[i] = ground.ServerOf(b.t, binary, roomy(b.at, env))
	b.ready()
}
