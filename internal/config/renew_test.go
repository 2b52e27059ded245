package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// elsewise is another value for every setting, beside those of production().
var elsewise = map[string]string{
	"LISTEN_ADDR": "127.0.0.1:9999", "PUBLIC_URL": "https://other.example.com", "PUBLIC_ALIASES": "www.example.org",
	"CORS_ORIGINS": "https://app.example.org", "COOKIE_DOMAIN": "example.com", "TRUSTED_PROXIES": "192.0.2.9",
	"HSTS_INCLUDE_SUBDOMAINS": "on", "DATA_DIR": "/tmp/elsewhere", "DATABASE_URL": "postgres://u:old@other/db", "DB_MAX_CONNS": "5",
	"DATABASE_DIRECT_URL": "postgres://u:x@h/db", "REDIS_URL": "redis://127.0.0.1:1", "JWT_PREVIOUS_SECRET_KEYS": strongJWT + "-before",
	"DATA_ENCRYPTION_KEY": "o9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs", "DATA_ENCRYPTION_PREVIOUS_KEYS": "p9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs",
	"JWT_SECRET_KEY": "q9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs", "ACCESS_TOKEN_TTL": "5m", "SESSION_IDLE": "2h", "SESSION_MAX": "9d",
	"SESSION_LIMIT": "3", "SESSION_LIMIT_POLICY": "refuse", "SESSION_CHECK": "strict", "REFRESH_GRACE": "7s", "CSRF_TTL": "3h",
	"LEGACY_TOKENS": "accept", "LEGACY_TOKENS_UNTIL": "2026-12-01", "LOGIN_LIMIT_ACCOUNT": "7/3m", "LOGIN_LIMIT_ADDRESS": "9/2m",
	"REGISTRATION": "open", "MFA_REQUIRED_ROLES": "user,admin", "REAUTH_WINDOW": "3m", "TRUST_DEVICE": "3d", "PASSWORD_HASH": "bcrypt",
	"PASSWORD_UPGRADE": "off", "ERROR_COMPAT": "fastapi-users", "MAIL_FROM": "a@example.com", "SECURITY_CONTACT": "mailto:s@example.com",
	"SMTP_URL": "smtp://u:new@mail.example.com:587", "METRICS_TOKEN": "r9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs", "LOG_LEVEL": "debug",
	"LOG_FORMAT": "text", "SHUTDOWN_DELAY": "1s", "UPSTREAM_URL": "http://127.0.0.1:8000", "UPSTREAMS": "/api=http://127.0.0.1:8001",
	"UPSTREAM_TIMEOUT": "5s", "UPSTREAM_CREDENTIALS": "bearer", "POLICY_FILE": "testdata/policy.yaml",
	"AUDIT_RETENTION": "400d", "AUDIT_SHIP_FILE": "/tmp/audit.jsonl", "AUDIT_SHIP_SYSLOG": "tls://logs.example.com:6514",
	"AUDIT_SHIP_WEBHOOK": "https://hooks.example.com/a", "AUDIT_SHIP_WEBHOOK_SECRET": "s9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs",
	"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/t",
	"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:4318/l", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=t9c2Rr8aQyq3nT7wUeX5vZ1bLkJh",
	"OTEL_SERVICE_NAME": "login", "OTEL_RESOURCE_ATTRIBUTES": "a=b", "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1",
	"OTEL_SDK_DISABLED": "true", "OTEL_IDS": "on",
	"OUTBOUND_ALLOW": "hooks.internal,10.1.0.0/16",
	"ALERT_MAIL":     "ops@example.com", "ALERT_WEBHOOK_URL": "https://hooks.example.com/a", "ALERT_WEBHOOK_SECRET": "s9c2Rr8aQyq3nT7wUeX5vZ1bLkJhGfDs",
	"ALERT_SLACK_URL": "https://hooks.example.com/b", "ALERT_SYSLOG": "udp://127.0.0.1:514", "ALERT_FAILURE_RATE": "7.5%",
	"ALERT_RESPONSE_TIME": "3s", "ALERT_REPEAT": "4h",
	"BACKUP_EVERY": "12h", "BACKUP_DIR": "/srv/backups", "BACKUP_KEEP": "7,90d", "BACKUP_PASSPHRASE": "correct horse battery",
	"BACKUP_RECIPIENT": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
	"PRODUCT_NAME":     "Example Cloud", "LOGO_FILE": "testdata/logo-dark.svg", "LOGO_DARK_FILE": "testdata/logo-dark.svg", "ACCENT_COLOR": "#0a7d5a",
	"MAINTENANCE_SCHEDULE": "weekly", "MAINTENANCE_TIME_ZONE": "Europe/Berlin", "MAINTENANCE_MAIL": "ops@example.com", "ROTATION_DUE": "30d",
}

func TestEverySettingIsEitherAppliedOrHeldBackByName(t *testing.T) {
	base := production("DATABASE_URL=postgres://u:old@h/db", "LOGO_FILE=testdata/logo.svg", "BACKUP_PASSPHRASE=staple battery correct", "SMTP_URL=smtp://u:old@mail.example.com:587", "LEGACY_TOKENS_UNTIL=2026-11-20")
	running := mustLoad(t, Sources{Env: base, Now: noon})
	lasts := map[string]bool{}
	for _, k := range lasting {
		lasts[k.name] = true
	}
	for _, s := range table {
		switch s.name {
		case "ENVIRONMENT", "PORT", "TLS_CERT_FILE", "TLS_KEY_FILE":
			continue // below, or the same as another
		}
		value, ok := elsewise[s.name]
		if !ok {
			t.Errorf("%s: there is no other value to try", s.name)
			continue
		}
		next := mustLoad(t, Sources{Env: with(base, s.name+"="+value), Now: noon})
		if got := next.Changed(running); !slices.Contains(got, s.name) {
			t.Errorf("%s: changed are %v", s.name, got)
		}
		mixed, held := running.Renewed(next)
		if slices.Contains(held, s.name) != lasts[s.name] || same(s.name, mixed, running) != lasts[s.name] {
			t.Errorf("%s is held back %t, and is the old one %t", s.name, slices.Contains(held, s.name), same(s.name, mixed, running))
		}
	}
	next := mustLoad(t, Sources{Env: base, Now: noon})
	if mixed, held := running.Renewed(next); len(held) > 0 || len(mixed.Changed(running)) > 0 {
		t.Errorf("nothing was changed, and held back is %v, changed %v", held, mixed.Changed(running))
	}
}

// What was checked together stays together.
func TestNothingIsAppliedThatBelongsToWhatIsHeldBack(t *testing.T) {
	running := mustLoad(t, Sources{Env: with(production(), "TRUSTED_PROXIES=192.0.2.1"), Now: noon})
	next := mustLoad(t, Sources{Env: with(production(), "PUBLIC_URL=http://localhost:8080", "LISTEN_ADDR=127.0.0.1:8080"), Now: noon})
	mixed, held := running.Renewed(next)
	if !slices.Contains(held, "TRUSTED_PROXIES") || len(mixed.TrustedProxies) != 1 || mixed.PublicURL.String() != running.PublicURL.String() {
		t.Errorf("held back is %v; trusted are %v for %s", held, mixed.TrustedProxies, mixed.PublicURL)
	}
	other := mustLoad(t, Sources{Env: with(production(), "ENVIRONMENT=staging", "SESSION_LIMIT=2"), Now: noon})
	if mixed, held := running.Renewed(other); cmp.Diff([]string{"ENVIRONMENT"}, held) != "" || mixed.SessionLimit != running.SessionLimit {
		t.Errorf("with another environment %v is held back, and %d sessions are allowed", held, mixed.SessionLimit)
	}
	if _, held := running.Renewed(mustLoad(t, Sources{Env: with(production(), "SMTP_URL="+elsewise["SMTP_URL"]), Now: noon})); strings.Join(held, " ") != "SMTP_URL" {
		t.Errorf("where mail begins, %v is held back", held)
	}
}

// Another user or password of the same database is taken over; another database is not.
func TestLoginOfTheDatabaseIsTakenOver(t *testing.T) {
	at := func(url string) *Config {
		return mustLoad(t, Sources{Env: production("DATABASE_URL=" + url), Now: noon})
	}
	running := at("postgres://u:old@h:5432/db?sslmode=verify-full")
	for url, taken := range map[string]bool{
		"postgres://u:new@h:5432/db?sslmode=verify-full":                  true,
		"postgres://v:new@h:5432/db?sslmode=verify-full":                  true,
		"postgres://u@h:5432/db?sslmode=verify-full&password=another":     true,
		"postgres://u:new@h:5432/other?sslmode=verify-full":               false,
		"postgres://u:new@i:5432/db?sslmode=verify-full":                  false,
		"postgres://u:new@h:5432/db?sslmode=disable":                      false,
		"postgres://u:new@h:5432/db?sslmode=verify-full&pool_max_conns=3": false,
	} {
		next := at(url)
		mixed, held := running.Renewed(next)
		if mixed.Database.DSN.Equal(next.Database.DSN) != taken || (len(held) == 0) != taken {
			t.Errorf("%s: held back is %v", url, held)
		}
	}
}

// A key that nobody set was made and kept, and is not in what is read anew.
func TestKeyThatWasMadeIsKept(t *testing.T) {
	dir := t.TempDir()
	env := []string{"ENVIRONMENT=test", "DATA_DIR=" + dir}
	running, next := mustLoad(t, Sources{Env: env}), mustLoad(t, Sources{Env: env})
	for _, c := range []*Config{running, next} {
		if _, err := c.EnsureSecrets(); err != nil {
			t.Fatal(err)
		}
	}
	mixed, held := running.Renewed(next)
	if _, err := mixed.EnsureSecrets(); err != nil || len(held) > 0 || len(mixed.Changed(running)) > 0 {
		t.Errorf("held back is %v, changed %v, %v", held, mixed.Changed(running), err)
	}
}
