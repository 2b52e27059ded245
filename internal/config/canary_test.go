package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// secretSettings gives every secret setting a value with a canary in it.
func secretSettings(canary string) map[string]string {
	values := map[string]string{}
	for _, s := range table {
		if !s.secret {
			continue
		}
		switch {
		case strings.HasPrefix(s.name, "DATABASE"):
			values[s.name] = "postgres://u:" + canary + "@h/db?password=" + canary
		case s.name == "REDIS_URL":
			values[s.name] = "redis://:" + canary + "@h:6379"
		case strings.HasPrefix(s.name, "ALERT_") && strings.HasSuffix(s.name, "_URL"):
			values[s.name] = "https://hooks.example.com/" + canary
		case s.name == "SMTP_URL":
			values[s.name] = "smtp://u:" + canary + "@h:587"
		default:
			values[s.name] = canary + "-" + s.name + "-0123456789-abcdef"
		}
	}
	delete(values, "DATABASE_URL_FILE")
	return values
}

// everything that a Config and its error can say.
func everything(t *testing.T, c *Config, err error) string {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%v\n%+v\n%#v\n%v\n%q\n", c, c, *c, c.Settings(), c.Warnings())
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "config", c, "error", err)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "config", c, "error", err)
	for _, v := range []any{c, c.Settings(), err} {
		j, jerr := json.Marshal(v)
		if jerr != nil {
			t.Fatal(jerr)
		}
		b.Write(j)
	}
	if err != nil {
		fmt.Fprintf(&b, "%v\n%+v\n%#v\n", err, err, err)
	}
	return b.String()
}

func TestNoSecretIsEverPrinted(t *testing.T) {
	const canary = "CaNaRy4711"
	for _, row := range []struct {
		name  string
		wreck func(string) string // what happens to each value
	}{
		{"all is well", func(s string) string { return s }},
		{"an address that cannot be taken apart", func(s string) string { return strings.Replace(s, canary, "x/"+canary+"@#", 1) }},
		{"no scheme", func(s string) string { _, after, _ := strings.Cut(s, "://"); return after }},
		{"quotes", func(s string) string { return `"` + s + `"` }},
		{"a line break", func(s string) string { return s + "\n" }},
		{"too short", func(string) string { return canary }},
		{"an empty list item", func(s string) string { return s + ",," }},
	} {
		for _, environment := range []string{"development", "production"} {
			var env, yaml []string
			flags := map[string]string{}
			for name, v := range secretSettings(canary) {
				env = append(env, name+"="+row.wreck(v))
				flags[name] = row.wreck(v)
				yaml = append(yaml, strings.ToLower(name)+": "+row.wreck(v))
			}
			env = append(env, "ENVIRONMENT="+environment, "PUBLIC_URL=https://u:"+canary+"@h", "CORS_ORIGINS=https://u:"+canary+"@*.h")
			dot := write(t, ".env", strings.Join(env, "\n"))
			for _, src := range []Sources{
				{Env: env},
				{Env: []string{"ENVIRONMENT=" + environment}, Flags: flags},
				{DotEnv: dot},
				{Env: []string{"ENVIRONMENT=" + environment}, File: write(t, "c.yaml", strings.Join(yaml, "\n"))},
				// An alias of YAML: the reader's own error quotes its name.
				{File: write(t, "d.yaml", "jwt_secret_key: *"+canary)},
			} {
				c, err := load(src)
				if text := everything(t, c, err); strings.Contains(text, canary) {
					i := strings.Index(text, canary)
					t.Errorf("%s, %s: ...%s...", row.name, environment, text[max(0, i-200):i+20])
				}
			}
		}
	}
}

func TestShowTellsLengthAndFingerprintOnly(t *testing.T) {
	c := mustLoad(t, Sources{Env: production("DATABASE_URL=postgres://u:sesame@h/db")})
	s := setting1(t, c, "JWT_SECRET_KEY")
	if want := fmt.Sprintf("set, %d bytes, fingerprint %s", len(strongJWT), c.JWTSecretKey.Fingerprint()); s.Value != want {
		t.Errorf("%q, want %q", s.Value, want)
	}
	if s := setting1(t, c, "DATABASE_URL"); s.Value != "postgres://u:***@h/db" {
		t.Errorf("database shown as %q", s.Value)
	}
	if s := setting1(t, c, "METRICS_TOKEN"); s.Value != "" {
		t.Errorf("an unset secret is shown as %q", s.Value)
	}
}

func TestSecretsDoNotStandOnTheCommandLine(t *testing.T) {
	for name, value := range secretSettings("sesame") {
		if f, ok := faultsOf(t, Sources{Flags: map[string]string{name: value}})[name]; !ok || !strings.Contains(f.Problem, "list processes") {
			t.Errorf("%s was taken from a flag: %+v", name, f)
		}
	}
	c := mustLoad(t, Sources{Flags: map[string]string{"DATABASE_URL": "sqlite:////tmp/x.db", "JWT_SECRET_KEY_FILE": write(t, "k", strongJWT)}})
	if c.Database.Masked != "sqlite:////tmp/x.db" || c.JWTSecretKey.Empty() {
		t.Error("an address without a password, or the path of a file, was not taken from a flag")
	}
	if f := faultsOf(t, Sources{Flags: map[string]string{"PUBLIK_URL": "x"}})["PUBLIK_URL"]; f.Hint != "Did you mean PUBLIC_URL?" {
		t.Errorf("an unknown flag: %+v", f)
	}
}
