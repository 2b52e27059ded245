package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Config is the checked configuration. The comment of each field is the manual:
// it begins with the name of the variable, and config show and config init
// print it as it stands here. In a YAML file the names are lower case.
type Config struct {
	// ENVIRONMENT: development, test, staging or production. It decides every
	// safety default and is never guessed from a host name. Staging is production
	// with another name.
	Environment Environment

	// LISTEN_ADDR: the host and port where the server listens. An empty host means
	// every interface.
	ListenAddr string
	// PORT: the port alone, as hosting platforms set it. LISTEN_ADDR wins, and the
	// two must not contradict each other.
	port string

	// PUBLIC_URL: the one address that users type. Cookie domain, Secure flag, CSRF
	// origins, links in mail, passkey origin and token issuer derive from it. It has
	// no path.
	PublicURL *url.URL
	// PUBLIC_ALIASES: further host names, separated by commas, that are answered with a
	// redirect to PUBLIC_URL, such as www.example.com.
	PublicAliases []string
	// CORS_ORIGINS: exact origins, separated by commas, whose scripts may call the
	// API with the user's cookies, such as https://app.example.com.
	CORSOrigins []string
	// COOKIE_DOMAIN: set it only when several hosts below one domain share the
	// cookies. It must cover PUBLIC_URL and must not be a public suffix. Unset, the
	// cookies belong to the host of PUBLIC_URL alone.
	CookieDomain string
	// TRUSTED_PROXIES: addresses or networks, separated by commas, of the proxies in front,
	// such as 10.0.0.0/8. Forwarded headers count from these only.
	TrustedProxies []netip.Prefix
	// TLS_CERT_FILE: a PEM file with the certificate chain. Set, the server speaks
	// https itself.
	TLSCertFile string
	// TLS_KEY_FILE: a PEM file with the private key of TLS_CERT_FILE.
	TLSKeyFile string
	// HSTS_INCLUDE_SUBDOMAINS: on adds includeSubDomains to
	// Strict-Transport-Security. Every host below PUBLIC_URL must then speak https.
	HSTSIncludeSubdomains bool

	// DATA_DIR: the folder for the embedded database, generated keys and the set-up
	// link.
	DataDir string
	// DATABASE_URL: where the accounts are: postgres://, postgresql://, sqlite:///relative,
	// sqlite:////absolute, or a SQLAlchemy form of these, such as postgresql+asyncpg://.
	Database DatabaseURL
	// DATABASE_DIRECT_URL: a second, direct address of the same PostgreSQL database, for
	// migrations and locks when DATABASE_URL goes through pgbouncer.
	DatabaseDirect DatabaseURL
	// DB_MAX_CONNS: the most connections this process opens to PostgreSQL.
	DBMaxConns int
	// REDIS_URL: a Valkey or Redis server through which several nodes share the limits of
	// addresses and hear of revocations at once; without it each counts by itself and reads
	// the revocations from the database, twice a second.
	RedisURL secret.Value

	// UPSTREAM_URL: the application behind this server, such as http://127.0.0.1:8000.
	// Set, whatever is no page or API of this server is handed on to it, if POLICY_FILE allows.
	UpstreamURL *url.URL
	// UPSTREAMS: several applications, separated by commas, by path or by host and path:
	// /api=http://127.0.0.1:8000, app.example.com/=http://127.0.0.1:3000. The longest path counts.
	Upstreams []Upstream
	// UPSTREAM_TIMEOUT: how long an application may take to begin its answer.
	UpstreamTimeout time.Duration
	// UPSTREAM_CREDENTIALS: what of the user's credentials is handed on: none, bearer (the
	// Authorization header), or cookie (our cookies, too). Applications are told who it is either way.
	UpstreamCredentials string
	// POLICY_FILE: a YAML file of rules that say who may reach which host, path and method of the
	// applications. Unset, whoever is signed in may reach all hosts of PUBLIC_URL and CORS_ORIGINS.
	PolicyFile string
	// Policy is what stands in POLICY_FILE, nil where there is none.
	Policy     *policy.Policy
	policyText string

	// JWT_SECRET_KEY: signs access tokens (HS256) and nothing else: the bytes of the
	// text as given, at least 32.
	JWTSecretKey secret.Value
	// JWT_PREVIOUS_SECRET_KEYS: earlier signing keys, separated by commas, still
	// accepted for verification, so that a rotation logs nobody out.
	JWTPreviousSecretKeys []secret.Value
	// DATA_ENCRYPTION_KEY: seals what must not lie open in the database, and is the
	// root of every key but the JWT one: at least 32 bytes.
	DataEncryptionKey secret.Value
	// DATA_ENCRYPTION_PREVIOUS_KEYS: earlier encryption keys, separated by commas, still
	// able to open what they sealed.
	DataEncryptionPreviousKeys []secret.Value

	// ACCESS_TOKEN_TTL: how long an access token is good. None outlives its session.
	AccessTokenTTL time.Duration
	// SESSION_IDLE: a session ends when nothing happened in it for so long.
	SessionIdle time.Duration
	// SESSION_MAX: a session ends after so long, whatever happens in it.
	SessionMax time.Duration
	// SESSION_LIMIT: how many sessions one account may have at a time.
	SessionLimit int
	// SESSION_LIMIT_POLICY: what a sign-in beyond SESSION_LIMIT does: evict ends the
	// oldest session, refuse refuses the new one.
	SessionLimitPolicy string
	// SESSION_CHECK: cached answers a session check from memory while revocations are
	// sure to arrive; strict asks the database each time.
	SessionCheck string
	// REFRESH_GRACE: for so long after its use, the same device that sends a refresh
	// token again gets the same answer: tabs race and answers get lost.
	RefreshGrace time.Duration
	// CSRF_TTL: how long a CSRF token is good.
	CSRFTTL time.Duration
	// LEGACY_TOKENS: accept also honours tokens of the old claim form until
	// LEGACY_TOKENS_UNTIL; off refuses them.
	LegacyTokens bool
	// LEGACY_TOKENS_UNTIL: the last day (2026-12-31, in UTC) or the moment
	// (2026-12-31T18:00:00Z) of the old tokens, at most 90 days ahead.
	LegacyTokensUntil time.Time

	// LOGIN_LIMIT_ACCOUNT: failed attempts per account and time.
	LoginLimitAccount Limit
	// LOGIN_LIMIT_ADDRESS: attempts per client address and time; IPv6 counts by /64,
	// and all of one /48 have eight times as many together.
	LoginLimitAddress Limit
	// REGISTRATION: who may make an account: closed (admins make them), invite or open.
	Registration string
	// MFA_REQUIRED_ROLES: the roles, separated by commas, of which a second factor is
	// demanded: user, admin, or none. Whoever has none yet sets it up at the next login.
	MFARequiredRoles []string
	// REAUTH_WINDOW: for so long after a full proof, sensitive changes need no new one.
	ReauthWindow time.Duration
	// TRUST_DEVICE: for so long a trusted device is not asked for the second factor.
	TrustDevice time.Duration
	// PASSWORD_HASH: how new passwords are hashed: argon2id, or bcrypt for a system that
	// shares the table. Both verify.
	PasswordHash string
	// PASSWORD_UPGRADE: on rehashes an older hash at the next login; off leaves it.
	PasswordUpgrade bool
	// ERROR_COMPAT: fastapi-users answers errors in the form its clients know.
	ErrorCompat string

	// PRODUCT_NAME: what this is called in titles, headings, letters and authenticator apps, 1 to
	// 40 characters. Apps that were set up before keep the name they have.
	ProductName string
	// LOGO_FILE: an SVG, PNG or WebP file of at most 256 KB, shown on every page in place of our
	// sign.
	LogoFile string
	logo     *brand.Logo
	// LOGO_DARK_FILE: the same for pages in dark colours. Unset, LOGO_FILE is shown there, too.
	LogoDarkFile string
	logoDark     *brand.Logo
	// ACCENT_COLOR: the colour of buttons and links, as #rrggbb. Where text could not be read on
	// it, a lighter or darker shade is taken.
	accent *brand.Color

	// SMTP_URL: the mail server, such as smtp://user:password@mail.example.com:587. STARTTLS
	// is demanded unless ?starttls=opportunistic or, on this machine, none is appended.
	SMTPURL secret.Value
	// MAIL_FROM: the sender of every mail.
	MailFrom string
	// SECURITY_CONTACT: where to report a weakness, as mailto: or https: address; served as
	// /.well-known/security.txt.
	SecurityContact string
	// AUDIT_RETENTION: rows of the audit older than this are deleted, such as 400d; unset,
	// they are kept for ever.
	AuditRetention time.Duration
	// AUDIT_SHIP_FILE: a file to which each row of the audit is appended as a line of JSON.
	AuditShipFile string
	// AUDIT_SHIP_SYSLOG: a syslog server that is sent each row of the audit: udp://, tcp:// or
	// tls://host:port, or unix:///dev/log.
	AuditShipSyslog string
	// AUDIT_SHIP_WEBHOOK: an https address that is sent the rows of the audit as JSON.
	AuditShipWebhook secret.Value
	// AUDIT_SHIP_WEBHOOK_SECRET: signs what AUDIT_SHIP_WEBHOOK is sent, in the header
	// X-Aiwfe-Signature.
	AuditShipWebhookSecret secret.Value
	// OUTBOUND_ALLOW: hosts, addresses or networks, separated by commas, that webhooks may
	// reach though they are not of the public internet, such as hooks.internal, 10.1.0.0/16.
	OutboundAllow []string
	// METRICS_TOKEN: the bearer token that may read metrics and health details.
	MetricsToken secret.Value
	// OTEL_EXPORTER_OTLP_ENDPOINT: the OpenTelemetry collector that is sent traces and logs,
	// by OTLP over HTTP in JSON, such as http://127.0.0.1:4318. Nothing is sent without it.
	OTLPEndpoint string
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: the whole address for traces, in place of /v1/traces below it.
	OTLPTraces string
	// OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: the whole address for logs, in place of /v1/logs below it.
	OTLPLogs string
	// OTEL_EXPORTER_OTLP_HEADERS: headers for the collector, name=value separated by commas.
	OTLPHeaders secret.Value
	// OTEL_SERVICE_NAME: what this service is called there.
	OTelService string
	// OTEL_RESOURCE_ATTRIBUTES: more about it, name=value separated by commas.
	OTelAttributes string
	// OTEL_TRACES_SAMPLER: which traces are sent: always_on, always_off, traceidratio, or one of
	// them with parentbased_ before it, which follows what a trusted proxy decided.
	OTelSampler string
	// OTEL_TRACES_SAMPLER_ARG: the part of traces that traceidratio sends, 0 to 1.
	OTelSamplerArg string
	// OTEL_SDK_DISABLED: true sends nothing, whatever else is set.
	OTelDisabled bool
	// OTEL_IDS: on puts users and sessions into traces, as hashes that this installation alone
	// can make.
	OTelIDs bool
	// ALERT_MAIL: addresses, separated by commas, that get a letter when something has to be
	// looked at, and when it is over.
	AlertMail []string
	// ALERT_WEBHOOK_URL: where alerts are posted as JSON.
	AlertWebhookURL secret.Value
	// ALERT_WEBHOOK_SECRET: signs what is posted (HMAC-SHA256), so that the receiver knows
	// who sends.
	AlertWebhookSecret secret.Value
	// ALERT_SLACK_URL: an incoming webhook of Slack, Mattermost or Rocket.Chat.
	AlertSlackURL secret.Value
	// ALERT_SYSLOG: a syslog server: udp://, tcp:// or tls://host:port, or unix:///dev/log.
	AlertSyslog string
	// ALERT_FAILURE_RATE: the part of honest sign-ins that may fail before it is an alert.
	AlertFailureRate float64
	// ALERT_RESPONSE_TIME: what 95 of 100 answers may take before it is an alert.
	AlertResponseTime time.Duration
	// ALERT_REPEAT: after so long, what still fires is told of again.
	AlertRepeat time.Duration
	// LOG_LEVEL: debug, info, warn or error.
	LogLevel slog.Level
	// LOG_FORMAT: json for machines, text for people.
	LogFormat string
	// SHUTDOWN_DELAY: how long readiness is red before the listener closes, so that
	// a load balancer turns away first.
	ShutdownDelay time.Duration

	// BACKUP_EVERY: how often one of the servers makes a backup by itself, such as 24h;
	// off makes none.
	BackupEvery time.Duration
	// BACKUP_DIR: the folder for them. A backup is worth most on another disk.
	BackupDir string
	// BACKUP_KEEP: which of them stay: the newest so many (14), all of so long (30d), or
	// both (7,90d), where one is kept that either keeps. The newest always stays.
	BackupKeep Keeping
	// BACKUP_RECIPIENT: age public keys (age1...), separated by commas, to whose holders
	// backups are closed. The secret key then need not be on this machine.
	BackupRecipients []string
	// BACKUP_PASSPHRASE: the passphrase that closes and opens backups, where there is no
	// recipient: at least 12 characters.
	BackupPassphrase secret.Value
	// MAINTENANCE_SCHEDULE: the maintenance that the server does by itself at four in the
	// morning: daily, weekly (on Mondays), monthly (on the first day), or off.
	MaintenanceSchedule []string
	// MAINTENANCE_TIME_ZONE: the time zone of that hour, such as Europe/Berlin.
	MaintenanceTimeZone *time.Location
	// MAINTENANCE_MAIL: who gets each report of it by mail.
	MaintenanceMail string
	// ROTATION_DUE: how old a key may grow before the weekly maintenance asks for its
	// rotation.
	RotationDue time.Duration

	explicit bool // ENVIRONMENT was set by somebody
	origins  map[string]string
	warnings []Warning
	secrets  []Secret
	files    []string
	now      time.Time
}

// Warnings tells, in whole sentences, what does not stop the start and is
// probably not meant: near-miss names, dropped URL options, settings that this
// version does not use yet.
func (c *Config) Warnings() []string {
	var all []string
	for _, w := range c.warnings {
		all = append(all, w.Text)
	}
	return all
}
