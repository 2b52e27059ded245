package deploy

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestCaddyfileIsTheProgramsOwn: what `proxy caddy` prints stands in the Caddyfile of the cluster, line by line.
func TestCaddyfileIsTheProgramsOwn(t *testing.T) {
	s := ground.Unstarted(t, map[string]string{"PUBLIC_URL": "https://auth.example.com", "LISTEN_ADDR": "127.0.0.1:8080"})
	printed := s.Run("proxy", "caddy")
	file := read(t, "compose", "Caddyfile")
	seen := 0
	for line := range strings.Lines(printed.Stdout) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "https://") || strings.HasPrefix(line, "reverse_proxy") {
			continue
		}
		if seen++; !strings.Contains(file, "\t"+line+"\n") && !strings.Contains(file, line+"\n") {
			t.Errorf("`proxy caddy` prints %q, and the Caddyfile of the cluster does not have it", line)
		}
	}
	if printed.Code != 0 || seen < 6 {
		t.Fatalf("%d %s%s", printed.Code, printed.Stdout, printed.Stderr)
	}
}

// TestTheClusterRuns starts what compose.yaml describes, by its own configuration files, on this machine: PostgreSQL,
// pgbouncer, a server that speaks Valkey's protocol, two nodes and Caddy. One node leaves, and nobody notices.
func TestTheClusterRuns(t *testing.T) {
	pg := ground.Postgres(t)
	direct := pg.NewDatabase(t)
	bouncer := ground.PgBouncerWith(t, pg, ground.BouncerOptions{Mode: "transaction", Size: 40, Settings: pgbouncerSettings(t)})
	keys := t.TempDir()
	env := map[string]string{
		"DATABASE_URL": bouncer.URL(direct), "DATABASE_DIRECT_URL": direct, "REDIS_URL": ground.Redis(t).URL,
		"ENVIRONMENT": "production", "PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1/32",
		"JWT_SECRET_KEY_FILE": file(t, keys, "jwt"), "DATA_ENCRYPTION_KEY_FILE": file(t, keys, "data"), "SHUTDOWN_DELAY": "1s",
	}
	if r := ground.Unstarted(t, env).Run("migrate", "up"); r.Code != 0 {
		t.Fatalf("%s%s", r.Stdout, r.Stderr)
	}
	one, two := ground.Server(t, env), ground.Server(t, env)
	sites := strings.NewReplacer("{$PUBLIC_URL}", "http://localhost:{{port}}", "node1:8080", one.Addr, "node2:8080", two.Addr).
		Replace(read(t, "compose", "Caddyfile"))
	caddy := ground.Caddy(t, sites)
	for range 20 {
		isReady(t, caddy.URL)
	}
	one.Stop()
	for range 20 {
		isReady(t, caddy.URL)
	}
}

func file(t *testing.T, folder, name string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, fmt.Appendf(nil, "%s-of-a-cluster-that-lives-for-a-test-%d\n", name, time.Now().UnixNano()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pgbouncerSettings are those of the file of the cluster, but for where it listens and who may come.
func pgbouncerSettings(t *testing.T) map[string]string {
	t.Helper()
	_, text, _ := strings.Cut(read(t, "compose", "pgbouncer.ini"), "[pgbouncer]\n")
	all := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), " =")
		if ok && key[0] != ';' && key != "listen_addr" && key != "listen_port" && key != "auth_file" {
			all[key] = strings.TrimSpace(value)
		}
	}
	if all["pool_mode"] != "transaction" {
		t.Fatalf("pgbouncer.ini says %v", all)
	}
	return all
}

func isReady(t *testing.T, url string) {
	t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url + "/api/health/ready")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("Caddy answers HTTP %d", res.StatusCode)
	}
}
