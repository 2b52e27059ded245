package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// comparison prepares the requests, and names the host that they go to.
func (p *program) comparison(r rival) (c bench.Comparison, host string, err error) {
	base := strings.TrimSuffix(r.url, "/")
	at, err := url.Parse(base)
	if err != nil {
		return c, "", fmt.Errorf("--url %q is no address: %w", r.url, err)
	}
	c = bench.Comparison{
		Clients: r.clients, Rate: r.rate, Storms: r.storms, PIDs: r.pids, Length: time.Duration(r.seconds * float64(time.Second)),
	}
	if c.Check, err = bench.Prepare(bench.Request{Method: r.method, URL: base + r.path, Header: r.header}); err != nil {
		return c, "", err
	}
	secret := ""
	if r.stdin {
		if secret, err = p.password(true, "", nil); err != nil {
			return c, "", err
		}
	}
	if r.loginPath == "" {
		return c, at.Hostname(), nil
	}
	header := r.loginHeader
	if r.loginBody != "" && !strings.Contains(strings.ToLower(strings.Join(header, "\n")), "content-type:") {
		header = append([]string{"Content-Type: application/json"}, header...)
	}
	quoted, err := json.Marshal(secret)
	if err != nil {
		return c, "", err
	}
	var all []bench.Request
	for n := range r.loginUsers {
		body := strings.NewReplacer("{n}", strconv.Itoa(n+1), "{password}", string(quoted[1:len(quoted)-1])).Replace(r.loginBody)
		all = append(all, bench.Request{Method: r.loginMethod, URL: base + r.loginPath, Header: header, Body: body})
	}
	c.Login, err = bench.Prepare(all...)
	return c, at.Hostname(), err
}

// ownNetwork says whether a host is this machine or in a private network.
func ownNetwork(ctx context.Context, host string) bool {
	names, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return false
	}
	for _, name := range names {
		a, err := netip.ParseAddr(name)
		if err != nil || !(a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()) {
			return false
		}
	}
	return true
}

// bareHandler is a process that answers with as little as can be.
type bareHandler struct {
	cmd   *exec.Cmd
	wires []bench.Wire
}

func startBare(ctx context.Context) (*bareHandler, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bareHandler{cmd: exec.CommandContext(ctx, self, "bench", "bare")}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("the bare handler cannot be started: %w", err)
	}
	var addr string
	if _, err := fmt.Fscan(out, &addr); err != nil {
		b.stop()
		return nil, fmt.Errorf("the bare handler did not say where it listens: %w", err)
	}
	b.wires, err = bench.Prepare(bench.Request{URL: "http://" + addr + "/hello"})
	return b, err
}

func (b *bareHandler) stop() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// benchBare is the process itself: net/http and encoding/json, and nothing of this product.
func (p *program) benchBare() *cobra.Command {
	return &cobra.Command{
		Use: "bare", Short: "The handler that bench compare compares with", Args: flagsOnly, Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			fmt.Fprintln(p.out, l.Addr())
			mux := http.NewServeMux()
			mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(map[string]string{"hello": "world"})
			})
			return (&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}).Serve(l)
		},
	}
}
