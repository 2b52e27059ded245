package password

import (
	"fmt"
	"regexp"
	"strings"
)

// foreignForms are the ways in which other programs write what can be checked
// here. A form that does not fit whole is left alone.
var foreignForms = []struct {
	form *regexp.Regexp
	make func(m []string) string
}{
	// Django
	{regexp.MustCompile(`^pbkdf2_(sha1|sha256)\$([0-9]+)\$([^$]+)\$([A-Za-z0-9+/=]+)$`), func(m []string) string {
		return PBKDF2(m[1], uint64Of(m[2]), []byte(m[3]), base64Of(m[4]))
	}},
	{regexp.MustCompile(`^scrypt\$([0-9]+)\$([^$]+)\$([0-9]+)\$([0-9]+)\$([A-Za-z0-9+/=]+)$`), func(m []string) string {
		return Scrypt(uint64Of(m[1]), uint64Of(m[3]), uint64Of(m[4]), []byte(m[2]), base64Of(m[5]))
	}},
	{regexp.MustCompile(`^bcrypt_sha256\$\$2[aby]\$([0-9]{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$`), func(m []string) string {
		return fmt.Sprintf("$%s$r=%d$%s$%s", hexBcrypt, uint64Of(m[1]), m[2], m[3])
	}},
	{regexp.MustCompile(`^argon2(\$argon2id?\$v=19\$.+)$`), func(m []string) string { return m[1] }},
	{regexp.MustCompile(`^bcrypt\$(\$2[aby]\$.+)$`), func(m []string) string { return m[1] }},
	// Kratos, Auth0; the length that they note is that of the key
	{regexp.MustCompile(`^\$pbkdf2-(sha1|sha256|sha512)\$i=([0-9]+),l=[0-9]+\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$`), func(m []string) string {
		return PBKDF2(m[1], uint64Of(m[2]), base64Of(m[3]), base64Of(m[4]))
	}},
	// Passlib, which writes a dot for a plus, and no name for SHA-1
	{regexp.MustCompile(`^\$pbkdf2(|-sha256|-sha512)\$([0-9]+)\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)$`), func(m []string) string {
		digest := strings.TrimPrefix(m[1], "-")
		if digest == "" {
			digest = "sha1"
		}
		return PBKDF2(digest, uint64Of(m[2]), base64Of(strings.ReplaceAll(m[3], ".", "+")), base64Of(strings.ReplaceAll(m[4], ".", "+")))
	}},
	// Passlib and PHC; Kratos has N itself where they have its logarithm
	{regexp.MustCompile(`^\$scrypt\$ln=([0-9]+),r=([0-9]+),p=([0-9]+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$`), func(m []string) string {
		n := uint64Of(m[1])
		if n < 32 {
			n = 1 << n
		}
		return Scrypt(n, uint64Of(m[2]), uint64Of(m[3]), base64Of(m[4]), base64Of(m[5]))
	}},
	// Werkzeug, of Flask
	{regexp.MustCompile(`^pbkdf2:(sha1|sha256|sha512):([0-9]+)\$([^$]+)\$([0-9a-f]+)$`), func(m []string) string {
		return PBKDF2(m[1], uint64Of(m[2]), []byte(m[3]), hexBytes(m[4]))
	}},
	{regexp.MustCompile(`^scrypt:([0-9]+):([0-9]+):([0-9]+)\$([^$]+)\$([0-9a-f]+)$`), func(m []string) string {
		return Scrypt(uint64Of(m[1]), uint64Of(m[2]), uint64Of(m[3]), []byte(m[4]), hexBytes(m[5]))
	}},
}
