package password

import (
	"encoding/hex"
	"regexp"
	"strings"
)

// Mend takes away what other programs put around a hash: blanks, quotes, the
// b'...' of Python, the prefix of Django, Spring or LDAP, or another spelling of
// what can be checked. It gives a hash only when what remains is one that may
// run; nothing of the hash itself is guessed.
func Mend(text string) (hash string, ok bool) {
	for range 4 {
		form := Convert(text)
		if _, unusable := Kind(form); unusable == "" {
			return form, true
		}
		next := unwrap(strings.TrimSpace(strings.Trim(text, "\x00")))
		if next == text {
			break
		}
		text = next
	}
	return "", false
}

var wrappers = regexp.MustCompile(`^(?:\{(?i:bcrypt|crypt|argon2|argon2id)\}|bcrypt\$(\$2)|argon2(\$argon2id))`)

func unwrap(s string) string {
	if len(s) >= 3 && s[0] == 'b' && (s[1] == '\'' || s[1] == '"') && s[len(s)-1] == s[1] {
		return s[2 : len(s)-1]
	}
	if len(s) >= 2 && (s[0] == '\'' || s[0] == '"') && s[0] == s[len(s)-1] {
		return s[1 : len(s)-1]
	}
	if raw, ok := strings.CutPrefix(s, `\x`); ok { // bytes as PostgreSQL writes them
		if b, err := hex.DecodeString(raw); err == nil {
			return string(b)
		}
	}
	if m := wrappers.FindStringSubmatch(s); m != nil {
		return m[1] + m[2] + s[len(m[0]):]
	}
	// A dollar that a configuration file wanted doubled.
	if strings.HasPrefix(s, "$$2") || strings.HasPrefix(s, "$$argon2id$$") {
		return strings.ReplaceAll(s, "$$", "$")
	}
	return s
}

var hexOnly = regexp.MustCompile(`^(?i:[0-9a-f]+)$`)

// Describe says in words what a stored value that cannot be used seems to be.
// Nothing of it is quoted: it may be the password itself.
func Describe(text string) string {
	if _, unusable := Kind(Convert(text)); unusable == HashTooExpensive {
		return "a hash that costs more than one sign-in may"
	}
	if _, ok := Mend(text); ok {
		return "a usable hash with something around it"
	}
	has := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(strings.ToLower(text), p) {
				return true
			}
		}
		return false
	}
	switch s := strings.TrimSpace(text); {
	case s == "":
		return "empty"
	case has("$2") && len(s) != 60:
		return "a bcrypt hash of the wrong length: it was cut off or run together with something"
	case has("$2"):
		return "a bcrypt hash of a kind or with letters that there are not"
	case has("$argon2id$"):
		return "an argon2id hash that was cut off, or whose parameters cannot be"
	case has("$argon2d"):
		return "an argon2d hash, a kind that is not made for passwords"
	case has("pbkdf2", "$pbkdf2"):
		return "a PBKDF2 hash in a form, or of a digest, that this program does not check"
	case has("scrypt", "$scrypt"):
		return "a scrypt hash whose parameters cannot be, or that was cut off"
	case has("$argon2i$"):
		return "an argon2i hash that was cut off, or whose parameters cannot be"
	case has("$apr1$"):
		return "an Apache MD5 hash (apr1), which this program does not check"
	case has("$1$", "$5$", "$6$", "$y$", "md5$", "sha1$", "sha256$", "{ssha", "{sha", "{md5", "*", "$p$", "$h$", "$7$", "$s", "$md5", "$firescrypt", "$fbscrypt", "$hmac"):
		return "a hash of another kind, which this program does not check"
	case hexOnly.MatchString(s) && (len(s) == 32 || len(s) == 40 || len(s) == 64 || len(s) == 128):
		return "a bare MD5 or SHA hash, which this program does not check"
	case !strings.Contains(s, "$") && len(s) > 20 && strings.HasPrefix(s, "2"), strings.Count(s, "$") < 3 && len(s) > 20 && len(s) < 60:
		return "text without the dollar signs of a hash: a shell or a configuration file may have eaten them"
	}
	return "text that is no hash, perhaps the password itself"
}
