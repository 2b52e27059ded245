package faultlab

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// keys are set, as in production.
func keys() map[string]string {
	return map[string]string{
		"JWT_SECRET_KEY":      "one key for all nodes, forty-two characters long",
		"DATA_ENCRYPTION_KEY": "another key for all nodes, just as long as that",
	}
}

// oldToken is one as the system before made it.
func oldToken(t *testing.T, id int, email string) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(object{"alg": "HS256", "typ": "JWT"}) + "." +
		part(object{"sub": email, "id": id, "exp": time.Now().Add(30 * time.Minute).Unix()})
	mac := hmac.New(sha256.New, []byte(keys()["JWT_SECRET_KEY"]))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func useOldTokens(t *testing.T, env map[string]string) api.Diagnosis {
	s := ground.Server(t, env)
	list := people(t, s, 2)
	id := 2
	for i := range 4 {
		somebody(t, s.URL, i).send("GET", "/api/v1/auth/status", nil, "Authorization", "Bearer "+oldToken(t, id, list[1]))
	}
	return watched(t, s, list[0])
}

func oldTokens(t *testing.T) api.Diagnosis { return useOldTokens(t, keys()) }

func oldTokensEnd(t *testing.T) api.Diagnosis {
	env := keys()
	env["LEGACY_TOKENS"], env["LEGACY_TOKENS_UNTIL"] = "accept", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	return useOldTokens(t, env)
}

// nodeInjections are of two servers on one database.
func nodeInjections() []injection {
	differ := func(name, value string) func(t *testing.T) api.Diagnosis {
		return func(t *testing.T) api.Diagnosis { return nodesApart(t, keys(), map[string]string{name: value}) }
	}
	return []injection{
		{
			fault: "D14", how: "the second server has another JWT_SECRET_KEY", cause: "secret_differs_between_nodes",
			examine: differ("JWT_SECRET_KEY", "a key that only the second server has, and long"),
		},
		{
			fault: "D14", how: "the second server has another DATA_ENCRYPTION_KEY", cause: "secret_differs_between_nodes",
			examine: differ("DATA_ENCRYPTION_KEY", "a key that only the second server has, and long"),
		},
		{
			fault: "D14", how: "each server made its own keys", cause: "secret_differs_between_nodes",
			examine: func(t *testing.T) api.Diagnosis { return nodesApart(t, nil, nil) },
		},
		{
			fault: "replicas", how: "the second server has another SESSION_IDLE", cause: "settings_differ_between_nodes",
			examine: differ("SESSION_IDLE", "20m"),
		},
		{
			fault: "replicas", how: "the second server trusts another proxy", cause: "settings_differ_between_nodes",
			examine: differ("TRUSTED_PROXIES", "10.9.8.7"),
		},
	}
}

// nodePair starts two servers on one database, the second with something changed.
func nodePair(t *testing.T, env, second map[string]string) (a, b *ground.Instance) {
	t.Helper()
	folder, err := ground.NewFolder("shared")
	if err != nil {
		t.Fatal(err)
	}
	first := "127.0.0.1:" + strconv.Itoa(ground.FreePort(t))
	both := map[string]string{
		"DATABASE_URL": "sqlite:///" + filepath.Join(folder, "auth.db"), "LISTEN_ADDR": first,
		"PUBLIC_URL": "http://localhost:" + strings.TrimPrefix(first, "127.0.0.1:"), // the first stands for the balancer
	}
	maps.Copy(both, env)
	a = ground.Server(t, both)
	other := maps.Clone(both)
	delete(other, "LISTEN_ADDR")
	maps.Copy(other, second)
	return a, ground.Server(t, other)
}

func nodesApart(t *testing.T, env, second map[string]string) api.Diagnosis {
	a, _ := nodePair(t, env, second)
	list := people(t, a, 1)
	return asked(t, a, adminToken(t, a, list[0]), "?fresh=1", func(d api.Diagnosis) bool { return !d.Healthy })
}

// adminToken signs an administrator in by the address of one server, whatever
// PUBLIC_URL is.
func adminToken(t *testing.T, s *ground.Instance, email string) any {
	t.Helper()
	p := somebody(t, s.URL, 240)
	p.page = ""
	return p.forgets().signIn(email)["access_token"]
}

// restartInjections are of a configuration that changed after the start.
func restartInjections() []injection {
	after := func(name, value string) func(t *testing.T) api.Diagnosis {
		return func(t *testing.T) api.Diagnosis {
			env := keys()
			s := ground.Server(t, env)
			people(t, s, 1)
			env["DATA_DIR"], env["LISTEN_ADDR"], env["PUBLIC_URL"], env[name] = s.DataDir, s.Addr, s.URL, value
			return doctor(t, ground.Unstarted(t, env))
		}
	}
	return []injection{
		{
			fault: "D15", how: "JWT_SECRET_KEY was changed and the server not restarted", cause: "running_with_other_settings",
			examine: after("JWT_SECRET_KEY", "the key that the server will have after a restart"),
		},
		{
			fault: "setting", how: "SESSION_MAX was changed and the server not restarted", cause: "running_with_other_settings",
			examine: after("SESSION_MAX", "48h"),
		},
		{
			fault: "D15", how: "the console has another JWT_PREVIOUS_SECRET_KEYS than the server", cause: "running_with_other_settings",
			examine: after("JWT_PREVIOUS_SECRET_KEYS", "a key of an earlier year that nobody else has at all"),
		},
		{fault: "D3", how: "the doctor at the console names what only the server sees", cause: "origin_null", examine: atTheConsole},
	}
}

// atTheConsole lets the command line tell what the running server saw.
func atTheConsole(t *testing.T) api.Diagnosis {
	s := ground.Server(t, keys())
	list := people(t, s, 1)
	for i := range 5 {
		p := somebody(t, s.URL, i)
		p.page = "null"
		p.try(list[0], passphrase)
	}
	watched(t, s, list[0]) // it is written down before the page shows it
	return doctor(t, s)
}
