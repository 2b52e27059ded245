package config

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// check holds settings against each other and against the environment. Each
// check leaves out what already has a fault.
func (l *loader) check() {
	l.checkPublicURL()
	l.checkTransport()
	l.checkTLSFiles()
	l.checkPort()
	l.checkAliases()
	l.checkCookieDomain()
	l.checkPolicyHosts()
	l.checkDatabase()
	l.checkSecrets()
	l.checkSessions()
	l.checkLegacy()
	l.checkRegistration()
	l.checkMail()
	l.checkLook()
	l.checkAlerts()
	l.checkBackups()
	l.checkUnused()
	l.checkMaintenance()
}

// servesTLS says whether the server speaks https itself.
func (c *Config) servesTLS() bool { return c.TLSCertFile != "" && c.TLSKeyFile != "" }

func (l *loader) checkPublicURL() {
	c := l.c
	if !l.sound("PUBLIC_URL") {
		return
	}
	if c.PublicURL == nil {
		if !c.Environment.Relaxed() {
			l.fault("PUBLIC_URL", problem{
				text:     "Outside development and test there is no default: cookies, origins and links in mail all derive from it.",
				expected: "the address that users type, such as https://auth.example.com", hint: l.otherName("PUBLIC_URL"),
				cause: l.renamedOr("PUBLIC_URL", "public_url_missing"), strict: true,
			})
		}
		return
	}
	if c.Environment == Development && !c.explicit && !isLoopback(c.PublicURL.Hostname()) {
		// Never guessed from the host name, in either direction: somebody must say it.
		l.fault("ENVIRONMENT", problem{
			text:     "PUBLIC_URL is " + c.PublicURL.String() + ", which is not this machine, and nobody said that this is development.",
			expected: "ENVIRONMENT=production for a real site, or ENVIRONMENT=development set explicitly",
			hint:     l.otherName("ENVIRONMENT"),
			cause:    l.renamedOr("ENVIRONMENT", "environment_mismatch"),
		})
	}
}

// checkTransport keeps passwords off open networks (ASVS 12.2.1): in production
// either this server speaks TLS or a proxy that it trusts does.
func (l *loader) checkTransport() {
	c := l.c
	if c.PublicURL == nil || !l.sound("PUBLIC_URL", "LISTEN_ADDR", "TRUSTED_PROXIES", "TLS_CERT_FILE", "TLS_KEY_FILE") {
		return
	}
	plain := c.PublicURL.Scheme == "http"
	if c.servesTLS() && plain {
		l.fault("PUBLIC_URL", problem{
			text: "TLS_CERT_FILE is set, so the server answers https only, and this address says http.", expected: "https://" + c.PublicURL.Host,
			cause: "public_url_wrong",
		})
		return
	}
	local := isLoopback(c.PublicURL.Hostname())
	if c.Environment.Relaxed() || c.servesTLS() || len(c.TrustedProxies) > 0 {
		if plain && !local && !c.Environment.Relaxed() {
			l.alert(Warning{
				Cause: "passkey_unusable", Variable: "PUBLIC_URL", Expected: "https://" + c.PublicURL.Hostname(),
				Text: "PUBLIC_URL is plain http, so cookies are sent without Secure and passkeys do not work; https is what browsers expect.",
			})
		}
		return
	}
	host := strings.Trim(c.ListenAddr[:strings.LastIndex(c.ListenAddr, ":")], "[]")
	open := !isLoopback(host)
	switch {
	case !local && (plain || open):
		l.fault("TRUSTED_PROXIES", problem{
			text:     "In " + string(c.Environment) + " passwords would cross the network in plain http: PUBLIC_URL is " + c.PublicURL.String() + ", the server listens on " + c.ListenAddr + ", and neither it nor a trusted proxy ends TLS.",
			expected: "TLS_CERT_FILE and TLS_KEY_FILE, or TRUSTED_PROXIES with the address of the proxy that ends TLS",
			cause:    "trusted_proxies_missing", strict: true,
		})
	case !local:
		l.alert(Warning{
			Cause: "trusted_proxies_missing", Variable: "TRUSTED_PROXIES", Expected: "the address of that proxy, such as TRUSTED_PROXIES=127.0.0.1",
			Text: "PUBLIC_URL is https and the server speaks plain http on " + c.ListenAddr +
				", so a proxy must be in front; without TRUSTED_PROXIES every client has that proxy's address.",
		})
	case open:
		l.warn("The server listens on " + c.ListenAddr + " in plain http, which other machines can reach; LISTEN_ADDR=127.0.0.1:" + portOf(c.ListenAddr) + " keeps it to this one.")
	}
}

func (l *loader) checkTLSFiles() {
	c := l.c
	for _, two := range [][2]string{{"TLS_CERT_FILE", "TLS_KEY_FILE"}, {"TLS_KEY_FILE", "TLS_CERT_FILE"}} {
		if l.isSet(two[0]) && !l.isSet(two[1]) {
			l.fault(two[1], problem{
				text:     two[0] + " is set, and the one is of no use without the other.",
				expected: "both, or neither",
				cause:    "tls_files_unusable",
			})
		}
	}
	if !c.servesTLS() {
		return
	}
	readable := true
	for _, name := range []string{"TLS_CERT_FILE", "TLS_KEY_FILE"} {
		if _, err := os.ReadFile(l.given[name].trimmed().raw); err != nil {
			l.fault(name, problem{
				text:     "The file cannot be read: " + reason(err) + ".",
				expected: "the path of a PEM file that this user may read",
				cause:    "tls_files_unusable",
			})
			readable = false
		}
	}
	if !readable {
		return
	}
	if _, err := tls.LoadX509KeyPair(c.TLSCertFile, c.TLSKeyFile); err != nil {
		l.fault("TLS_CERT_FILE", problem{
			text:     "The certificate and the key in TLS_KEY_FILE cannot be used together: " + strings.TrimPrefix(err.Error(), "tls: ") + ".",
			expected: "a certificate chain in PEM and the private key that belongs to its first certificate",
			cause:    "tls_files_unusable",
		})
	}
}

// checkPort: a LISTEN_ADDR from a weightier source wins over PORT; beside or
// below it the two must agree, for one of them is not what somebody meant.
func (l *loader) checkPort() {
	addr, ok := l.given["LISTEN_ADDR"]
	port, also := l.given["PORT"]
	if !ok || !also || !l.sound("LISTEN_ADDR", "PORT") || portOf(l.c.ListenAddr) == l.c.port {
		return
	}
	if addr.layer > port.layer {
		l.warn("PORT is " + l.c.port + ", but LISTEN_ADDR (" + addr.origin + ") wins.")
		return
	}
	l.fault("PORT", problem{
		text:     "LISTEN_ADDR (" + addr.origin + ") is " + l.c.ListenAddr + ", which is another port.",
		expected: "only one of the two, or the same port in both",
		cause:    "settings_contradict",
	})
}

func (l *loader) checkAliases() {
	if l.c.PublicURL == nil || !l.sound("PUBLIC_URL", "PUBLIC_ALIASES") {
		return
	}
	for _, a := range l.c.PublicAliases {
		if a == l.c.PublicURL.Host {
			l.fault("PUBLIC_ALIASES", problem{
				text:     "An alias is the host of PUBLIC_URL itself, so it would redirect to itself for ever.",
				expected: "other hosts only",
				cause:    "settings_contradict",
			})
		}
	}
}

// checkCookieDomain is the domain-match of RFC 6265 section 5.1.3: a cookie for
// a domain that does not cover our host is dropped by the browser in silence,
// and login loops.
func (l *loader) checkCookieDomain() {
	c := l.c
	if c.CookieDomain == "" || c.PublicURL == nil || !l.sound("COOKIE_DOMAIN", "PUBLIC_URL") {
		return
	}
	host := c.PublicURL.Hostname()
	if host == c.CookieDomain || !isIP(host) && strings.HasSuffix(host, "."+c.CookieDomain) {
		return
	}
	expected := "COOKIE_DOMAIN unset, or " + host
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && !isIP(host) && site != host {
		expected += ", or a domain above it down to " + site
	} else if isIP(host) || !strings.Contains(host, ".") {
		expected = "COOKIE_DOMAIN unset"
	}
	l.fault("COOKIE_DOMAIN", problem{
		text:     "It does not cover the host of PUBLIC_URL, " + host + ", so the browser would drop every cookie.",
		expected: expected,
		cause:    "cookie_domain_mismatch",
	})
}

func (l *loader) checkDatabase() {
	c := l.c
	if l.isSet("DATABASE_DIRECT_URL") && l.sound("DATABASE_URL", "DATABASE_DIRECT_URL") && (c.Database.Engine != Postgres || c.DatabaseDirect.Engine != Postgres) {
		l.fault("DATABASE_DIRECT_URL", problem{
			text:     fmt.Sprintf("DATABASE_URL is %s and this is %s; a direct address only makes sense beside a pooler of the same PostgreSQL database.", c.Database.Engine, c.DatabaseDirect.Engine),
			expected: "two PostgreSQL addresses, or DATABASE_DIRECT_URL unset",
			cause:    "settings_contradict",
		})
	}
	for _, note := range append(append([]string(nil), c.Database.Notes...), c.DatabaseDirect.Notes...) {
		l.warn(note)
	}
	if !c.Environment.Relaxed() && c.Database.Engine == SQLite && string(c.Database.DSN.Reveal()) == ":memory:" {
		l.alert(Warning{
			Cause: "database_in_memory", Variable: "DATABASE_URL", Expected: "the path of a file, such as sqlite:////var/lib/aiwfe-auth/auth.db",
			Text: "DATABASE_URL keeps everything in memory: accounts are gone at the next start.",
		})
	}
	if info, err := os.Stat(c.DataDir); err == nil && !info.IsDir() && l.sound("DATA_DIR") {
		l.fault("DATA_DIR", problem{
			text:     "The path is there and is no folder.",
			expected: "a folder, which is made when it is missing",
			cause:    "data_dir_unwritable",
		})
	}
}
