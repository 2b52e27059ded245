package faultlab

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func secretInjections() []injection {
	type env = map[string]string
	wrapped := base64.StdEncoding.EncodeToString([]byte(signing + "\n"))
	return append(keyInjections(), []injection{
		kept("D15", "a line feed at the end of a key", "secret_trailing_newline", real(env{"JWT_SECRET_KEY": signing + "\n"})),
		kept("D15", "a space before a key", "secret_trailing_newline", env{"DATA_ENCRYPTION_KEY": " " + sealing}),
		fromFile("D15", "a file with Windows line ends", "secret_trailing_newline", "JWT_SECRET_KEY", signing+"\r\n"),
		fromFile("D15", "a file with a byte order mark", "secret_trailing_newline", "DATA_ENCRYPTION_KEY", "\ufeff"+sealing+"\n"),
		fromFile("D15", "two line feeds at the end of a file", "secret_trailing_newline", "METRICS_TOKEN", signing+"\n\n"),
		by("D15", "a line feed at the end of a database address", "secret_trailing_newline", env{"DATABASE_URL": "postgres://u:p@127.0.0.1/db\n"}),

		kept("D15", "double quotation marks", "secret_quoted", real(env{"JWT_SECRET_KEY": `"` + signing + `"`})),
		kept("D15", "single quotation marks", "secret_quoted", env{"DATA_ENCRYPTION_KEY": "'" + sealing + "'"}),
		fromFile("D15", "typographic quotation marks in a file", "secret_quoted", "JWT_SECRET_KEY", "\u201c"+signing+"\u201d"),

		kept("D15", "a dollar that stayed doubled", "secret_dollar_eaten", real(env{"JWT_SECRET_KEY": "a$$b" + signing})),
		by("D15", "the name of a variable that nobody put in", "secret_dollar_eaten", real(env{"JWT_SECRET_KEY": "${JWT_SECRET_KEY}"})),
		fromFile("D15", "a template that nobody filled in", "secret_dollar_eaten", "DATA_ENCRYPTION_KEY", "{{ .Values.dataEncryptionKey }}"),
		by("D15", "a variable in the address of the database", "secret_dollar_eaten", env{"DATABASE_URL": "postgres://u:${DB_PASSWORD}@127.0.0.1/db"}),

		fromFile("D15", "base64 in lines of 76", "secret_base64_wrapped", "JWT_SECRET_KEY", signing+signing[:28]+"\n"+sealing+"\n"),
		kept("D15", "base64 of the key and its line feed", "secret_base64_wrapped", real(env{"JWT_SECRET_KEY": wrapped})),
		kept("D15", "base64 of base64", "secret_base64_wrapped", env{"DATA_ENCRYPTION_KEY": base64.StdEncoding.EncodeToString([]byte(sealing))}),

		kept("D15", "the name came along", "secret_mangled", real(env{"JWT_SECRET_KEY": "JWT_SECRET_KEY=" + signing})),
		kept("D15", "a comment of an env file", "secret_mangled", env{"DATA_ENCRYPTION_KEY": sealing + "  # rotate in May"}),
		fromFile("D15", "a file that PowerShell wrote", "secret_mangled", "JWT_SECRET_KEY", "\xff\xfe"+strings.Join(strings.Split(signing, ""), "\x00")+"\x00"),

		by("D15", "a placeholder", "secret_placeholder", real(env{"JWT_SECRET_KEY": "change-me-" + signing})),
		by("D15", "a key of a tutorial", "secret_published", real(env{"JWT_SECRET_KEY": "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"})),
		by("D15", "a key made of words", "secret_weak", real(env{"DATA_ENCRYPTION_KEY": "my-super-secret-jwt-signing-key-for-aiwfe-auth"})),
		by("D15", "a key that was cut", "secret_too_short", real(env{"JWT_SECRET_KEY": signing[:20]})),
		by("D15", "one key for two purposes", "secret_shared", real(env{"JWT_SECRET_KEY": signing, "DATA_ENCRYPTION_KEY": signing})),
		kept("D15", "the token of the metrics is the signing key", "secret_shared", real(env{"METRICS_TOKEN": signing})),
		by("D15", "no key", "secret_missing", real(env{"JWT_SECRET_KEY": ground.Unset})),
		by("D15", "a key under the name of another program", "setting_renamed", real(env{"JWT_SECRET_KEY": ground.Unset, "JWT_SECRET": signing})),
		by("D15", "a file that is not there", "secret_file_unreadable", real(env{"JWT_SECRET_KEY": ground.Unset, "JWT_SECRET_KEY_FILE": "/nowhere/key"})),
		twice("D15", "another key in the file than in the environment", "secret_not_what_file_holds", sealing),
		twice("D15", "the same key in file and environment", "settings_contradict", signing),
	}...)
}

// fromFile gives a secret by a file of these bytes.
func fromFile(fault, how string, cause api.Cause, name, bytes string) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		s := ground.Unstarted(t, real(map[string]string{name: ground.Unset, name + "_FILE": file(t, "secret", bytes)}))
		s.Run("migrate", "up") // refused where the key is too bad for that
		return doctor(t, s)
	}}
}

// twice sets the signing key by the variable and by a file.
func twice(fault, how string, cause api.Cause, held string) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		return doctor(t, ground.Unstarted(t, real(map[string]string{"JWT_SECRET_KEY_FILE": file(t, "secret", held+"\n")})))
	}}
}

// TestNoPieceOfASecretIsShown runs every injection of this file again in its
// words: whatever stands in a secret must not stand in the answer.
func TestNoPieceOfASecretIsShown(t *testing.T) {
	for name, value := range map[string]string{
		"JWT_SECRET_KEY": `"` + signing + `"`, "DATA_ENCRYPTION_KEY": sealing + "\n", "METRICS_TOKEN": "a$$b" + signing,
		"SMTP_URL": "smtp://user:" + signing + "@127.0.0.1:9?starttls=none", "DATABASE_URL": "postgres://user:" + signing + "@127.0.0.1:9/db\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ground.Unstarted(t, map[string]string{name: value})
			for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}, {"doctor", "--verbose"}} {
				res := s.Run(args...)
				for n := 8; n <= len(signing); n += 8 {
					if strings.Contains(res.Stdout+res.Stderr, signing[n-8:n]) || strings.Contains(res.Stdout+res.Stderr, sealing[n-8:n]) {
						t.Fatalf("%v shows a piece of %s", args, name)
					}
				}
			}
		})
	}
}
