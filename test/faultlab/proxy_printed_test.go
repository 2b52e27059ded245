package faultlab

import (
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// starters start a proxy from a whole configuration.
var starters = map[string]func(t *testing.T, config string) string{
	"nginx":   func(t *testing.T, config string) string { return ground.Nginx(t, config).URL },
	"haproxy": func(t *testing.T, config string) string { return ground.HAProxy(t, config).URL },
	"caddy":   func(t *testing.T, config string) string { return ground.Caddy(t, config).URL },
}

// placeholder stands for the port of the proxy in what is printed.
const placeholder = "61234"

// printed lets the program write the configuration of a proxy before upstream.
func printed(t *testing.T, name, scheme, upstream string, flags ...string) string {
	t.Helper()
	s := ground.Unstarted(t, map[string]string{"PUBLIC_URL": scheme + "://localhost:" + placeholder, "LISTEN_ADDR": upstream})
	res := s.Run(append([]string{"proxy", name}, flags...)...)
	if res.Code != 0 || !strings.Contains(res.Stdout, "TRUSTED_PROXIES=127.0.0.1/32,::1/128") {
		t.Fatalf("exit code %d\n%s%s", res.Code, res.Stdout, res.Stderr)
	}
	return strings.ReplaceAll(res.Stdout, ":"+placeholder, ":{{port}}")
}

// TestPrintedProxiesAreNoFault runs what `aiwfe-auth proxy` prints.
func TestPrintedProxiesAreNoFault(t *testing.T) {
	for name, start := range starters {
		t.Run(name+" by http", func(t *testing.T) {
			t.Parallel()
			proxy := func(t *testing.T, upstream string) string { return start(t, printed(t, name, "http", upstream)) }
			s := behind(t, proxy, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32,::1/128"})
			served(t, s)
			expect(t, doctor(t, s))
		})
		t.Run(name+" by https", func(t *testing.T) {
			t.Parallel()
			proxy := func(t *testing.T, upstream string, pem ground.File) string {
				// HAProxy reads both from the one file.
				file := filepath.Join(readable(t), pem.Name)
				if err := os.WriteFile(file, []byte(pem.Text), 0o644); err != nil {
					t.Fatal(err)
				}
				return start(t, printed(t, name, "https", upstream, "--cert", file, "--key", file))
			}
			s := behindTLS(t, proxy, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32,::1/128"})
			served(t, s)
			expect(t, doctor(t, s))
		})
	}
}

// served waits until the proxy has found out that the server is there, which
// was started after it.
func served(t *testing.T, s *ground.Instance) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	for began := time.Now(); ; {
		res, err := client.Get(s.Env("PUBLIC_URL") + "/api/health/ready")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the proxy does not find the server: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// readable is a folder that the user of the proxies may read too.
func readable(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "aiwfe-proxy-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}
