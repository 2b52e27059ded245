package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestNothingSetStartsDevelopment(t *testing.T) {
	c := mustLoad(t, Sources{})
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ what, got, want string }{
		{"environment", string(c.Environment), "development"},
		{"listen", c.ListenAddr, "127.0.0.1:8080"},
		{"public", c.PublicURL.String(), "http://localhost:8080"},
		{"data dir", c.DataDir, filepath.Join(wd, "data")},
		{"engine", c.Database.Engine, SQLite},
		{"database", string(c.Database.DSN.Reveal()), filepath.Join(wd, "data", "aiwfe-auth.db")},
		{"registration", c.Registration, "open"},
		{"log format", c.LogFormat, "text"},
		{"hash", c.PasswordHash, "argon2id"},
		{"policy", c.SessionLimitPolicy, "evict"},
		{"check", c.SessionCheck, "cached"},
		{"compat", c.ErrorCompat, ""},
	} {
		if row.got != row.want {
			t.Errorf("%s is %q, want %q", row.what, row.got, row.want)
		}
	}
	for _, row := range []struct {
		what      string
		got, want time.Duration
	}{
		{"access", c.AccessTokenTTL, time.Hour},
		{"idle", c.SessionIdle, 24 * time.Hour},
		{"max", c.SessionMax, 720 * time.Hour},
		{"csrf", c.CSRFTTL, 12 * time.Hour},
		{"grace", c.RefreshGrace, 10 * time.Second},
		{"delay", c.ShutdownDelay, 0},
	} {
		if row.got != row.want {
			t.Errorf("%s is %v, want %v", row.what, row.got, row.want)
		}
	}
	if c.LoginLimitAccount != (Limit{10, 15 * time.Minute}) || c.LoginLimitAddress != (Limit{60, time.Minute}) {
		t.Errorf("limits are %v and %v", c.LoginLimitAccount, c.LoginLimitAddress)
	}
	if c.SessionLimit != 10 || c.DBMaxConns != 10 || !c.PasswordUpgrade || c.HSTSIncludeSubdomains || c.LegacyTokens || c.LogLevel != slog.LevelInfo {
		t.Errorf("a default is off: %+v", c)
	}
	if len(c.Warnings()) != 0 {
		t.Errorf("a fresh start warns: %v", c.Warnings())
	}
}

func TestProductionHasStrictDefaults(t *testing.T) {
	for _, env := range []string{"production", "staging"} {
		c := mustLoad(t, Sources{Env: with(production(), "ENVIRONMENT="+env)})
		if c.ListenAddr != ":8080" || c.Registration != "closed" || c.LogFormat != "json" || c.ShutdownDelay != 5*time.Second || c.Environment.Relaxed() {
			t.Errorf("%s: listen %s, registration %s, log %s, delay %v", env, c.ListenAddr, c.Registration, c.LogFormat, c.ShutdownDelay)
		}
	}
}

func TestFlagsWinOverEnvironmentOverDotEnvOverFile(t *testing.T) {
	file := write(t, "c.yaml", "session_limit: 2\nsession_idle: 2h\naccess_token_ttl: 2m\ncsrf_ttl: 2h\n")
	dot := write(t, ".env", "SESSION_LIMIT=3\nSESSION_IDLE=3h\nACCESS_TOKEN_TTL=3m\n")
	c := mustLoad(t, Sources{
		File: file, DotEnv: dot,
		Env:   []string{"SESSION_LIMIT=4", "SESSION_IDLE=4h", "CSRF_TTL="}, // an empty variable counts as unset
		Flags: map[string]string{"SESSION_LIMIT": "5"},
	})
	for _, row := range []struct{ name, value, origin string }{
		{"SESSION_LIMIT", "5", "flag --session-limit"},
		{"SESSION_IDLE", "4h", "environment"},
		{"ACCESS_TOKEN_TTL", "3m", "file " + dot + ":3"},
		{"CSRF_TTL", "2h", "file " + file + ":4"},
		{"SESSION_MAX", "30d", "default"},
		{"PUBLIC_URL", "http://localhost:8080", "derived from LISTEN_ADDR"},
	} {
		if s := setting1(t, c, row.name); s.Value != row.value || s.Origin != row.origin {
			t.Errorf("%s is %q from %q, want %q from %q", row.name, s.Value, s.Origin, row.value, row.origin)
		}
	}
}

func TestListenAddressAndPort(t *testing.T) {
	for _, row := range []struct {
		name            string
		env             []string
		flag            string
		listen, address string
	}{
		{"port alone stays on loopback in development", []string{"PORT=9000"}, "", "127.0.0.1:9000", "http://localhost:9000"},
		{"the two agree", []string{"PORT=9000", "LISTEN_ADDR=:9000"}, "", ":9000", "http://localhost:9000"},
		{"a flag is weightier than the platform's PORT", []string{"PORT=9000"}, "127.0.0.1:7000", "127.0.0.1:7000", "http://localhost:7000"},
		{"the default port of http is not written", []string{"LISTEN_ADDR=:80"}, "", ":80", "http://localhost"},
		{"any free port", []string{"LISTEN_ADDR=127.0.0.1:0"}, "", "127.0.0.1:0", "http://localhost:0"},
		{"IPv6", []string{"LISTEN_ADDR=[::1]:8081"}, "", "[::1]:8081", "http://localhost:8081"},
	} {
		src := Sources{Env: row.env}
		if row.flag != "" {
			src.Flags = map[string]string{"LISTEN_ADDR": row.flag}
		}
		c := mustLoad(t, src)
		if c.ListenAddr != row.listen || c.PublicURL.String() != row.address {
			t.Errorf("%s: %s and %s", row.name, c.ListenAddr, c.PublicURL)
		}
	}
}

func TestPublicURLIsKeptAsABrowserWritesIt(t *testing.T) {
	for raw, want := range map[string]string{
		"https://auth.example.com/":    "https://auth.example.com",
		"HTTPS://Auth.Example.COM:443": "https://auth.example.com",
		"https://bücher.example":       "https://xn--bcher-kva.example",
		"https://[2001:DB8::1]:8443":   "https://[2001:db8::1]:8443",
		" https://auth.example.com\n":  "https://auth.example.com",
	} {
		c := mustLoad(t, Sources{Env: with(production(), "PUBLIC_URL="+raw)})
		if c.PublicURL.String() != want {
			t.Errorf("%q became %s, want %s", raw, c.PublicURL, want)
		}
	}
}

func TestSecretFilesDropOneNewlineOnly(t *testing.T) {
	for _, row := range []struct {
		name, text, want string
		warns            bool
	}{
		{"as an editor writes it", strongJWT + "\n", strongJWT, false},
		{"no newline", strongJWT, strongJWT, false},
		{"two newlines leave one", strongJWT + "\n\n", strongJWT + "\n", true},
		{"Windows", strongJWT + "\r\n", strongJWT + "\r", true},
	} {
		path := write(t, "key", row.text)
		c := mustLoad(t, Sources{Env: []string{"JWT_SECRET_KEY_FILE=" + path}})
		if got := string(c.JWTSecretKey.Reveal()); got != row.want {
			t.Errorf("%s: %q", row.name, got)
		}
		if warned(c, "white space") != row.warns {
			t.Errorf("%s: warnings %q", row.name, c.Warnings())
		}
		if o := setting1(t, c, "JWT_SECRET_KEY").Origin; o != "file of JWT_SECRET_KEY_FILE "+path {
			t.Errorf("%s: origin %q", row.name, o)
		}
	}
}

func TestKeyListsSplitByCommaAndInFilesByLine(t *testing.T) {
	comma := strongJWT + "," + strongData
	c := mustLoad(t, Sources{Env: []string{"JWT_PREVIOUS_SECRET_KEYS=" + comma}})
	if len(c.JWTPreviousSecretKeys) != 2 || string(c.JWTPreviousSecretKeys[1].Reveal()) != strongData {
		t.Errorf("from the environment: %d keys", len(c.JWTPreviousSecretKeys))
	}
	path := write(t, "keys", comma+"\n"+strongData+"x\n") // a key in a file may hold a comma
	c = mustLoad(t, Sources{Env: []string{"JWT_PREVIOUS_SECRET_KEYS_FILE=" + path}})
	if len(c.JWTPreviousSecretKeys) != 2 || string(c.JWTPreviousSecretKeys[0].Reveal()) != comma {
		t.Errorf("from a file: %d keys", len(c.JWTPreviousSecretKeys))
	}
}

func TestLoadWritesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustLoad(t, Sources{Env: []string{"DATA_DIR=" + dir}})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("Load made %s: %v", dir, err)
	}
}

func TestLegacyDateCountsToItsEnd(t *testing.T) {
	c := mustLoad(t, Sources{Env: []string{"LEGACY_TOKENS=accept", "LEGACY_TOKENS_UNTIL=2027-02-08"}}) // 90 days ahead
	if want := time.Date(2027, 2, 8, 23, 59, 59, 0, time.UTC); !c.LegacyTokensUntil.Equal(want) || !c.LegacyTokens {
		t.Errorf("until %v", c.LegacyTokensUntil)
	}
	// A restart on the day after must not fail.
	c = mustLoad(t, Sources{Env: []string{"LEGACY_TOKENS=accept", "LEGACY_TOKENS_UNTIL=2026-11-09T10:00:00+02:00"}})
	if !warned(c, "has passed") {
		t.Errorf("a past date: %q", c.Warnings())
	}
}

func TestListsAreRead(t *testing.T) {
	file := write(t, "c.yaml", "trusted_proxies: [127.0.0.1, 'fd00::/8']\npublic_aliases:\n  - WWW.example.com\n  - https://example.org/\n")
	c := mustLoad(t, Sources{File: file, Env: []string{"CORS_ORIGINS=https://a.example, http://localhost:5173"}})
	if len(c.TrustedProxies) != 2 || c.TrustedProxies[0].String() != "127.0.0.1/32" || c.TrustedProxies[1].String() != "fd00::/8" {
		t.Errorf("proxies %v", c.TrustedProxies)
	}
	if len(c.PublicAliases) != 2 || c.PublicAliases[0] != "www.example.com" || c.PublicAliases[1] != "example.org" {
		t.Errorf("aliases %v", c.PublicAliases)
	}
	if len(c.CORSOrigins) != 2 || c.CORSOrigins[1] != "http://localhost:5173" {
		t.Errorf("origins %v", c.CORSOrigins)
	}
}
