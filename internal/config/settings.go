package config

import (
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// setting is one row of the table: all that is to know about a variable beside
// its meaning, which stands as a comment in Config.
type setting struct {
	name   string
	secret bool // never shown, never a flag, and with a _FILE form
	list   bool
	def    string // the default, as somebody would write it
	// derive is a default that depends on other settings; it says on what.
	derive func(*Config) (raw, origin string)
	// manual is how config init writes the default of a derived one.
	manual string
	field
}

// table is every setting, in the order of Config. LISTEN_ADDR stands before
// PUBLIC_URL and DATA_DIR before DATABASE_URL, since defaults are filled in that
// order. It is filled once below and never changed.
var table = []setting{
	{name: "ENVIRONMENT", def: "development", field: environmentField()},

	{
		name: "LISTEN_ADDR", derive: deriveListen, manual: "127.0.0.1:8080 in development and test, :8080 elsewhere",
		field: listenField(),
	},
	{name: "PORT", field: portField()},
	{
		name: "PUBLIC_URL", derive: derivePublicURL,
		manual: "http://localhost:8080 in development and test, required elsewhere",
		field:  publicURLField(),
	},
	{name: "PUBLIC_ALIASES", list: true, field: aliasesField()},
	{name: "CORS_ORIGINS", list: true, field: originsField()},
	{name: "COOKIE_DOMAIN", field: cookieDomainField()},
	{name: "TRUSTED_PROXIES", list: true, field: proxiesField()},
	{name: "TLS_CERT_FILE", field: text(func(c *Config) *string { return &c.TLSCertFile })},
	{name: "TLS_KEY_FILE", field: text(func(c *Config) *string { return &c.TLSKeyFile })},
	{
		name: "HSTS_INCLUDE_SUBDOMAINS", def: "off",
		field: onOff(func(c *Config) *bool { return &c.HSTSIncludeSubdomains }),
	},

	{name: "DATA_DIR", def: "./data", field: dataDirField()},
	{
		name: "DATABASE_URL", secret: true, derive: deriveDatabase, manual: "aiwfe-auth.db in DATA_DIR",
		field: database(func(c *Config) *DatabaseURL { return &c.Database }),
	},
	{
		name: "DATABASE_DIRECT_URL", secret: true,
		field: database(func(c *Config) *DatabaseURL { return &c.DatabaseDirect }),
	},
	{name: "DB_MAX_CONNS", def: "10", field: number(func(c *Config) *int { return &c.DBMaxConns }, 1, 1000)},
	{
		name: "REDIS_URL", secret: true,
		field: secretURL(func(c *Config) *secret.Value { return &c.RedisURL }, "redis", "rediss", "valkey", "valkeys", "unix"),
	},

	{name: "UPSTREAM_URL", field: upstreamURLField()},
	{name: "UPSTREAMS", list: true, field: upstreamsField()},
	{
		name: "UPSTREAM_TIMEOUT", def: "60s",
		field: duration(func(c *Config) *time.Duration { return &c.UpstreamTimeout }, time.Second),
	},
	{
		name: "UPSTREAM_CREDENTIALS", def: "none",
		field: choice(func(c *Config) *string { return &c.UpstreamCredentials }, "none", "bearer", "cookie"),
	},
	{name: "POLICY_FILE", field: policyField()},

	{
		name: "JWT_SECRET_KEY", secret: true,
		manual: "made and kept in DATA_DIR in development and test, required elsewhere",
		field:  secretText(func(c *Config) *secret.Value { return &c.JWTSecretKey }),
	},
	{
		name: "JWT_PREVIOUS_SECRET_KEYS", secret: true, list: true,
		field: secretList(func(c *Config) *[]secret.Value { return &c.JWTPreviousSecretKeys }),
	},
	{
		name: "DATA_ENCRYPTION_KEY", secret: true,
		manual: "made and kept in DATA_DIR in development and test, required elsewhere",
		field:  secretText(func(c *Config) *secret.Value { return &c.DataEncryptionKey }),
	},
	{
		name: "DATA_ENCRYPTION_PREVIOUS_KEYS", secret: true, list: true,
		field: secretList(func(c *Config) *[]secret.Value { return &c.DataEncryptionPreviousKeys }),
	},

	{
		name: "ACCESS_TOKEN_TTL", def: "60m",
		field: duration(func(c *Config) *time.Duration { return &c.AccessTokenTTL }, time.Second),
	},
	{
		name: "SESSION_IDLE", def: "24h",
		field: duration(func(c *Config) *time.Duration { return &c.SessionIdle }, time.Second),
	},
	{
		name: "SESSION_MAX", def: "30d",
		field: duration(func(c *Config) *time.Duration { return &c.SessionMax }, time.Second),
	},
	{name: "SESSION_LIMIT", def: "10", field: number(func(c *Config) *int { return &c.SessionLimit }, 1, 10000)},
	{
		name: "SESSION_LIMIT_POLICY", def: "evict",
		field: choice(func(c *Config) *string { return &c.SessionLimitPolicy }, "evict", "refuse"),
	},
	{
		name: "SESSION_CHECK", def: "cached",
		field: choice(func(c *Config) *string { return &c.SessionCheck }, "cached", "strict"),
	},
	{
		name: "REFRESH_GRACE", def: "10s",
		field: duration(func(c *Config) *time.Duration { return &c.RefreshGrace }, time.Second),
	},
	{name: "CSRF_TTL", def: "12h", field: duration(func(c *Config) *time.Duration { return &c.CSRFTTL }, time.Second)},
	{name: "LEGACY_TOKENS", def: "off", field: legacyField()},
	{name: "LEGACY_TOKENS_UNTIL", field: untilField()},

	{name: "LOGIN_LIMIT_ACCOUNT", def: "10/15m", field: limit(func(c *Config) *Limit { return &c.LoginLimitAccount })},
	{name: "LOGIN_LIMIT_ADDRESS", def: "60/1m", field: limit(func(c *Config) *Limit { return &c.LoginLimitAddress })},
	{
		name: "REGISTRATION", derive: deriveRegistration, manual: "open in development and test, closed elsewhere",
		field: choice(func(c *Config) *string { return &c.Registration }, "closed", "invite", "open"),
	},
	{
		name: "MFA_REQUIRED_ROLES", list: true, derive: deriveFactorRoles,
		manual: "none in development and test, admin elsewhere", field: rolesField(),
	},
	{
		name: "REAUTH_WINDOW", def: "10m",
		field: duration(func(c *Config) *time.Duration { return &c.ReauthWindow }, time.Second),
	},
	{
		name: "TRUST_DEVICE", def: "30d",
		field: duration(func(c *Config) *time.Duration { return &c.TrustDevice }, time.Second),
	},
	{
		name: "PASSWORD_HASH", def: "argon2id",
		field: choice(func(c *Config) *string { return &c.PasswordHash }, "argon2id", "bcrypt"),
	},
	{name: "PASSWORD_UPGRADE", def: "on", field: onOff(func(c *Config) *bool { return &c.PasswordUpgrade })},
	{name: "ERROR_COMPAT", field: choice(func(c *Config) *string { return &c.ErrorCompat }, "fastapi-users")},

	{name: "PRODUCT_NAME", def: brand.DefaultName, field: productNameField()},
	{
		name:  "LOGO_FILE",
		field: logoField(func(c *Config) *string { return &c.LogoFile }, func(c *Config) **brand.Logo { return &c.logo }),
	},
	{
		name:  "LOGO_DARK_FILE",
		field: logoField(func(c *Config) *string { return &c.LogoDarkFile }, func(c *Config) **brand.Logo { return &c.logoDark }),
	},
	{name: "ACCENT_COLOR", field: accentField()},

	{
		name: "SMTP_URL", secret: true,
		field: secretURL(func(c *Config) *secret.Value { return &c.SMTPURL }, "smtp", "smtps"),
	},
	{
		name: "MAIL_FROM", derive: deriveMailFrom, manual: "no-reply at the host of PUBLIC_URL, when SMTP_URL is set",
		field: mailFromField(),
	},
	{name: "SECURITY_CONTACT", field: contactField()},
	{
		name: "AUDIT_RETENTION", manual: "kept for ever",
		field: optional(duration(func(c *Config) *time.Duration { return &c.AuditRetention }, 24*time.Hour), "0s"),
	},
	{name: "AUDIT_SHIP_FILE", field: text(func(c *Config) *string { return &c.AuditShipFile })},
	{name: "AUDIT_SHIP_SYSLOG", field: syslogField(func(c *Config) *string { return &c.AuditShipSyslog })},
	{
		name: "AUDIT_SHIP_WEBHOOK", secret: true,
		field: secretURL(func(c *Config) *secret.Value { return &c.AuditShipWebhook }, "https", "http"),
	},
	{
		name: "AUDIT_SHIP_WEBHOOK_SECRET", secret: true,
		field: secretText(func(c *Config) *secret.Value { return &c.AuditShipWebhookSecret }),
	},
	{name: "OUTBOUND_ALLOW", list: true, field: outboundField()},
	{name: "METRICS_TOKEN", secret: true, field: secretText(func(c *Config) *secret.Value { return &c.MetricsToken })},
	{name: "OTEL_EXPORTER_OTLP_ENDPOINT", field: collector(func(c *Config) *string { return &c.OTLPEndpoint })},
	{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", field: collector(func(c *Config) *string { return &c.OTLPTraces })},
	{name: "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", field: collector(func(c *Config) *string { return &c.OTLPLogs })},
	{name: "OTEL_EXPORTER_OTLP_HEADERS", secret: true, field: secretText(func(c *Config) *secret.Value { return &c.OTLPHeaders })},
	{name: "OTEL_SERVICE_NAME", def: "aiwfe-auth", field: text(func(c *Config) *string { return &c.OTelService })},
	{name: "OTEL_RESOURCE_ATTRIBUTES", field: text(func(c *Config) *string { return &c.OTelAttributes })},
	{
		name: "OTEL_TRACES_SAMPLER", def: "parentbased_always_on",
		field: choice(func(c *Config) *string { return &c.OTelSampler }, "always_on", "always_off", "traceidratio",
			"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"),
	},
	{name: "OTEL_TRACES_SAMPLER_ARG", field: part01(func(c *Config) *string { return &c.OTelSamplerArg })},
	{name: "OTEL_SDK_DISABLED", def: "off", field: onOff(func(c *Config) *bool { return &c.OTelDisabled })},
	{name: "OTEL_IDS", def: "off", field: onOff(func(c *Config) *bool { return &c.OTelIDs })},
	{name: "ALERT_MAIL", list: true, field: addressesField(func(c *Config) *[]string { return &c.AlertMail })},
	{
		name: "ALERT_WEBHOOK_URL", secret: true,
		field: secretURL(func(c *Config) *secret.Value { return &c.AlertWebhookURL }, "https", "http"),
	},
	{name: "ALERT_WEBHOOK_SECRET", secret: true, field: secretText(func(c *Config) *secret.Value { return &c.AlertWebhookSecret })},
	{
		name: "ALERT_SLACK_URL", secret: true,
		field: secretURL(func(c *Config) *secret.Value { return &c.AlertSlackURL }, "https", "http"),
	},
	{name: "ALERT_SYSLOG", field: syslogField(func(c *Config) *string { return &c.AlertSyslog })},
	{name: "ALERT_FAILURE_RATE", def: "5%", field: percent(func(c *Config) *float64 { return &c.AlertFailureRate }, 0.1, 100)},
	{
		name: "ALERT_RESPONSE_TIME", def: "2s",
		field: duration(func(c *Config) *time.Duration { return &c.AlertResponseTime }, time.Millisecond),
	},
	{
		name: "ALERT_REPEAT", def: "24h",
		field: duration(func(c *Config) *time.Duration { return &c.AlertRepeat }, time.Minute),
	},
	{name: "LOG_LEVEL", def: "info", field: logLevelField(func(c *Config) *slog.Level { return &c.LogLevel })},
	{
		name: "LOG_FORMAT", derive: deriveLogFormat, manual: "text in development, json elsewhere",
		field: choice(func(c *Config) *string { return &c.LogFormat }, "json", "text"),
	},
	{
		name: "SHUTDOWN_DELAY", derive: deriveShutdownDelay, manual: "0s in development and test, 5s elsewhere",
		field: duration(func(c *Config) *time.Duration { return &c.ShutdownDelay }, 0),
	},

	{name: "BACKUP_EVERY", def: "off", field: offOr(func(c *Config) *time.Duration { return &c.BackupEvery }, time.Minute)},
	{name: "BACKUP_DIR", derive: deriveBackupDir, manual: "backups in DATA_DIR", field: text(func(c *Config) *string { return &c.BackupDir })},
	{name: "BACKUP_KEEP", list: true, def: "14", field: keepingField()},
	{name: "BACKUP_RECIPIENT", list: true, field: recipientsField()},
	{
		name: "BACKUP_PASSPHRASE", secret: true,
		field: secretText(func(c *Config) *secret.Value { return &c.BackupPassphrase }),
	},
	{name: "MAINTENANCE_SCHEDULE", list: true, def: "daily,weekly,monthly", field: scheduleField()},
	{name: "MAINTENANCE_TIME_ZONE", def: "UTC", field: zoneField()},
	{name: "MAINTENANCE_MAIL", field: plainAddressField(func(c *Config) *string { return &c.MaintenanceMail })},
	{
		name: "ROTATION_DUE", def: "365d",
		field: duration(func(c *Config) *time.Duration { return &c.RotationDue }, day),
	},
}

// lookup finds a setting by its name or by the _FILE form of a secret.
func lookup(name string) (s setting, isFile, ok bool) {
	for _, s := range table {
		if s.name == name {
			return s, false, true
		}
		if s.secret && s.name+"_FILE" == name {
			return s, true, true
		}
	}
	return setting{}, false, false
}

func known(name string) bool {
	_, _, ok := lookup(name)
	return ok
}

// harmlessFlag says whether a secret setting may stand on a command line after
// all: an address without a password in it.
func (s setting) harmlessFlag(raw string) bool {
	return strings.HasPrefix(s.name, "DATABASE_") && strings.HasSuffix(s.name, "_URL") && !strings.ContainsAny(raw, "@?")
}

func deriveListen(c *Config) (raw, origin string) {
	host := ""
	if c.Environment.Relaxed() {
		host = "127.0.0.1"
	}
	if c.port != "" {
		return host + ":" + c.port, "derived from PORT"
	}
	return host + ":8080", "default"
}

func derivePublicURL(c *Config) (raw, origin string) {
	port := portOf(c.ListenAddr)
	if !c.Environment.Relaxed() || port == "" {
		return "", notSet
	}
	scheme := "http"
	if c.servesTLS() {
		scheme = "https"
	}
	return scheme + "://localhost:" + port, "derived from LISTEN_ADDR"
}

func deriveDatabase(c *Config) (raw, origin string) {
	d, err := ParseDatabaseURL("", c.DataDir)
	if err != nil {
		return "", "default"
	}
	return "sqlite:///" + string(d.DSN.Reveal()), "derived from DATA_DIR"
}

func deriveRegistration(c *Config) (raw, origin string) {
	if c.Environment.Relaxed() {
		return "open", "default"
	}
	return "closed", "default"
}

func deriveFactorRoles(c *Config) (raw, origin string) {
	if c.Environment.Relaxed() {
		return "none", "default"
	}
	return "admin", "default"
}

func deriveMailFrom(c *Config) (raw, origin string) {
	if c.SMTPURL.Empty() || c.PublicURL == nil || isIP(c.PublicURL.Hostname()) {
		return "", "default"
	}
	return "no-reply@" + c.PublicURL.Hostname(), "derived from PUBLIC_URL"
}

func deriveBackupDir(c *Config) (raw, origin string) {
	return filepath.Join(c.DataDir, "backups"), "derived from DATA_DIR"
}

func deriveLogFormat(c *Config) (raw, origin string) {
	if c.Environment == Development {
		return "text", "default"
	}
	return "json", "default"
}

func deriveShutdownDelay(c *Config) (raw, origin string) {
	if c.Environment.Relaxed() {
		return "0s", "default"
	}
	return "5s", "default"
}
