package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// What the tests sign with and in. Each is a canary: none may ever stand in a log.
const (
	signingKey = "k9-Tq2vXw7Lr4Zs8Yp1Nd6Hf3Jc5Bg0Ma-signing"
	sealingKey = "s4-Wm8uRe1Kt6Qo9Zi2Xa5Cv7Bn3Lp0Jh-sealing"
	password   = "plums in the icebox, so cold"
	another    = "a red wheelbarrow, glazed with rain"
	wrong      = "petals on a wet and black bough"
)

// stopped stands for the process of a server that its test has stopped.
const stopped = -1

// world is one running server and what is wrong with its answers.
type world struct {
	*ground.Instance
	public    string // its PUBLIC_URL
	https     bool
	transport *http.Transport
	pid       int // of the process that must live to the end of the test

	mu     sync.Mutex
	faults map[string]string
	people int
}

// start runs a server. Limits are out of the way unless env sets them.
func start(t *testing.T, env map[string]string) *world {
	t.Helper()
	full := map[string]string{
		"JWT_SECRET_KEY": signingKey, "DATA_ENCRYPTION_KEY": sealingKey,
		"LOGIN_LIMIT_ADDRESS": "100000/1m", "LOGIN_LIMIT_ACCOUNT": "100/1m", "SESSION_LIMIT": "100",
	}
	maps.Copy(full, env)
	return watch(t, ground.Server(t, full), full["PUBLIC_URL"])
}

// inTwoActs runs a server whose settings change once people are there: what they need time for on a busy machine is
// done by then. next moves clients to the second.
func inTwoActs(t *testing.T, more map[string]string) (first *world, next func(...*client) *world) {
	t.Helper()
	env := map[string]string{"DATA_DIR": filepath.Join(t.TempDir(), "data"), "PUBLIC_URL": "http://localhost:29998"}
	first = start(t, env)
	return first, func(clients ...*client) *world {
		first.Stop()
		first.pid = stopped
		maps.Copy(env, more)
		second := start(t, env)
		second.people = first.people
		for _, c := range clients {
			c.w = second
		}
		return second
	}
}

// watch looks at the server once more when the test ends.
func watch(t *testing.T, s *ground.Instance, public string) *world {
	t.Helper()
	if public == "" {
		public = s.URL
	}
	dialer := &net.Dialer{}
	w := &world{
		Instance: s, public: public, https: strings.HasPrefix(public, "https:"), faults: map[string]string{},
		transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	w.pid = s.PID()
	t.Cleanup(func() {
		w.transport.CloseIdleConnections()
		for kind, what := range w.faults {
			t.Errorf("%s: first seen at %s", kind, what)
		}
		if w.pid != stopped && (!s.Running() || s.PID() != w.pid) {
			t.Error("the server did not survive the test")
		}
		logged := s.Stdout() + s.Stderr()
		for line := range strings.Lines(s.Stderr()) {
			if !json.Valid([]byte(line)) { // gin CVE-2020-36567: what a client sends must not begin a line of its own
				t.Errorf("a line of the log is no JSON: %.300q", line)
				break
			}
		}
		for _, canary := range []string{signingKey, sealingKey, password, another, wrong, "panic:", "goroutine 1 ["} {
			if strings.Contains(logged, canary) {
				t.Errorf("the log of the server contains %q", canary)
			}
		}
	})
	return w
}

// fault notes that a kind of answer breaks a rule; the first of a kind is told.
func (w *world) fault(kind, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.faults[kind]; !known {
		w.faults[kind] = fmt.Sprintf(format, args...)
	}
}

// address makes an address that nobody has yet.
func (w *world) address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people++
	return fmt.Sprintf("person%d@example.com", w.people)
}

// user registers somebody and returns the address.
func (w *world) user(t *testing.T) string {
	t.Helper()
	email := w.address()
	a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password})
	if a.status != http.StatusCreated {
		t.Fatalf("register %s: %s", email, a)
	}
	return email
}

// onHost makes an account by the command line.
func (w *world) onHost(t *testing.T, role string) string {
	t.Helper()
	email := w.address()
	r := w.RunInput(password, "user", "create", "--email", email, "--role", role, "--password-stdin")
	if r.Code != 0 {
		t.Fatalf("user create: exit %d, %s", r.Code, r.Stderr)
	}
	return email
}

// admin is a program in which an administrator is signed in.
func (w *world) admin(t *testing.T) *client {
	t.Helper()
	return w.program().signIn(t, w.onHost(t, "admin"), password)
}

// setStatus lets an administrator change an account.
func (w *world) setStatus(t *testing.T, admin *client, id, status string) {
	t.Helper()
	a := admin.do(t, "PATCH", "/api/v1/admin/users/"+id, object{"status": status})
	if a.status != http.StatusOK {
		t.Fatalf("set status %s of %s: %s", status, id, a)
	}
}

// idOf looks up an account by its address.
func (w *world) idOf(t *testing.T, admin *client, email string) string {
	t.Helper()
	a := admin.do(t, "GET", "/api/v1/admin/users?q="+email, nil)
	var list struct{ Items []struct{ ID, Email string } }
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("look up %s: %v %s", email, err, a)
	}
	return list.Items[0].ID
}

// after waits until a limit of so long is surely over.
func after(d time.Duration) { time.Sleep(d + 400*time.Millisecond) }
