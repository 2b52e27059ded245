package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// shows serves TLS with a certificate until the test ends, and gives its port.
func shows(t *testing.T, c ground.Certificate) string {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(c.Cert), []byte(c.Key))
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = conn.Read(make([]byte, 1)) // which shakes hands
				_ = conn.Close()
			}()
		}
	}()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestCertificatesAreSeenWhereTheyAre looks at a file, at the public address,
// at PostgreSQL and at a mail server; those that have ended are seen too.
func TestCertificatesAreSeenWhereTheyAre(t *testing.T) {
	authority, err := ground.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issue := func(v ground.Validity) ground.Certificate {
		t.Helper()
		c, err := authority.Issue(v, "localhost", "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ended := issue(ground.Validity{From: -60 * 24 * time.Hour, To: -24 * time.Hour})
	soon := issue(ground.Validity{From: -60 * 24 * time.Hour, To: 72 * time.Hour})
	dir := t.TempDir()
	for name, text := range map[string]string{"cert.pem": soon.Cert, "key.pem": soon.Key} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pg, ca := ground.TLSPostgres(t)
	database := strings.Replace(pg.NewDatabase(t), "sslmode=disable", "sslmode=verify-ca&sslrootcert="+ca, 1)
	cfg, err := config.Load(config.Sources{Env: []string{
		"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir(), "PUBLIC_URL=https://localhost:" + shows(t, ended),
		"TLS_CERT_FILE=" + filepath.Join(dir, "cert.pem"), "TLS_KEY_FILE=" + filepath.Join(dir, "key.pem"),
		"DATABASE_URL=" + database, "SMTP_URL=smtps://127.0.0.1:" + shows(t, ended), "MAIL_FROM=a@example.com",
	}})
	if err != nil {
		t.Fatal(err)
	}
	list := certificates(t.Context(), cfg)
	if len(list) != 4 {
		t.Fatalf("seen are %+v", list)
	}
	for i, want := range []struct {
		what  string
		ended bool
	}{{"TLS_CERT_FILE", false}, {cfg.PublicURL.Host, true}, {"database", false}, {"mail server", true}} {
		c := list[i]
		if c.What != want.what || c.Leaf == nil || c.Leaf.NotAfter.Before(time.Now()) != want.ended {
			t.Errorf("%s is %+v", want.what, c)
		}
	}
	s := upkeep.Sources{Now: time.Now(), Certificates: func(context.Context) []upkeep.Certificate { return list }}
	for _, c := range upkeep.Do(t.Context(), api.MaintenanceDaily, s).Chores {
		if c.Chore == "certificates" && c.Verdict != api.ChoreToDo {
			t.Errorf("the verdict is %+v", c)
		}
	}
}

func TestWhereNothingSpeaksTLSThereIsNoCertificate(t *testing.T) {
	cfg, err := config.Load(config.Sources{Env: []string{
		"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir(), "DATABASE_URL=" + ground.Postgres(t).NewDatabase(t),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if list := certificates(t.Context(), cfg); len(list) != 0 {
		t.Errorf("seen are %+v", list)
	}
	away, err := config.Load(config.Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir(), "PUBLIC_URL=https://localhost:1", "TRUSTED_PROXIES=127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if list := certificates(t.Context(), away); len(list) != 1 || list[0].Leaf != nil || list[0].Err == nil || errors.Is(list[0].Err, errNone) {
		t.Errorf("of an address where nobody is: %+v", list)
	}
}
