package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestEachFaultNamesItsVariable(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	empty := write(t, "empty", "\n")
	key := write(t, "key", strongJWT)
	notPEM := write(t, "cert.pem", "hello")
	hundred := strings.Repeat("x", 70000)
	big := write(t, "big", hundred)
	for _, row := range []struct {
		name     string
		env      []string
		variable string
		says     string // a piece of the problem, the expectation or the hint
	}{
		{"unknown environment", []string{"ENVIRONMENT=prod"}, "ENVIRONMENT", "ENVIRONMENT=production"},
		{"another case", []string{"ENVIRONMENT=Development"}, "ENVIRONMENT", "lower case"},
		{"a real host taken for development", []string{"PUBLIC_URL=https://aiwfe.com"}, "ENVIRONMENT", "ENVIRONMENT=production"},
		{"the name other programs use", []string{"PUBLIC_URL=https://aiwfe.com", "NODE_ENV=production"}, "ENVIRONMENT", "NODE_ENV is set"},

		{"no address in production", with(production(), "PUBLIC_URL="), "PUBLIC_URL", "no default"},
		{"no address in staging", with(production(), "PUBLIC_URL=", "ENVIRONMENT=staging"), "PUBLIC_URL", "no default"},
		{"the address under another name", with(production(), "PUBLIC_URL=", "SITE_URL=https://x.example"), "PUBLIC_URL", "SITE_URL is set"},
		{"no scheme", []string{"PUBLIC_URL=localhost:8080"}, "PUBLIC_URL", "absolute"},
		{"another scheme", []string{"PUBLIC_URL=ftp://localhost"}, "PUBLIC_URL", "neither http nor https"},
		{"a path", []string{"PUBLIC_URL=http://localhost/auth"}, "PUBLIC_URL", "path"},
		{"a query", []string{"PUBLIC_URL=http://localhost/?"}, "PUBLIC_URL", "query"},
		{"a fragment", []string{"PUBLIC_URL=http://localhost/#"}, "PUBLIC_URL", "fragment"},
		{"a user", []string{"PUBLIC_URL=http://u@localhost"}, "PUBLIC_URL", "user name"},
		{"a port too high", []string{"PUBLIC_URL=http://localhost:70000"}, "PUBLIC_URL", "port"},
		{"a trailing dot is another origin", []string{"PUBLIC_URL=http://localhost."}, "PUBLIC_URL", "host name"},
		{"quotes of an env file", []string{`PUBLIC_URL="http://localhost"`}, "PUBLIC_URL", "quot"},

		{"plain http in production", with(production(), "TRUSTED_PROXIES=", "PUBLIC_URL=http://auth.example.com", "LISTEN_ADDR=127.0.0.1:8080"), "TRUSTED_PROXIES", "plain http"},
		{"https that nobody ends", with(production(), "TRUSTED_PROXIES="), "TRUSTED_PROXIES", "TLS_CERT_FILE"},
		{"certificate without key", []string{"TLS_CERT_FILE=" + notPEM}, "TLS_KEY_FILE", "both"},
		{"key without certificate", []string{"TLS_KEY_FILE=" + notPEM}, "TLS_CERT_FILE", "both"},
		{"absent key", []string{"TLS_CERT_FILE=" + notPEM, "TLS_KEY_FILE=" + absent}, "TLS_KEY_FILE", "no such file"},
		{"no PEM", []string{"TLS_CERT_FILE=" + notPEM, "TLS_KEY_FILE=" + notPEM}, "TLS_CERT_FILE", "PEM"},
		{"TLS and http", []string{"TLS_CERT_FILE=" + notPEM, "TLS_KEY_FILE=" + notPEM, "PUBLIC_URL=http://localhost"}, "PUBLIC_URL", "https://localhost"},

		{"a bare port", []string{"LISTEN_ADDR=8080"}, "LISTEN_ADDR", ":8080"},
		{"no port", []string{"LISTEN_ADDR=127.0.0.1"}, "LISTEN_ADDR", "host:port"},
		{"a service name for a port", []string{"LISTEN_ADDR=:http"}, "LISTEN_ADDR", "host:port"},
		{"an odd host", []string{"LISTEN_ADDR=a b:80"}, "LISTEN_ADDR", "host"},
		{"no number", []string{"PORT=tcp://10.0.0.1:80"}, "PORT", "65535"}, // Kubernetes sets such for a service called "port"
		{"PORT against LISTEN_ADDR", []string{"PORT=9000", "LISTEN_ADDR=:8080"}, "PORT", "another port"},

		{"an alias of itself", []string{"PUBLIC_ALIASES=localhost:8080"}, "PUBLIC_ALIASES", "for ever"},
		{"an alias that is none", []string{"PUBLIC_ALIASES=*.example.com"}, "PUBLIC_ALIASES", "host name"},

		{"every origin", []string{"CORS_ORIGINS=*"}, "CORS_ORIGINS", "any site"},
		{"origin null", []string{"CORS_ORIGINS=null"}, "CORS_ORIGINS", "any site"},
		{"a pattern", []string{"CORS_ORIGINS=https://*.example.com"}, "CORS_ORIGINS", "any site"},
		{"a trailing slash never matches", []string{"CORS_ORIGINS=https://a.example/"}, "CORS_ORIGINS", "Expected: https://a.example"},
		{"a default port never matches", []string{"CORS_ORIGINS=https://a.example:443"}, "CORS_ORIGINS", "never match"},
		{"capitals never match", []string{"CORS_ORIGINS=https://A.example"}, "CORS_ORIGINS", "never match"},
		{"a path", []string{"CORS_ORIGINS=https://a.example/x"}, "CORS_ORIGINS", "path"},
		{"no scheme", []string{"CORS_ORIGINS=a.example"}, "CORS_ORIGINS", "absolute"},

		{"another domain", with(production(), "COOKIE_DOMAIN=example.org"), "COOKIE_DOMAIN", "does not cover"},
		{"a sibling", with(production(), "COOKIE_DOMAIN=app.example.com"), "COOKIE_DOMAIN", "example.com"},
		{"a tail that is no parent", with(production(), "COOKIE_DOMAIN=mple.com"), "COOKIE_DOMAIN", "does not cover"},
		{"a public suffix", with(production(), "PUBLIC_URL=https://a.co.uk", "COOKIE_DOMAIN=co.uk"), "COOKIE_DOMAIN", "public suffix"},
		{"a suffix of the private section", with(production(), "PUBLIC_URL=https://me.duckdns.org", "COOKIE_DOMAIN=.duckdns.org"), "COOKIE_DOMAIN", "public suffix"},
		{"one label", []string{"COOKIE_DOMAIN=localhost"}, "COOKIE_DOMAIN", "public suffix"},
		{"an address", []string{"COOKIE_DOMAIN=127.0.0.1"}, "COOKIE_DOMAIN", "IP address"},
		{"a URL", []string{"COOKIE_DOMAIN=https://example.com"}, "COOKIE_DOMAIN", "without scheme"},

		{"every proxy", []string{"TRUSTED_PROXIES=*"}, "TRUSTED_PROXIES", "half the internet"},
		{"every proxy as network", []string{"TRUSTED_PROXIES=0.0.0.0/0"}, "TRUSTED_PROXIES", "half the internet"},
		{"half the addresses", []string{"TRUSTED_PROXIES=10.0.0.1, ::/1"}, "TRUSTED_PROXIES", "half the internet"},
		{"host bits", []string{"TRUSTED_PROXIES=10.1.2.3/8"}, "TRUSTED_PROXIES", "10.0.0.0/8"},
		{"a name", []string{"TRUSTED_PROXIES=nginx"}, "TRUSTED_PROXIES", "neither an address"},

		{"data folder is a file", []string{"DATA_DIR=" + key}, "DATA_DIR", "no folder"},
		{"not a database", []string{"DATABASE_URL=mysql://h/db"}, "DATABASE_URL", "postgres://"},
		{"direct beside SQLite", []string{"DATABASE_DIRECT_URL=postgres://h/db"}, "DATABASE_DIRECT_URL", "sqlite"},
		{"direct SQLite", []string{"DATABASE_URL=postgres://h/db", "DATABASE_DIRECT_URL=sqlite:///x"}, "DATABASE_DIRECT_URL", "PostgreSQL"},
		{"no connections", []string{"DB_MAX_CONNS=0"}, "DB_MAX_CONNS", "from 1"},
		{"not redis", []string{"REDIS_URL=http://h"}, "REDIS_URL", "redis://"},
		{"redis without host", []string{"REDIS_URL=redis:///0"}, "REDIS_URL", "no host"},

		{"no key in production", with(production(), "JWT_SECRET_KEY="), "JWT_SECRET_KEY", "openssl rand"},
		{"no key in staging", with(production(), "JWT_SECRET_KEY=", "ENVIRONMENT=staging"), "JWT_SECRET_KEY", "staging"},
		{"the key under another name", with(production(), "JWT_SECRET_KEY=", "JWT_SECRET="+strongJWT), "JWT_SECRET_KEY", "JWT_SECRET is set"},
		{"no encryption key", with(production(), "DATA_ENCRYPTION_KEY="), "DATA_ENCRYPTION_KEY", "required"},
		{"short", with(production(), "JWT_SECRET_KEY="+strongJWT[:31]), "JWT_SECRET_KEY", "31 bytes"},
		{"short cannot sign anywhere", []string{"JWT_SECRET_KEY=short"}, "JWT_SECRET_KEY", "RFC 7518"},
		{"short encryption key", with(production(), "DATA_ENCRYPTION_KEY=short"), "DATA_ENCRYPTION_KEY", "5 bytes"},
		{"placeholder", with(production(), "JWT_SECRET_KEY=change-me-"+strongJWT), "JWT_SECRET_KEY", "placeholder"},
		{"weak previous key", with(production(), "JWT_PREVIOUS_SECRET_KEYS="+strings.Repeat("a", 40)), "JWT_PREVIOUS_SECRET_KEYS", "weak"},
		{"empty previous key", []string{"JWT_PREVIOUS_SECRET_KEYS=" + strongData + ","}, "JWT_PREVIOUS_SECRET_KEYS", "Key 2"},
		{"one key for both", []string{"JWT_SECRET_KEY=" + strongJWT, "DATA_ENCRYPTION_KEY=" + strongJWT}, "DATA_ENCRYPTION_KEY", "two different"},
		{"a retired key for the other purpose", with(production(), "JWT_PREVIOUS_SECRET_KEYS="+strongData), "DATA_ENCRYPTION_KEY", "two different"},
		{"both forms", []string{"JWT_SECRET_KEY=" + strongJWT, "JWT_SECRET_KEY_FILE=" + key}, "JWT_SECRET_KEY", "Both"},
		{"absent file", []string{"JWT_SECRET_KEY_FILE=" + absent}, "JWT_SECRET_KEY_FILE", "no such file"},
		{"absent file in production is told once", with(production(), "JWT_SECRET_KEY=", "JWT_SECRET_KEY_FILE="+absent), "JWT_SECRET_KEY_FILE", "no such file"},
		{"a folder", []string{"SMTP_URL_FILE=" + filepath.Dir(key)}, "SMTP_URL_FILE", "directory"},
		{"empty file", []string{"METRICS_TOKEN_FILE=" + empty}, "METRICS_TOKEN_FILE", "empty"},
		{"huge file", []string{"METRICS_TOKEN_FILE=" + big}, "METRICS_TOKEN_FILE", "64 KiB"},

		{"no unit", []string{"ACCESS_TOKEN_TTL=3600"}, "ACCESS_TOKEN_TTL", "no unit"},
		{"too short", []string{"REFRESH_GRACE=999ms"}, "REFRESH_GRACE", "at least 1s"},
		{"negative", []string{"CSRF_TTL=-1h"}, "CSRF_TTL", "too short"},
		{"idle beyond max", []string{"SESSION_IDLE=2d", "SESSION_MAX=1d"}, "SESSION_IDLE", "SESSION_MAX"},
		{"no number", []string{"SESSION_LIMIT=many"}, "SESSION_LIMIT", "whole number"},
		{"no such policy", []string{"SESSION_LIMIT_POLICY=drop"}, "SESSION_LIMIT_POLICY", "evict or refuse"},
		{"no such check", []string{"SESSION_CHECK=none"}, "SESSION_CHECK", "cached or strict"},
		{"a limit without time", []string{"LOGIN_LIMIT_ACCOUNT=10"}, "LOGIN_LIMIT_ACCOUNT", "10/15m"},
		{"no attempts", []string{"LOGIN_LIMIT_ADDRESS=0/1m"}, "LOGIN_LIMIT_ADDRESS", "10/15m"},
		{"a limit per nothing", []string{"LOGIN_LIMIT_ADDRESS=1/0s"}, "LOGIN_LIMIT_ADDRESS", "at least 1s"},

		{"old tokens for ever", []string{"LEGACY_TOKENS=accept"}, "LEGACY_TOKENS_UNTIL", "90 days"},
		{"old tokens too long", []string{"LEGACY_TOKENS_UNTIL=2027-02-09"}, "LEGACY_TOKENS_UNTIL", "2027-02-08"},
		{"a date of another kind", []string{"LEGACY_TOKENS_UNTIL=31.12.2026"}, "LEGACY_TOKENS_UNTIL", "ISO 8601"},
		{"yes is no value", []string{"LEGACY_TOKENS=on"}, "LEGACY_TOKENS", "off or accept"},

		{"open without mail", production("REGISTRATION=open"), "REGISTRATION", "SMTP_URL"},
		{"no such role", production("MFA_REQUIRED_ROLES=root"), "MFA_REQUIRED_ROLES", "user, admin"},
		{"none and one", production("MFA_REQUIRED_ROLES=none,admin"), "MFA_REQUIRED_ROLES", "or none"},
		{"no time to prove", production("REAUTH_WINDOW=0"), "REAUTH_WINDOW", "duration"},
		{"no such registration", []string{"REGISTRATION=true"}, "REGISTRATION", "closed or invite or open"},
		{"no such hash", []string{"PASSWORD_HASH=md5"}, "PASSWORD_HASH", "argon2id or bcrypt"},
		{"neither on nor off", []string{"PASSWORD_UPGRADE=maybe"}, "PASSWORD_UPGRADE", "on or off"},
		{"neither on nor off", []string{"HSTS_INCLUDE_SUBDOMAINS=2"}, "HSTS_INCLUDE_SUBDOMAINS", "on or off"},
		{"no such form", []string{"ERROR_COMPAT=django"}, "ERROR_COMPAT", "fastapi-users"},
		{"not smtp", []string{"SMTP_URL=mail.example.com:587"}, "SMTP_URL", "smtp://"},
		{"not a sender", []string{"MAIL_FROM=nobody"}, "MAIL_FROM", "no-reply@"},
		{"a contact without a scheme", []string{"SECURITY_CONTACT=security@example.com"}, "SECURITY_CONTACT", "mailto:security@"},
		{"a contact in the clear", []string{"SECURITY_CONTACT=http://example.com/security"}, "SECURITY_CONTACT", "https://"},
		{"a contact that is nobody", []string{"SECURITY_CONTACT=mailto:nobody"}, "SECURITY_CONTACT", "mailto:"},
		{"a second field", []string{"SECURITY_CONTACT=https://example.com/\nCanonical:x"}, "SECURITY_CONTACT", "https://"},
		{"no such level", []string{"LOG_LEVEL=chatty"}, "LOG_LEVEL", "debug"},
		{"no such format", []string{"LOG_FORMAT=xml"}, "LOG_FORMAT", "json or text"},
		{"no time", []string{"SHUTDOWN_DELAY=soon"}, "SHUTDOWN_DELAY", "duration"},
	} {
		t.Run(row.variable+" "+row.name, func(t *testing.T) {
			found := faultsOf(t, Sources{Env: row.env})
			f, ok := found[row.variable]
			if !ok {
				t.Fatalf("no fault; told: %v", found)
			}
			if text := f.String(); !strings.Contains(text, row.says) || f.Expected == "" || f.Origin == "" {
				t.Errorf("the fault does not say %q:\n%s", row.says, text)
			}
			if len(found) != 1 && row.variable != "ENVIRONMENT" && !strings.HasPrefix(row.variable, "TLS") && !strings.HasPrefix(row.name, "TLS") {
				t.Errorf("one mistake makes %d faults: %v", len(found), found)
			}
		})
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	file := write(t, "c.yaml", "session_limit: none\npublik_url: x\n")
	_, err := load(Sources{File: file, Env: []string{"ENVIRONMENT=production", "LOG_LEVEL=loud"}, Flags: map[string]string{"CSRF_TTL": "1"}})
	if err == nil {
		t.Fatal("it started")
	}
	for _, piece := range []string{
		"The configuration has 7 faults.", "PUBLIC_URL is not set.", "JWT_SECRET_KEY is not set.", "DATA_ENCRYPTION_KEY is not set.",
		`LOG_LEVEL (environment) is "loud".`, `CSRF_TTL (flag --csrf-ttl) is "1".`,
		"SESSION_LIMIT (file " + file + `:1) is "none".`, "publik_url (file " + file + ":2):", "Did you mean PUBLIC_URL?",
	} {
		if !strings.Contains(err.Error(), piece) {
			t.Errorf("%q is missing in:\n%v", piece, err)
		}
	}
}

// A slip in ENVIRONMENT must not hide what production lacks, nor be taken for
// the default.
func TestUnknownEnvironmentIsHeldToWhatItMeans(t *testing.T) {
	for _, row := range []struct {
		raw     string
		want    Environment
		missing bool
	}{{"prod", Production, true}, {"prodcution", Production, true}, {"stage", Staging, true}, {"dev", Development, false}} {
		src := Sources{Env: []string{"ENVIRONMENT=" + row.raw}}
		_, missing := faultsOf(t, src)["JWT_SECRET_KEY"]
		c, err := load(src)
		if err == nil || c.Environment != row.want || missing != row.missing {
			t.Errorf("%s: %s, key missed %v, %v", row.raw, c.Environment, missing, err)
		}
	}
}

func TestPartlyFilledConfigComesWithTheFaults(t *testing.T) {
	c, err := load(Sources{Env: production("LOG_LEVEL=loud", "SESSION_IDLE=x", "DATABASE_URL=postgres://u:p@h/db")})
	if err == nil || c == nil {
		t.Fatalf("got %v, %v", c, err)
	}
	if c.PublicURL == nil || c.Database.Engine != Postgres || c.SessionIdle != day {
		t.Errorf("what was right is not there: %+v", c)
	}
}

func TestWhatMayStandInProduction(t *testing.T) {
	for _, row := range []struct {
		name, warning string
		env           []string
	}{
		{"parent domain", "", production("COOKIE_DOMAIN=example.com", mailServer)},
		{"own host as cookie domain", "", production("COOKIE_DOMAIN=.auth.example.com", mailServer)},
		{"a proxy on the same machine", "TRUSTED_PROXIES", with(production(), "TRUSTED_PROXIES=", "LISTEN_ADDR=127.0.0.1:8080")},
		{"a trial on this machine", "LISTEN_ADDR=127.0.0.1:8080", with(production(), "TRUSTED_PROXIES=", "PUBLIC_URL=http://localhost:8080")},
		{"plain http behind a proxy", "without Secure", with(production(), "PUBLIC_URL=http://auth.example.com")},
		{"open registration with mail", "", production("REGISTRATION=open", "SMTP_URL=smtp://u:p@mail.example.com:587")},
		{"redis", "", production("REDIS_URL=rediss://:p@r.example:6380/1", mailServer)},
		{"memory", "in memory", production("DATABASE_URL=sqlite:///:memory:")},
		{"short metrics token", "METRICS_TOKEN", production("METRICS_TOKEN=short")},
		{"development on a named host, said aloud", "", []string{"ENVIRONMENT=development", "PUBLIC_URL=http://dev.example.com"}},
		{"a weak key in development", "would be refused in production", []string{"JWT_SECRET_KEY=" + strings.Repeat("a", 40)}},
	} {
		c := mustLoad(t, Sources{Env: row.env})
		if row.warning == "" && len(c.Warnings()) > 0 || row.warning != "" && !warned(c, row.warning) {
			t.Errorf("%s: warnings %q", row.name, c.Warnings())
		}
	}
}
