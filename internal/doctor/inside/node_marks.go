package inside

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// compared are the settings that all nodes on one database must share, or
// people are treated in one way here and in another there.
var compared = []string{
	"PUBLIC_URL", "PUBLIC_ALIASES", "ENVIRONMENT", "COOKIE_DOMAIN", "TRUSTED_PROXIES", "CORS_ORIGINS", "HSTS_INCLUDE_SUBDOMAINS",
	"ACCESS_TOKEN_TTL", "SESSION_IDLE", "SESSION_MAX", "SESSION_LIMIT", "SESSION_LIMIT_POLICY", "SESSION_CHECK", "REFRESH_GRACE", "CSRF_TTL",
	"LEGACY_TOKENS", "LEGACY_TOKENS_UNTIL", "LOGIN_LIMIT_ACCOUNT", "LOGIN_LIMIT_ADDRESS", "REGISTRATION", "MFA_REQUIRED_ROLES",
	"REAUTH_WINDOW", "TRUST_DEVICE", "PASSWORD_HASH", "PASSWORD_UPGRADE", "ERROR_COMPAT", "REDIS_URL", "SMTP_URL", "MAIL_FROM",
	"PRODUCT_NAME", "ACCENT_COLOR",
}

// secrets are the keys that all nodes must share.
var secrets = []string{"JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS", "DATA_ENCRYPTION_KEY", "DATA_ENCRYPTION_PREVIOUS_KEYS"}

// masked are settings that hold a password, of which there is a mark too.
var masked = []string{"REDIS_URL", "SMTP_URL"}

// given is a list of what is set.
func given(v secret.Value) []secret.Value {
	if v.Empty() {
		return nil
	}
	return []secret.Value{v}
}

// originOf and the like are what is told of a node without being compared.
const originOf = "~origin of "

// Marks are what a node with this configuration writes down for others to
// compare: settings as they are shown everywhere, and of keys a mark.
func Marks(cfg *config.Config, salt string) map[string]string {
	marks := map[string]string{}
	for _, s := range cfg.Settings() {
		if slices.Contains(compared, s.Name) && !slices.Contains(masked, s.Name) {
			marks[s.Name] = s.Value
		}
		if slices.Contains(compared, s.Name) || slices.Contains(secrets, s.Name) {
			marks[originOf+s.Name] = s.Origin
		}
	}
	for name, keys := range map[string][]secret.Value{
		"JWT_SECRET_KEY":                {cfg.JWTSecretKey},
		"JWT_PREVIOUS_SECRET_KEYS":      cfg.JWTPreviousSecretKeys,
		"DATA_ENCRYPTION_KEY":           {cfg.DataEncryptionKey},
		"DATA_ENCRYPTION_PREVIOUS_KEYS": cfg.DataEncryptionPreviousKeys,
		"REDIS_URL":                     given(cfg.RedisURL),
		"SMTP_URL":                      given(cfg.SMTPURL),
	} {
		marks[name] = mark(keys, name, salt)
	}
	return marks
}

// A mark has 25 bits of a slow, salted hash: enough to see that two keys
// differ, and by far too little to tell which of the guesses at a weak key is
// the right one, whoever reads the database.
const (
	markRounds = 20_000
	markLength = 5 // of base32
)

// mark is one for a list of keys in any order; a key that is not known has "".
func mark(keys []secret.Value, name, salt string) string {
	var marks []string
	for _, k := range keys {
		if k.Empty() {
			return ""
		}
		b, err := pbkdf2.Key(sha256.New, string(k.Reveal()), []byte(name+" "+salt), markRounds, 16)
		if err != nil { // only a length that SHA-256 cannot give
			return ""
		}
		marks = append(marks, strings.ToLower(base32.StdEncoding.EncodeToString(b))[:markLength])
	}
	if len(marks) == 0 {
		return "none"
	}
	slices.Sort(marks)
	return strings.Join(slices.Compact(marks), "+")
}
