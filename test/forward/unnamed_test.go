package forward

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestAnApplicationThatNobodyNamed is found behind each proxy, and the lines that
// the doctor gives are all that it takes.
func TestAnApplicationThatNobodyNamed(t *testing.T) {
	for name := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := started(t, name, map[string]string{
				"CORS_ORIGINS": "http://front.example.com", "COOKIE_DOMAIN": "auth.example.com",
			})
			ada := w.signedIn(t, "ada", "user")
			for range 3 {
				a := w.get(t, "/", page, "Sec-Fetch-Mode: navigate", "Cookie: "+ada.cookie)
				if a.status != http.StatusForbidden || a.app != nil {
					t.Fatalf("%d %s", a.status, a.body)
				}
			}
			f := w.finds(t, "application_not_named")
			origin := "http://" + appHost + ":" + w.port
			for _, want := range []string{origin + ": 3 pages of 1 client", "asked by the proxy 127.0.0.1", "aiwfe-auth explain "} {
				if !strings.Contains(f.Evidence, want) {
					t.Errorf("%q is not in %s", want, f.Evidence)
				}
			}
			w.measures(t, "application_not_named")
			env := given(f.Remedy)
			if env["CORS_ORIGINS"] != "http://front.example.com,"+origin || env["COOKIE_DOMAIN"] != "example.com" {
				t.Fatalf("the remedy gives %v: %s", env, f.Remedy)
			}
			w.again(t, env)
			ada = w.signedIn(t, "ada", "user")
			if a := w.get(t, "/", page, "Cookie: "+ada.cookie); a.status != http.StatusOK || a.app == nil {
				t.Errorf("with what the doctor gave: %d %s", a.status, a.body)
			}
			if found := w.examined(t); slices.ContainsFunc(found, func(f api.Finding) bool { return f.Code == "application_not_named" }) {
				t.Errorf("it is found still: %+v", found)
			}
		})
	}
}

// again starts the server with other settings on the same data.
func (w *world) again(t *testing.T, env map[string]string) {
	t.Helper()
	w.Stop()
	full := map[string]string{"LISTEN_ADDR": w.Addr, "DATA_DIR": w.DataDir}
	for _, name := range []string{"PUBLIC_URL", "TRUSTED_PROXIES", "LOGIN_LIMIT_ADDRESS"} {
		full[name] = w.Env(name)
	}
	maps.Copy(full, env)
	w.Instance = ground.Server(t, full)
	w.served(t)
}

// given are the settings among the lines of a remedy.
func given(remedy string) map[string]string {
	env := map[string]string{}
	for line := range strings.SplitSeq(remedy, "\n") {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasPrefix(line, "  ") {
			env[name] = value
		}
	}
	return env
}

// finds waits until the doctor beside the server names a cause.
func (w *world) finds(t *testing.T, code api.Cause) api.Finding {
	t.Helper()
	var all []api.Finding
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(200 * time.Millisecond) {
		all = w.examined(t)
		if i := slices.IndexFunc(all, func(f api.Finding) bool { return f.Code == code }); i >= 0 {
			return all[i]
		}
	}
	t.Fatalf("%s is not among %+v", code, all)
	return api.Finding{}
}

// measures waits until the metrics of the server tell of a cause by themselves, as
// its health and the page of the administrator do.
func (w *world) measures(t *testing.T, code string) {
	t.Helper()
	var text []byte
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(100 * time.Millisecond) {
		res, err := http.Get("http://" + w.Addr + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, _ = io.ReadAll(res.Body)
		_ = res.Body.Close()
		if strings.Contains(string(text), `code="`+code+`"`) {
			return
		}
	}
	t.Errorf("%s is not in %s", code, text)
}

// examined is what the doctor finds.
func (w *world) examined(t *testing.T) []api.Finding {
	t.Helper()
	var d api.Diagnosis
	res := w.Run("doctor", "--json")
	if err := json.Unmarshal([]byte(res.Stdout), &d); err != nil {
		t.Fatalf("%v: %s%s", err, res.Stdout, res.Stderr)
	}
	return d.Findings
}
