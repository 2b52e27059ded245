package config

import (
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Hidden is every secret that this configuration holds: keys, tokens, and the
// passwords within addresses. Whoever writes a text that leaves the machine
// holds it against these.
func (c *Config) Hidden() (all []secret.Value) {
	add := func(values ...secret.Value) {
		for _, v := range values {
			if !v.Empty() {
				all = append(all, v)
			}
		}
	}
	add(c.JWTSecretKey, c.DataEncryptionKey, c.MetricsToken)
	add(c.AlertWebhookURL, c.AlertWebhookSecret, c.AlertSlackURL) // the address of a webhook is often its key
	add(headerValues(string(c.OTLPHeaders.Reveal()))...)
	add(c.JWTPreviousSecretKeys...)
	add(c.DataEncryptionPreviousKeys...)
	for _, address := range []secret.Value{c.RedisURL, c.SMTPURL, c.Database.DSN, c.DatabaseDirect.DSN} {
		add(passwords(string(address.Reveal()))...)
	}
	for _, given := range c.secrets { // a faulty one is in no field above
		if given.Key || !strings.Contains(string(given.Value.Reveal()), "://") {
			add(given.Value)
			add(given.Items...)
		} else {
			add(passwords(string(given.Value.Reveal()))...)
		}
	}
	return all
}

// passwords are those in an address, as written and decoded.
func passwords(address string) (all []secret.Value) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return nil
	}
	var raw []string
	if i := strings.LastIndex(rest, "@"); i >= 0 {
		user, password, has := strings.Cut(rest[:i], ":")
		if !has {
			password = user // redis://password@host, as some write it
		}
		raw = append(raw, password)
	}
	_, query, _ := strings.Cut(rest, "?")
	if values, err := url.ParseQuery(query); err == nil {
		raw = append(raw, values.Get("password"), values.Get("sslpassword"))
	}
	for _, p := range raw {
		if p == "" {
			continue
		}
		all = append(all, secret.FromString(p))
		if plain, err := url.PathUnescape(p); err == nil && plain != p {
			all = append(all, secret.FromString(plain))
		}
	}
	return all
}
