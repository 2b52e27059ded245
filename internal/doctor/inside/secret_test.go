package inside

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestMangledSecretsAreNamedByWhatHappened(t *testing.T) {
	for _, row := range []struct {
		name, value string
		want        api.Cause
	}{
		{"as it should be", signing, ""},
		{"a passphrase with spaces inside", "correct horse battery staple and some more 7", ""},
		{"a quotation mark at one end", `"` + signing, ""},
		{"a dollar inside", "a$b" + signing, ""},
		{"a backslash inside", `a\b` + signing, ""},
		{"braces inside", "{" + signing + "}", ""},
		{"nothing but a space", " ", ""},

		{"line feed", signing + "\n", "secret_trailing_newline"},
		{"two line feeds", signing + "\n\n", "secret_trailing_newline"},
		{"Windows", signing + "\r", "secret_trailing_newline"},
		{"tab in front", "\t" + signing, "secret_trailing_newline"},
		{"no-break space", signing + "\u00a0", "secret_trailing_newline"},
		{"zero width", "\u200b" + signing, "secret_trailing_newline"},
		{"byte order mark", "\ufeff" + signing, "secret_trailing_newline"},
		{"quotes before the line feed", `"` + signing + "\"\n", "secret_trailing_newline"},

		{"double quotes", `"` + signing + `"`, "secret_quoted"},
		{"single quotes", "'" + signing + "'", "secret_quoted"},
		{"backquotes", "`" + signing + "`", "secret_quoted"},
		{"typographic quotes", "\u201e" + signing + "\u201c", "secret_quoted"},

		{"doubled dollar", signing + "$$x", "secret_dollar_eaten"},
		{"escaped dollar", signing + `\$x`, "secret_dollar_eaten"},
		{"a variable", "${KEY}", "secret_dollar_eaten"},
		{"a variable with a default", "${KEY:-" + signing + "}", "secret_dollar_eaten"},
		{"a command", "$(openssl rand -base64 48)", "secret_dollar_eaten"},
		{"a bare variable", "$JWT_SECRET_KEY", "secret_dollar_eaten"},
		{"a variable of Windows", "%JWT_SECRET_KEY%", "secret_dollar_eaten"},
		{"a template", "{{ secret \"key\" }}", "secret_dollar_eaten"},

		{"UTF-16 of PowerShell", "\xff\xfek\x00e\x00y\x00", "secret_mangled"},
		{"a zero byte", signing + "\x00", "secret_mangled"},
		{"the whole line", "JWT_SECRET_KEY=" + signing, "secret_mangled"},
		{"a line of a shell", "export AUTH_SECRET=" + signing, "secret_mangled"},
		{"a comment", signing + " # the key of production", "secret_mangled"},
		{"escapes of a URL", signing + "%2Bab%3D", "secret_mangled"},
		{"escapes of a page", signing + "&amp;x", "secret_mangled"},
		{"a line break in letters", signing + `\n`, "secret_mangled"},

		{"wrapped", signing + "\n" + sealing, "secret_base64_wrapped"},
		{"wrapped for Windows", signing + "\r\n" + sealing, "secret_base64_wrapped"},
		{"base64 of a text", base64.StdEncoding.EncodeToString([]byte(signing)), "secret_base64_wrapped"},
		{"base64url of a text", base64.RawURLEncoding.EncodeToString([]byte(sealing + "\n")), "secret_base64_wrapped"},
	} {
		got := api.Cause("")
		d := mangled([]byte(row.value), true)
		if d != nil {
			got = d.cause
			for _, text := range []string{d.problem, d.seen, d.expected, d.remedy} {
				if strings.Contains(text, signing[:8]) || strings.Contains(text, sealing[:8]) {
					t.Errorf("%s: a piece of it is shown: %q", row.name, text)
				}
			}
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// TestRandomKeysPass: the check must not stop those who do it right.
func TestRandomKeysPass(t *testing.T) {
	b := make([]byte, 48)
	for range 5000 {
		_, _ = rand.Read(b)
		for _, key := range []string{
			hex.EncodeToString(b), base64.StdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b[:32]), secret.RandomText(40),
		} {
			if d := mangled([]byte(key), true); d != nil {
				t.Fatalf("a random key of %d bytes is called %s: %s", len(key), d.cause, d.seen)
			}
		}
	}
}

func TestOneFindingForOneSecret(t *testing.T) {
	value := secret.FromString("\"" + signing + "$$\"\n")
	all := lintSecrets([]config.Secret{
		{Name: "JWT_SECRET_KEY", Origin: "environment", Value: value, Key: true},
		{Name: "JWT_PREVIOUS_SECRET_KEYS", Origin: "file x:1", Items: []secret.Value{secret.FromString(sealing), value, value}, Key: true},
		{Name: "SMTP_URL", Origin: "environment", Value: secret.FromString("smtp://u:a$$b@h")},
	})
	if len(all) != 2 || all[0].name != "JWT_SECRET_KEY" || !strings.Contains(all[1].Evidence, "key 2 of 3") {
		t.Errorf("found %+v", all)
	}
}
