package faultlab

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Keys of the kind that production takes.
const (
	signing = "kP3v9sXq7LmZt2RbW8yNcE5uHaJd4GfTo6iVx1QrSpDk0wBn"
	sealing = "Yh7Qe2LwZr9TmXk4VbNc8JsPd5GfUa3RtEo6iHv1SqDy0xBu"
)

// real is the environment of a site for everybody, behind a proxy of its own
// machine, with what is changed.
func real(changes map[string]string) map[string]string {
	env := map[string]string{
		"ENVIRONMENT": "production", "PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1",
		"JWT_SECRET_KEY": signing, "DATA_ENCRYPTION_KEY": sealing,
	}
	maps.Copy(env, changes)
	return env
}

// by is one injection by nothing but settings: no server has to run for it.
func by(fault, how string, cause api.Cause, env map[string]string) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		return doctor(t, ground.Unstarted(t, env))
	}}
}

// kept is the same for a configuration with which a server can start, and did:
// it has a database.
func kept(fault, how string, cause api.Cause, env map[string]string) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		s := ground.Unstarted(t, env)
		if res := s.Run("migrate", "up"); res.Code != 0 {
			t.Fatalf("migrate up: %s", res.Stderr)
		}
		return doctor(t, s)
	}}
}

// file keeps a text for a setting that names a file.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// yaml gives a configuration file to the doctor, and takes from the environment
// what stands in it.
func yaml(fault, how string, cause api.Cause, text string, unset ...string) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		env := map[string]string{}
		for _, name := range unset {
			env[name] = ground.Unset
		}
		return doctor(t, ground.Unstarted(t, env), "--config", file(t, "auth.yaml", text))
	}}
}

func settingInjections() []injection {
	type env = map[string]string
	return append(addressInjections(), []injection{
		by("setting", "a word that SESSION_CHECK does not know", "config_invalid", env{"SESSION_CHECK": "sometimes"}),
		by("setting", "a duration without a unit", "config_invalid", real(env{"ACCESS_TOKEN_TTL": "3600"})),
		yaml("setting", "a number that is none in the file", "config_invalid", "session_limit: many\n"),

		by("D6", "ENVIRONMENT=prod, and nothing that production wants", "environment_unknown", env{"ENVIRONMENT": "prod", "PUBLIC_URL": ground.Unset}),
		by("D6", "ENVIRONMENT in capitals", "environment_unknown", real(env{"ENVIRONMENT": "PRODUCTION"})),
		by("D6", "nobody said that a public host is development", "environment_mismatch", env{"ENVIRONMENT": ground.Unset, "PUBLIC_URL": "https://aiwfe.com"}),
		by("D6", "development on a public host, said by somebody", "environment_mismatch", env{"ENVIRONMENT": "development", "PUBLIC_URL": "https://aiwfe.com"}),
		kept("D6", "PUBLIC_URL of a developer under a front end for everybody", "environment_mismatch",
			real(env{"PUBLIC_URL": "http://localhost:8080", "CORS_ORIGINS": "https://app.example.com"})),
		kept("D6", "PUBLIC_URL of a developer on a port that is open to all", "environment_mismatch",
			real(env{"PUBLIC_URL": "http://localhost:3000", "LISTEN_ADDR": ":0"})),
		by("D6", "the address under its name of another version", "setting_renamed", env{"PUBLIC_URL": ground.Unset, "SITE_URL": "https://auth.example.com"}),
		by("D6", "production under its name of another program", "setting_renamed", env{"ENVIRONMENT": ground.Unset, "NODE_ENV": "production"}),
		by("D6", "no address, and APP_URL set", "setting_renamed", real(env{"PUBLIC_URL": ground.Unset, "APP_URL": "https://auth.example.com"})),
		by("D6", "no address in production", "public_url_missing", real(env{"PUBLIC_URL": ground.Unset})),
		by("D6", "a slip in the name of a setting", "setting_unknown", env{"CORS_ORIGIN": "https://app.example.com"}),
		yaml("D6", "a slip in the file", "setting_unknown", "publik_url: https://auth.example.com\n", "PUBLIC_URL"),

		by("G1", "staging by a short name", "environment_unknown", real(env{"ENVIRONMENT": "stage"})),
		by("G1", "a real host that starts as if in development", "environment_mismatch", env{"ENVIRONMENT": ground.Unset, "PUBLIC_URL": "https://login.shop.co.uk"}),
		by("G1", "test settings on a public address of digits", "environment_mismatch", env{"PUBLIC_URL": "http://198.51.100.7:8080"}),

		by("contradiction", "PORT beside another LISTEN_ADDR", "settings_contradict", env{"PORT": "9000", "LISTEN_ADDR": "127.0.0.1:9001"}),
		by("contradiction", "idle longer than all of a session", "settings_contradict", real(env{"SESSION_IDLE": "2d", "SESSION_MAX": "1d"})),
		by("contradiction", "open registration without mail", "settings_contradict", real(env{"REGISTRATION": "open"})),
	}...)
}
