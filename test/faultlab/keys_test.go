package faultlab

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// keyInjections are keys that are fine by themselves, and not the ones that
// this database knows.
func keyInjections() []injection {
	type env = map[string]string
	keys := env{"JWT_SECRET_KEY": signing, "DATA_ENCRYPTION_KEY": sealing}
	return []injection{
		again("D25", "the encryption key of another installation", "data_key_wrong", keys, env{"DATA_ENCRYPTION_KEY": sealing + "x"}, nil),
		again("D25", "an encryption key changed without the previous one, and a server that runs with it", "data_key_wrong", keys,
			env{"DATA_ENCRYPTION_KEY": "q" + sealing}, func(s *ground.Instance) { s.Stop() }),
		again("D14", "another signing key than the running server has", "running_with_other_settings", keys, env{"JWT_SECRET_KEY": signing + "x"}, nil),
		again("D14", "a signing key that is new at this start", "signing_key_changed", keys,
			env{"JWT_SECRET_KEY": "q" + signing}, func(s *ground.Instance) { s.Stop() }),
		{fault: "D14", how: "the signing key was declared compromised, and is still the one in use", cause: "key_compromised", examine: func(t *testing.T) api.Diagnosis {
			s := ground.Server(t, keys)
			if res := s.Run("keys", "rotate", "jwt", "--compromised", "--yes"); res.Code != 0 {
				t.Fatal(res.Stderr)
			}
			return doctor(t, s)
		}},
		again("D14", "a folder with the keys that was not kept", "generated_keys_lost", nil, nil, func(s *ground.Instance) {
			s.Stop()
			for _, name := range []string{"jwt-secret-key", "data-encryption-key"} {
				_ = os.Remove(filepath.Join(s.DataDir, name))
			}
		}),
		passkey("the host of PUBLIC_URL changed, and the server restarted", "http://127.0.0.1", true),
		passkey("another host in PUBLIC_URL before the next start", "http://app.localhost", false),
	}
}

// passkey registers one at localhost, and goes on at another host.
func passkey(how, url string, running bool) injection {
	return injection{fault: "D9", how: how, cause: "passkey_of_other_host", examine: func(t *testing.T) api.Diagnosis {
		s := ground.Server(t, nil)
		if res := s.RunInput("a long enough password", "user", "create", "--email", "a@example.com", "--password-stdin"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
		byHand(t, s, "UPDATE users SET second_factor = 1")
		byHand(t, s, fmt.Sprintf(`INSERT INTO factors (id, user_id, kind, name, pending, data, credential, handle, created_ms)
			VALUES ('fac_1', 1, 'webauthn', 'key', 0, '{}', x'01', x'02', %d)`, time.Now().UnixMilli()))
		s.Stop()
		_, port, _ := net.SplitHostPort(s.Addr)
		env := map[string]string{"DATA_DIR": s.DataDir, "LISTEN_ADDR": s.Addr, "PUBLIC_URL": url + ":" + port}
		if !running {
			return doctor(t, ground.Unstarted(t, env))
		}
		return doctor(t, ground.Server(t, env))
	}}
}

// again starts a server with the settings of before, lets them end as end says,
// and then looks with those of after. When end stopped the first server, a
// second one runs with the settings of after.
func again(fault, how string, cause api.Cause, before, after map[string]string, end func(*ground.Instance)) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		s := ground.Server(t, before)
		env := map[string]string{"DATA_DIR": s.DataDir, "LISTEN_ADDR": s.Addr, "PUBLIC_URL": s.URL}
		maps.Copy(env, before)
		maps.Copy(env, after)
		if end == nil {
			return doctor(t, ground.Unstarted(t, env))
		}
		end(s)
		return doctor(t, ground.Server(t, env))
	}}
}
