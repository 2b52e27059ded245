package faults

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// forged is a token with another end, signed by whoever has the key.
func forged(t *testing.T, like, key string) string {
	t.Helper()
	part := strings.Split(like, ".")
	text, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	claims["exp"] = time.Now().Add(time.Hour).Unix()
	for _, name := range []string{"iat", "nbf"} {
		claims[name] = int64(claims[name].(float64))
	}
	text, _ = json.Marshal(claims)
	signed := part[0] + "." + base64.RawURLEncoding.EncodeToString(text)
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func keyFile(t *testing.T, s *ground.Instance, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.DataDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestForgeriesWithAnOldKeyEndWithItsLastToken(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"ACCESS_TOKEN_TTL": "2s", "LOG_LEVEL": "info"})
	c := newCaller(s)
	person(t, c, ada)
	key := keyFile(t, s, "jwt-secret-key")
	one := signIn(t, c, ada)
	forgery := forged(t, one.AccessToken, key)
	want(t, "a forgery with the key in use", c.status(forgery), http.StatusOK, "")
	if r := s.Run("keys", "rotate", "jwt"); r.Code != 0 {
		t.Fatalf("%s%s", r.Stdout, r.Stderr)
	}
	want(t, "a forgery with the old key, while tokens of it may be left", c.status(forgery), http.StatusOK, "")
	eventually(t, time.Minute, "the forgery is refused", func() bool { return c.status(forgery).status == http.StatusUnauthorized })
	fresh := c.refresh(one.RefreshToken)
	want(t, "the refresh after that", fresh, http.StatusOK, "")
	want(t, "a token of the new key", c.status(fresh.tokens().AccessToken), http.StatusOK, "")
	eventually(t, time.Minute, "the old key is gone from the disk", func() bool {
		text, err := os.ReadFile(filepath.Join(s.DataDir, "jwt-secret-key.beside"))
		return err == nil && !strings.Contains(string(text), key)
	})
	for _, row := range audit(t, s, "--event", "key_retired") {
		if !strings.HasPrefix(row.Detail, "jwt ") {
			t.Errorf("the audit says %q", row.Detail)
		}
	}
}

func TestCompromisedKeyEndsEverythingOnEveryNode(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"jwt", "data"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			at := pooled(t)
			env := map[string]string{"DATA_DIR": filepath.Join(t.TempDir(), "data"), "PUBLIC_URL": "http://localhost:18080"}
			a, b := serve(t, at, env), serve(t, at, env)
			here, there, browser := newCaller(a), newCaller(b), newBrowser(t, b)
			person(t, here, ada)
			stolen := keyFile(t, a, "jwt-secret-key")
			one := signIn(t, here, ada)
			signIn(t, browser, ada)
			forgery := forged(t, one.AccessToken, stolen)
			for _, c := range []*caller{here, there} {
				want(t, "a forgery before", c.status(forgery), http.StatusOK, "")
			}
			began := time.Now()
			if r := a.Run("keys", "rotate", key, "--compromised", "--yes"); r.Code != 0 {
				t.Fatalf("%s%s", r.Stdout, r.Stderr)
			}
			t.Logf("it took %s", time.Since(began))
			eventually(t, heardWithin, "both nodes refuse all of it", func() bool {
				for _, a := range []answer{here.status(forgery), there.status(forgery), here.status(one.AccessToken), browser.status("")} {
					if a.status != http.StatusUnauthorized {
						return false
					}
				}
				return true
			})
			want(t, "the refresh token", there.refresh(one.RefreshToken), http.StatusUnauthorized, api.CodeSessionEnded)
			want(t, "the token where it was ended", here.status(one.AccessToken), http.StatusUnauthorized, codeAfter[key])
			for _, s := range []*ground.Instance{a, b} { // and people sign in again at once
				again := signIn(t, newCaller(s), ada)
				want(t, "a new session", here.status(again.AccessToken), http.StatusOK, "")
				want(t, "a new session elsewhere", there.status(again.AccessToken), http.StatusOK, "")
			}
			if rows := audit(t, a, "--event", "key_compromised"); len(rows) != 1 {
				t.Errorf("%d rows tell of it", len(rows))
			}
		})
	}
}

// codeAfter is why an old token is refused: its key counts no more, or its session is over.
var codeAfter = map[string]api.Code{"jwt": api.CodeTokenInvalid, "data": api.CodeSessionEnded}

// besides are the keys that stand beside the one in use.
func besides(t *testing.T, path string) (keys []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	var list []struct{ Key string }
	if err != nil || json.Unmarshal(text, &list) != nil {
		t.Fatalf("%s: %v, or no keys", path, err)
	}
	for _, k := range list {
		keys = append(keys, k.Key)
	}
	return keys
}
