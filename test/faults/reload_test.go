package faults

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// reloaded is a server whose settings stand in a file.
type reloaded struct {
	*ground.Instance
	t    *testing.T
	file string
	read int // how much of its log was looked at
}

func newReloaded(t *testing.T, settings string) *reloaded {
	t.Helper()
	r := &reloaded{t: t, file: filepath.Join(t.TempDir(), "auth.yaml")}
	r.write(settings)
	r.Instance = ground.Server(t, map[string]string{
		"ENVIRONMENT": ground.Unset, "PUBLIC_URL": ground.Unset, "LOG_FORMAT": "json",
	}, "--config", r.file)
	return r
}

func (r *reloaded) write(settings string) {
	r.t.Helper()
	if err := os.WriteFile(r.file, []byte(settings), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// line is one of the log.
type line struct {
	Level, Msg, Code, Setting, Problem, Changed, Settings string
}

// hup has the settings read again, and gives the lines that came of it.
func (r *reloaded) hup(settings string) (lines []line) {
	r.t.Helper()
	r.write(settings)
	r.read = len(r.Stderr())
	r.Signal(syscall.SIGHUP)
	eventually(r.t, 5*time.Second, "the log tells of the new settings", func() bool {
		lines = nil
		for text := range strings.SplitSeq(r.Stderr()[r.read:], "\n") {
			var l line
			if json.Unmarshal([]byte(text), &l) == nil && (strings.Contains(l.Msg, "configuration") || l.Settings != "") {
				lines = append(lines, l)
			}
		}
		return len(lines) > 0
	})
	return lines
}

func (r *reloaded) health() (h api.Health) {
	_ = json.Unmarshal(newCaller(r.Instance).call("GET", "/api/health", "", nil).body, &h)
	return h
}

// visitors ask without pause until they are told to stop; none may be refused or cut off.
func visitors(t *testing.T, s *ground.Instance, token string) (stop func()) {
	t.Helper()
	done := make(chan struct{})
	var all sync.WaitGroup
	asked := make([]int, 4)
	for i := range asked {
		all.Go(func() {
			for c := newCaller(s); ; asked[i]++ {
				select {
				case <-done:
					return
				default:
				}
				check, greeting := c.status(token), c.greet()
				want(t, "a check meanwhile", check, http.StatusOK, "")
				want(t, "a CSRF token meanwhile", greeting, http.StatusOK, "")
				if check.status != http.StatusOK || greeting.status != http.StatusOK {
					return
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	stop = sync.OnceFunc(func() {
		close(done)
		all.Wait()
		t.Logf("%d rounds were answered meanwhile", asked)
	})
	t.Cleanup(stop)
	return stop
}

const goodSettings = "registration: open\nlog_level: info\n"

// Each of these holds one fault. The old settings stay, the log names the fault, and health is red until it is mended.
func TestBrokenSettingsLeaveTheOldOnesAndAreNamed(t *testing.T) {
	t.Parallel()
	r := newReloaded(t, goodSettings)
	pid := r.PID()
	c := newBrowser(t, r.Instance)
	person(t, c, ada)
	stop := visitors(t, r.Instance, signIn(t, c, ada).AccessToken)
	told := map[string]string{}
	for _, tt := range brokenSettings {
		lines := r.hup(goodSettings + tt.text + "\n")
		found := false
		for _, l := range lines {
			if l.Level != "ERROR" || !strings.Contains(l.Msg, "refused") {
				t.Errorf("%s: the log says %+v", tt.name, l)
			}
			found = found || l.Setting == tt.setting && l.Code == tt.code && l.Problem != ""
			if l.Setting == tt.setting {
				if other := told[l.Setting+l.Problem]; other != "" {
					t.Errorf("%s is told as %s is: %s", tt.name, other, l.Problem)
				}
				told[l.Setting+l.Problem] = tt.name
			}
		}
		if !found {
			t.Errorf("%s: the log names neither %s nor %s: %+v", tt.name, tt.setting, tt.code, lines)
		}
		if h := r.health(); h.Status != "degraded" || h.Checks["doctor"] != "reload_refused" {
			t.Errorf("%s: health is %+v", tt.name, h)
		}
	}
	if lines := r.hup(goodSettings); lines[0].Level != "INFO" {
		t.Errorf("the mended settings are answered %+v", lines)
	}
	eventually(t, 10*time.Second, "health is green again", func() bool { return r.health().Status == "healthy" })
	stop()
	if r.PID() != pid || !r.Running() {
		t.Error("the program did not live through it")
	}
}

func TestNewSettingsHoldWithoutARestart(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "metrics")
	secret := func(text string) {
		if err := os.WriteFile(key, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secret("the-first-token-of-the-metrics-4711")
	with := "metrics_token_file: " + key + "\n"
	r := newReloaded(t, goodSettings+with)
	c := newBrowser(t, r.Instance)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	visitors(t, r.Instance, token)

	secret("the-second-token-of-the-metrics-4711")
	lines := r.hup(with + "registration: closed\nlog_level: warn\nlogin_limit_address: 3/1h\n" +
		"cors_origins: https://app.example.com\nsession_limit: 2\nsession_idle: 3h\n")
	if len(lines) != 2 || lines[0].Changed == "" || lines[1].Settings != "SESSION_IDLE" {
		t.Fatalf("the log says %+v", lines)
	}
	for _, name := range []string{"METRICS_TOKEN", "REGISTRATION", "LOG_LEVEL", "LOGIN_LIMIT_ADDRESS", "SESSION_LIMIT"} {
		if !strings.Contains(" "+lines[0].Changed+" ", " "+name+" ") {
			t.Errorf("%s is not among what was changed: %s", name, lines[0].Changed)
		}
	}
	want(t, "a session from before", c.status(token), http.StatusOK, "")
	if a := c.register("new@example.com", password); a.status != http.StatusForbidden {
		t.Errorf("a registration was answered %v", a)
	}
	for i := range 4 {
		a := callFrom(r.Instance, "127.0.0.77").login(ada, "not the plums in there")
		if limited := a.status == http.StatusTooManyRequests; limited != (i == 3) {
			t.Errorf("attempt %d of an address was answered %v", i+1, a)
		}
	}
	for sent, status := range map[string]int{"the-first-token-of-the-metrics-4711": 401, "the-second-token-of-the-metrics-4711": 200} {
		req, err := http.NewRequest("GET", r.URL+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+sent)
		req.Header.Set("X-Forwarded-For", "192.0.2.1") // so that it is not taken for somebody at this machine
		if a := c.send(req); a.status != status {
			t.Errorf("%s was answered %v", sent, a)
		}
	}
	if a := origin(t, r, "https://app.example.com"); a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("the new origin is not allowed: %v", a)
	}
	quiet := c.status(token).requestID()
	if lines := r.hup(with + goodSettings); lines[0].Level != "INFO" && len(lines) < 2 {
		t.Errorf("the log says %+v", lines)
	}
	loud := c.status(token).requestID()
	eventually(t, 5*time.Second, "requests are logged again", func() bool { return strings.Contains(r.Stderr(), loud) })
	if strings.Contains(r.Stderr(), quiet) {
		t.Error("a request was logged at the level that leaves them out")
	}
}

func origin(t *testing.T, r *reloaded, from string) answer {
	t.Helper()
	req, err := http.NewRequest("GET", r.URL+"/api/v1/auth/csrf-token", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", from)
	return newCaller(r.Instance).send(req)
}
