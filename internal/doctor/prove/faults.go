package prove

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Faults is every way in which the copy is broken; the first is none at all,
// which must find nothing.
func Faults() []Fault {
	return slices.Concat(
		[]Fault{{Class: "healthy", How: "nothing is broken"}},
		settingFaults, secretFaults, rowFaults, peerFaults, requestFaults, answerFaults, certificateFaults,
	)
}

// set is a change of one setting.
func set(name, value string) func(*box, map[string]string) {
	return func(_ *box, env map[string]string) { env[name] = value }
}

// inProduction gives the signing key a value that only there is a fault.
func inProduction(key string) func(*box, map[string]string) {
	return func(_ *box, env map[string]string) { env["ENVIRONMENT"], env["JWT_SECRET_KEY"] = "production", key }
}

var settingFaults = []Fault{
	{Class: "setting", How: "SESSION_CHECK is a word that nobody knows", Cause: "config_invalid", settings: set("SESSION_CHECK", "sometimes")},
	{Class: "setting", How: "ENVIRONMENT is prod", Cause: "environment_unknown", settings: set("ENVIRONMENT", "prod")},
	{Class: "cookie", How: "COOKIE_DOMAIN of another site", Cause: "cookie_domain_mismatch", settings: set("COOKIE_DOMAIN", "example.org")},
	{Class: "proxy", How: "TRUSTED_PROXIES names another network", Cause: "proxy_not_trusted", settings: set("TRUSTED_PROXIES", "10.9.8.0/24")},
	{Class: "setting", How: "JWT_SECRET is set, which nobody reads", Cause: "setting_renamed", settings: func(_ *box, env map[string]string) {
		env["JWT_SECRET"] = env["JWT_SECRET_KEY"]
		delete(env, "JWT_SECRET_KEY")
	}},
}

var secretFaults = []Fault{
	{Class: "secret", How: "JWT_SECRET_KEY ends with a line break", Cause: "secret_trailing_newline", settings: func(_ *box, env map[string]string) {
		env["JWT_SECRET_KEY"] += "\n"
	}},
	{Class: "secret", How: "JWT_SECRET_KEY stands in quotes", Cause: "secret_quoted", settings: func(_ *box, env map[string]string) {
		env["JWT_SECRET_KEY"] = `"` + env["JWT_SECRET_KEY"] + `"`
	}},
	{Class: "secret", How: "JWT_SECRET_KEY is a placeholder", Cause: "secret_placeholder", settings: inProduction("change-me-change-me-change-me-please")},
	{Class: "secret", How: "both keys are the same", Cause: "secret_shared", settings: func(_ *box, env map[string]string) {
		env["DATA_ENCRYPTION_KEY"] = env["JWT_SECRET_KEY"]
	}},
	{Class: "secret", How: "JWT_SECRET_KEY is one letter, many times", Cause: "secret_weak", settings: inProduction(strings.Repeat("k", 40))},
}

var peerFaults = []Fault{
	{Class: "valkey", How: "REDIS_URL leads to nobody", Cause: "redis_unreachable", settings: func(_ *box, env map[string]string) {
		address, _ := freeAddress()
		env["REDIS_URL"] = "redis://" + address + "/0"
	}},
	{Class: "valkey", How: "REDIS_URL leads to a web server", Cause: "redis_not_redis", settings: func(b *box, env map[string]string) {
		env["REDIS_URL"] = "redis://" + b.proxy.upstream.Host + "/0"
	}},
	{Class: "applications", How: "UPSTREAM_URL leads to nobody", Cause: "application_unreachable", settings: func(_ *box, env map[string]string) {
		address, _ := freeAddress()
		env["UPSTREAM_URL"] = "http://" + address
	}},
	{Class: "applications", How: "UPSTREAM_URL is the server itself", Cause: "upstream_loop", settings: func(_ *box, env map[string]string) {
		env["UPSTREAM_URL"] = "http://" + env["LISTEN_ADDR"]
	}},
	{Class: "rules", How: "POLICY_FILE leads to no file", Cause: "policy_invalid", settings: set("POLICY_FILE", "/proc/aiwfe-auth/policy.yaml")},
	{Class: "rules", How: "a host of a rule is beside COOKIE_DOMAIN", Cause: "host_without_cookie", settings: func(b *box, env map[string]string) {
		env["CORS_ORIGINS"], env["POLICY_FILE"] = "https://app.example.org", filepath.Join(b.folder, "policy.yaml")
		_ = os.WriteFile(env["POLICY_FILE"], []byte("rules: [{hosts: [app.example.org]}]"), 0o600) // where it is missing, another cause is found
	}},
	{Class: "mail", How: "SMTP_URL leads to nobody", Cause: "smtp_unreachable", settings: func(_ *box, env map[string]string) {
		address, _ := freeAddress()
		env["SMTP_URL"], env["MAIL_FROM"] = "smtp://"+address+"?starttls=none", "no-reply@example.com"
	}},
}

var certificateFaults = []Fault{
	{Class: "tls", How: "the certificate has expired", Cause: "certificate_expired", cert: func(a *authority) (tls.Certificate, error) {
		return a.issue(-20*day, -day, "localhost")
	}},
	{Class: "tls", How: "the certificate is not valid yet", Cause: "certificate_not_yet_valid", cert: func(a *authority) (tls.Certificate, error) {
		return a.issue(day, 20*day, "localhost")
	}},
	{Class: "tls", How: "the certificate ends in three days", Cause: "certificate_expires_soon", cert: func(a *authority) (tls.Certificate, error) {
		return a.issue(-20*day, 3*day, "localhost")
	}},
	{Class: "tls", How: "the certificate is of another name", Cause: "certificate_wrong_host", cert: func(a *authority) (tls.Certificate, error) {
		return a.issue(-day, 60*day, "www.example.com")
	}},
	{Class: "tls", How: "the certificate is of nobody's authority", Cause: "certificate_untrusted", cert: func(a *authority) (tls.Certificate, error) {
		other, err := unknownAuthority()
		if err != nil {
			return tls.Certificate{}, err
		}
		return other.honest(other)
	}},
}
