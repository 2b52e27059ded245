package config

import (
	"strings"
	"testing"
)

// TestWithoutMail is a warning in production, said once.
func TestWithoutMail(t *testing.T) {
	for _, c := range []struct {
		note string
		env  []string
		want bool
	}{
		{"production", production(), true},
		{"production with mail", production("SMTP_URL=smtp://mail.example.com:587"), false},
		{"production with a name that nobody reads", production("SMTP_HOST=mail.example.com"), false},
		{"a test", []string{"ENVIRONMENT=test"}, false},
		{"development", []string{"ENVIRONMENT=development"}, false},
	} {
		t.Run(c.note, func(t *testing.T) {
			cfg, err := Load(Sources{Env: append(c.env, "DATA_DIR="+t.TempDir())})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Contains(strings.Join(cfg.Warnings(), "\n"), "SMTP_URL is not set, so that this server sends no mail")
			if got != c.want {
				t.Errorf("warned %v, want %v: %q", got, c.want, cfg.Warnings())
			}
		})
	}
}
