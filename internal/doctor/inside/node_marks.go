package inside

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base32"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// compared are the settings that all nodes on one database must share, or
// people are treated in one way here and in another there.
var compared = []string{
	"PUBLIC_URL", "ENVIRONMENT", "COOKIE_DOMAIN", "TRUSTED_PROXIES", "CORS_ORIGINS", "ACCESS_TOKEN_TTL", "SESSION_IDLE", "SESSION_MAX",
	"SESSION_LIMIT", "SESSION_LIMIT_POLICY", "LEGACY_TOKENS", "LEGACY_TOKENS_UNTIL", "REGISTRATION", "MFA_REQUIRED_ROLES", "REFRESH_GRACE",
}

// secrets are the keys that all nodes must share.
var secrets = []string{"JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS", "DATA_ENCRYPTION_KEY", "DATA_ENCRYPTION_PREVIOUS_KEYS"}

// originOf and the like are what is told of a node without being compared.
const originOf = "~origin of "

// Marks are what a node with this configuration writes down for others to
// compare: settings as they are shown everywhere, and of keys a mark.
func Marks(cfg *config.Config, salt string) map[string]string {
	marks := map[string]string{}
	for _, s := range cfg.Settings() {
		if slices.Contains(compared, s.Name) {
			marks[s.Name] = s.Value
		}
		if slices.Contains(compared, s.Name) || slices.Contains(secrets, s.Name) {
			marks[originOf+s.Name] = s.Origin
		}
	}
	for name, keys := range map[string][]secret.Value{
		"JWT_SECRET_KEY":                {kept(cfg, cfg.JWTSecretKey, "jwt-secret-key")},
		"JWT_PREVIOUS_SECRET_KEYS":      cfg.JWTPreviousSecretKeys,
		"DATA_ENCRYPTION_KEY":           {kept(cfg, cfg.DataEncryptionKey, "data-encryption-key")},
		"DATA_ENCRYPTION_PREVIOUS_KEYS": cfg.DataEncryptionPreviousKeys,
	} {
		marks[name] = mark(keys, name, salt)
	}
	return marks
}

// kept is the key that stands in DATA_DIR where nobody set one; it is not made.
func kept(cfg *config.Config, key secret.Value, file string) secret.Value {
	if !key.Empty() || !cfg.Environment.Relaxed() {
		return key
	}
	b, err := os.ReadFile(filepath.Join(cfg.DataDir, file))
	if err != nil {
		return key
	}
	return secret.FromString(strings.TrimSuffix(string(b), "\n"))
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
