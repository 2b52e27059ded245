package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const peoplesPassword = "a mule at the copper gate"

var residents = []string{"ada@example.com", "bob@example.com", "cleo@example.com"}

// platform is a server with people in it, and an application that is reached at
// its own port and through the gateway of the server.
type platform struct {
	*ground.Instance
	app string // where the application listens, as host:port
}

func newPlatform(t *testing.T, env map[string]string) *platform {
	t.Helper()
	addr := ground.FreeAddr(t)
	_, port, _ := strings.Cut(addr, ":")
	full := map[string]string{
		"CORS_ORIGINS": "http://localhost:" + port, "LOGIN_LIMIT_ADDRESS": "10000/1m", "LOGIN_LIMIT_ACCOUNT": "1000/1m", "SESSION_LIMIT": "100",
		"UPSTREAM_URL": "http://" + addr,
	}
	maps.Copy(full, env)
	p := &platform{ground.Server(t, full), addr}
	for _, email := range residents {
		if r := p.RunInput(peoplesPassword, "user", "create", "--email", email, "--password-stdin"); r.Code != 0 {
			t.Fatalf("user create: %d %s", r.Code, r.Stderr)
		}
	}
	return p
}

// appURL is the application as a browser sees it: the host is the server's, so
// that its cookie comes along.
func (p *platform) appURL() string {
	_, port, _ := strings.Cut(p.app, ":")
	return "http://localhost:" + port
}

// told is the environment of the modules' own tests and of the examples.
func (p *platform) told() []string {
	return []string{
		"AIWFE_AUTH_URL=" + p.URL, "AIWFE_AUTH_PEOPLE=" + strings.Join(residents, ","), "AIWFE_AUTH_PASSWORD=" + peoplesPassword,
		"AUTH_URL=" + p.URL, "APP_URL=" + p.appURL(), "LISTEN_ADDR=" + p.app,
	}
}

// start runs an application until the test ends, and waits until it answers.
func (p *platform) start(t *testing.T, path string, args, env []string) {
	t.Helper()
	folder, err := ground.NewFolder("app")
	if err != nil {
		t.Fatal(err)
	}
	app, err := ground.Start(ground.Command{
		Name: "app", Path: path, Args: args, Folder: folder,
		Env: append(append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LANG=C.UTF-8"}, p.told()...), env...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.StopWithin(10 * time.Second); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(app.Stdout(), app.Stderr())
		}
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(p.appURL() + "/")
		if err == nil {
			res.Body.Close()
			return
		}
		if !app.Running() || time.Now().After(end) {
			t.Fatalf("the application does not answer: %v\n%s", err, app.Stderr())
		}
	}
}

// visitor is a person with a browser that keeps cookies and follows nothing.
type visitor struct {
	t *testing.T
	*http.Client
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{t, &http.Client{Jar: jar, CheckRedirect: stay, Timeout: 30 * time.Second}}
}

// seen is an answer as a test looks at it.
type seen struct {
	status int
	header http.Header
	body   string
}

// ask may be called by many goroutines: an answer that did not come is an error of the test, and status 0.
func (v *visitor) ask(method, url string, body any, header ...string) seen {
	v.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		v.t.Error(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, url, bytes.NewReader(text))
	if err != nil {
		v.t.Error(err)
		return seen{}
	}
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := v.Do(req)
	if err != nil {
		v.t.Error(err)
		return seen{}
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Error(err)
	}
	return seen{res.StatusCode, res.Header, string(got)}
}

// signIn does what the login page does; the access token is what it is answered.
func (v *visitor) signIn(server, email string) string {
	v.t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	if err := json.Unmarshal([]byte(v.ask("GET", server+"/api/v1/auth/csrf-token", nil).body), &csrf); err != nil {
		v.t.Fatal(err)
	}
	a := v.ask("POST", server+"/api/v1/auth/jwt/login", map[string]string{"email": email, "password": peoplesPassword},
		"X-CSRF-TOKEN", csrf.Token, "Origin", server)
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != http.StatusOK {
		v.t.Fatalf("login: %d %s", a.status, a.body)
	}
	return got.Token
}
