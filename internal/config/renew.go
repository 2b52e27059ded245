package config

import "slices"

// kept is a setting that holds until the next start, and how it is kept.
type kept struct {
	name string
	keep func(to, from *Config)
}

// lasting is what a start alone can change: where the server listens and what it
// keeps open, and what letters, passkeys and sessions are bound to.
var lasting = []kept{
	{"LISTEN_ADDR", func(to, from *Config) { to.ListenAddr = from.ListenAddr }},
	{"PORT", func(to, from *Config) { to.port = from.port }},
	{"PUBLIC_URL", func(to, from *Config) { to.PublicURL = from.PublicURL }},
	{"COOKIE_DOMAIN", func(to, from *Config) { to.CookieDomain = from.CookieDomain }},
	{"TLS_CERT_FILE", func(to, from *Config) { to.TLSCertFile = from.TLSCertFile }},
	{"TLS_KEY_FILE", func(to, from *Config) { to.TLSKeyFile = from.TLSKeyFile }},
	{"DATA_DIR", func(to, from *Config) { to.DataDir = from.DataDir }},
	{"DATABASE_URL", func(to, from *Config) {
		if !to.Database.OtherLogin(from.Database) {
			to.Database = from.Database
		}
	}},
	{"DATABASE_DIRECT_URL", func(to, from *Config) {
		if !to.DatabaseDirect.OtherLogin(from.DatabaseDirect) {
			to.DatabaseDirect = from.DatabaseDirect
		}
	}},
	{"DB_MAX_CONNS", func(to, from *Config) { to.DBMaxConns = from.DBMaxConns }},
	{"REDIS_URL", func(to, from *Config) { to.RedisURL = from.RedisURL }},
	{"SESSION_IDLE", func(to, from *Config) { to.SessionIdle = from.SessionIdle }},
	{"SESSION_MAX", func(to, from *Config) { to.SessionMax = from.SessionMax }},
	{"SESSION_CHECK", func(to, from *Config) { to.SessionCheck = from.SessionCheck }},
	{"PASSWORD_HASH", func(to, from *Config) { to.PasswordHash = from.PasswordHash }},
	{"PASSWORD_UPGRADE", func(to, from *Config) { to.PasswordUpgrade = from.PasswordUpgrade }},
	{"AUDIT_RETENTION", func(to, from *Config) { to.AuditRetention = from.AuditRetention }},
	{"AUDIT_SHIP_FILE", func(to, from *Config) { to.AuditShipFile = from.AuditShipFile }},
	{"AUDIT_SHIP_SYSLOG", func(to, from *Config) { to.AuditShipSyslog = from.AuditShipSyslog }},
	{"AUDIT_SHIP_WEBHOOK", func(to, from *Config) { to.AuditShipWebhook = from.AuditShipWebhook }},
	{"AUDIT_SHIP_WEBHOOK_SECRET", func(to, from *Config) { to.AuditShipWebhookSecret = from.AuditShipWebhookSecret }},
	{"OUTBOUND_ALLOW", func(to, from *Config) { to.OutboundAllow = from.OutboundAllow }},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", func(to, from *Config) { to.OTLPEndpoint = from.OTLPEndpoint }},
	{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", func(to, from *Config) { to.OTLPTraces = from.OTLPTraces }},
	{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", func(to, from *Config) { to.OTLPLogs = from.OTLPLogs }},
	{"OTEL_EXPORTER_OTLP_HEADERS", func(to, from *Config) { to.OTLPHeaders = from.OTLPHeaders }},
	{"OTEL_SERVICE_NAME", func(to, from *Config) { to.OTelService = from.OTelService }},
	{"OTEL_RESOURCE_ATTRIBUTES", func(to, from *Config) { to.OTelAttributes = from.OTelAttributes }},
	{"OTEL_TRACES_SAMPLER", func(to, from *Config) { to.OTelSampler = from.OTelSampler }},
	{"OTEL_TRACES_SAMPLER_ARG", func(to, from *Config) { to.OTelSamplerArg = from.OTelSamplerArg }},
	{"OTEL_SDK_DISABLED", func(to, from *Config) { to.OTelDisabled = from.OTelDisabled }},
	{"OTEL_IDS", func(to, from *Config) { to.OTelIDs = from.OTelIDs }},
	{"LOG_FORMAT", func(to, from *Config) { to.LogFormat = from.LogFormat }},
}

// beside are settings that were checked together with lasting ones. Where one of
// those is held back, a new value of these was never checked beside the old one:
// a proxy that is trusted no more belongs to a server that speaks TLS from now on.
var beside = []struct {
	held []string
	with []kept
}{
	{[]string{"LISTEN_ADDR", "PORT", "PUBLIC_URL", "COOKIE_DOMAIN", "TLS_CERT_FILE", "TLS_KEY_FILE"}, []kept{
		{"TRUSTED_PROXIES", func(to, from *Config) { to.TrustedProxies = from.TrustedProxies }},
		{"PUBLIC_ALIASES", func(to, from *Config) { to.PublicAliases = from.PublicAliases }},
		{"CORS_ORIGINS", func(to, from *Config) { to.CORSOrigins = from.CORSOrigins }},
		{"HSTS_INCLUDE_SUBDOMAINS", func(to, from *Config) { to.HSTSIncludeSubdomains = from.HSTSIncludeSubdomains }},
		{"MAIL_FROM", func(to, from *Config) { to.MailFrom = from.MailFrom }},
	}},
	{[]string{"SESSION_IDLE", "SESSION_MAX"}, []kept{
		{"ACCESS_TOKEN_TTL", func(to, from *Config) { to.AccessTokenTTL = from.AccessTokenTTL }},
		{"REAUTH_WINDOW", func(to, from *Config) { to.ReauthWindow = from.ReauthWindow }},
	}},
}

// Renewed is what holds when a running server is given next: its settings, but
// for those that are held back until it is started anew, which are named. Another
// ENVIRONMENT holds back everything, since every default hangs on it.
func (c *Config) Renewed(next *Config) (mixed *Config, held []string) {
	if c.Environment != next.Environment {
		return c, []string{"ENVIRONMENT"}
	}
	m := *next
	m.origins = map[string]string{}
	for name, origin := range next.origins {
		m.origins[name] = origin
	}
	hold := func(list []kept) {
		for _, k := range list {
			before := m
			k.keep(&m, c)
			if !same(k.name, &before, &m) {
				m.origins[k.name] = c.origins[k.name]
				held = append(held, k.name)
			}
		}
	}
	hold(lasting)
	for _, b := range beside {
		if slices.ContainsFunc(b.held, func(n string) bool { return slices.Contains(held, n) }) {
			hold(b.with)
		}
	}
	// Whether there is mail at all decides who may register and what pages offer.
	if c.SMTPURL.Empty() != next.SMTPURL.Empty() {
		m.SMTPURL, m.MailFrom = c.SMTPURL, c.MailFrom
		held = append(held, "SMTP_URL")
	}
	return &m, held
}

// Changed names the settings whose value differs.
func (c *Config) Changed(from *Config) (names []string) {
	for _, s := range table {
		if !same(s.name, c, from) {
			names = append(names, s.name)
		}
	}
	return names
}

// same compares what is shown, which tells secrets apart by their fingerprint,
// the addresses of databases whole, for their password is not shown, and rules and
// pictures by what is in the file.
func same(name string, a, b *Config) bool {
	switch name {
	case "DATABASE_URL":
		return a.Database.DSN.Equal(b.Database.DSN)
	case "POLICY_FILE":
		return a.PolicyFile == b.PolicyFile && a.policyText == b.policyText
	case "LOGO_FILE":
		return a.LogoFile == b.LogoFile && a.logo.Hash() == b.logo.Hash()
	case "LOGO_DARK_FILE":
		return a.LogoDarkFile == b.LogoDarkFile && a.logoDark.Hash() == b.logoDark.Hash()
	case "DATABASE_DIRECT_URL":
		return a.DatabaseDirect.DSN.Equal(b.DatabaseDirect.DSN)
	}
	s, _, _ := lookup(name)
	return s.show(a) == s.show(b)
}
