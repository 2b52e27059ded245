package forward

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	authHost = "auth.example.com"
	appHost  = "app.example.com"
	password = "plums in the icebox, so cold"
	trusted  = "127.0.0.1/32,::1/128"
	// placeholder stands for the port of the proxy in what is printed.
	placeholder = "61234"
)

// arrived is a request as the application got it.
type arrived struct {
	Method, URI, Host string
	Header            http.Header
}

// world is a proxy before an application and a server that it asks.
type world struct {
	*ground.Instance
	name     string
	port     string // of the proxy
	database *ground.Faulty
	hits     atomic.Int64
	people   int
	http     *http.Client
}

// started starts an application, the proxy by the configuration that is printed, and the server.
func started(t *testing.T, name string, env map[string]string) *world {
	t.Helper()
	w := &world{name: name}
	app := httptest.NewServer(http.HandlerFunc(w.echo))
	t.Cleanup(app.Close)
	listen := "127.0.0.1:" + strconv.Itoa(ground.FreePort(t))
	address := proxies[name](t, app.URL, listen, env)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w.port = u.Port()
	full := map[string]string{
		"LISTEN_ADDR": listen, "PUBLIC_URL": "http://" + authHost + ":" + w.port, "TRUSTED_PROXIES": trusted,
		"CORS_ORIGINS": "http://" + appHost + ":" + w.port + ",http://front.example.com", "COOKIE_DOMAIN": "example.com",
		"LOGIN_LIMIT_ADDRESS": "100000/1m",
	}
	maps.Copy(full, env)
	w.Instance = ground.Server(t, full)
	w.http = client(t, w.port)
	w.served(t)
	return w
}

// client speaks to the port, whatever host it asks for.
func client(t *testing.T, port string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{}
	transport := &http.Transport{
		MaxIdleConnsPerHost: 64, DisableCompression: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// served waits until the proxy has found out that the server is there, which was started after it.
func (w *world) served(t *testing.T) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if w.do(t, http.MethodGet, authHost, "/api/health/ready", nil).status == http.StatusOK {
			return
		}
	}
	t.Fatal("the proxy does not find the server")
}

func (w *world) echo(out http.ResponseWriter, r *http.Request) {
	w.hits.Add(1)
	if kind := r.Header.Get("Upgrade"); kind != "" { // whatever it is
		upgraded(out, r, kind)
		return
	}
	out.Header().Set("Content-Type", "application/json")
	out.Header().Set("X-App", "1")
	if r.Method == http.MethodOptions {
		out.Header().Set("Access-Control-Allow-Methods", "GET, POST")
	}
	_ = json.NewEncoder(out).Encode(arrived{r.Method, r.RequestURI, r.Host, r.Header})
}

// upgraded says by the other protocol who it is.
func upgraded(out http.ResponseWriter, r *http.Request, kind string) {
	c, _, err := http.NewResponseController(out).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+kind+"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nyou are "+r.Header.Get("Remote-User"))
}

// proxies start a proxy with what is printed for it.
var proxies = map[string]func(t *testing.T, app, listen string, env map[string]string) string{
	"nginx": func(t *testing.T, app, listen string, env map[string]string) string {
		return ground.Nginx(t, printed(t, "nginx", app, listen, env)).URL
	},
	"caddy": func(t *testing.T, app, listen string, env map[string]string) string {
		return ground.Caddy(t, printed(t, "caddy", app, listen, env)).URL
	},
	"haproxy": func(t *testing.T, app, listen string, env map[string]string) string {
		script := ground.Unstarted(t, env).Run("proxy", "haproxy", "--script")
		text := strings.ReplaceAll(printed(t, "haproxy", app, listen, env), "/etc/haproxy/aiwfe-auth.lua", "{{folder}}/aiwfe-auth.lua")
		return ground.HAProxy(t, text, ground.File{Name: "aiwfe-auth.lua", Text: script.Stdout}).URL
	},
}

func printed(t *testing.T, name, app, listen string, env map[string]string) string {
	t.Helper()
	full := map[string]string{"PUBLIC_URL": "http://" + authHost + ":" + placeholder, "LISTEN_ADDR": listen}
	maps.Copy(full, env)
	res := ground.Unstarted(t, full).Run("proxy", name, "--protect", appHost+"="+app)
	if res.Code != 0 || !strings.Contains(res.Stdout, "CORS_ORIGINS=http://"+appHost+":"+placeholder) || !strings.Contains(res.Stdout, "COOKIE_DOMAIN=example.com") {
		t.Fatalf("exit code %d\n%s%s", res.Code, res.Stdout, res.Stderr)
	}
	return strings.ReplaceAll(res.Stdout, placeholder, "{{port}}")
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	// app is what the application got, where it was reached.
	app *arrived
}

// get asks for an address of the application; headers are "Name: value".
func (w *world) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return w.do(t, http.MethodGet, appHost, path, nil, headers...)
}

func (w *world) do(t *testing.T, method, host, path string, body any, headers ...string) answer {
	t.Helper()
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body)
	}
	r, err := http.NewRequest(method, "http://"+host+":"+w.port+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header[name] = append(r.Header[name], value) // as it is spelled
	}
	return w.send(t, r)
}

func (w *world) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	res, err := w.http.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("X-App") != "" && r.Method != http.MethodHead {
		a.app = &arrived{}
		if err := json.Unmarshal(a.body, a.app); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
	}
	return a
}

// person is somebody who is signed in.
type person struct{ id, email, cookie, token string }

// signedIn makes an account on the host, and signs in through the proxy.
func (w *world) signedIn(t *testing.T, name, role string) person {
	t.Helper()
	w.people++
	email := fmt.Sprintf("%s%d@example.com", name, w.people)
	if r := w.RunInput(password, "user", "create", "--email", email, "--role", role, "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	csrf := w.do(t, http.MethodGet, authHost, "/api/v1/auth/csrf-token", nil)
	var given struct {
		Token string `json:"csrf_token"`
	}
	_ = json.Unmarshal(csrf.body, &given)
	a := w.do(t, http.MethodPost, authHost, "/api/v1/auth/jwt/login", map[string]string{"email": email, "password": password},
		"X-Csrf-Token: "+given.Token, "Cookie: "+cookies(csrf.header))
	var in struct {
		AccessToken string `json:"access_token"`
		User        struct{ ID string }
	}
	if err := json.Unmarshal(a.body, &in); err != nil || in.AccessToken == "" {
		t.Fatalf("sign in: %d %s", a.status, a.body)
	}
	return person{in.User.ID, email, cookies(a.header), in.AccessToken}
}

// cookies are what an answer sets, as a browser sends them back.
func cookies(h http.Header) string {
	var list []string
	for _, line := range h["Set-Cookie"] {
		one, _, _ := strings.Cut(line, ";")
		list = append(list, one)
	}
	return strings.Join(list, "; ")
}

// rules writes a file of rules.
func rules(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
