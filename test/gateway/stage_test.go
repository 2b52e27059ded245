package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const password = "a sentence for those who pass"

// stage is a server before an application, with people.
type stage struct {
	*ground.Instance
	app *application
}

func newStage(t testing.TB, env map[string]string) *stage {
	t.Helper()
	app := newApplication(t)
	full := map[string]string{"UPSTREAM_URL": app.url, "LOGIN_LIMIT_ADDRESS": "100000/1m"}
	maps.Copy(full, env)
	for name, value := range full {
		full[name] = strings.ReplaceAll(value, "APPLICATION", app.url)
	}
	s := &stage{ground.Server(t, full), app}
	s.create(t, "ada@example.com", "user")
	s.create(t, "root@example.com", "admin")
	return s
}

func (s *stage) create(t testing.TB, email, role string) {
	t.Helper()
	if r := s.RunInput(password, "user", "create", "--email", email, "--role", role, "--password-stdin"); r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
}

// pass is what somebody who signed in can show.
type pass struct{ token, cookie, id string }

func (s *stage) signIn(t testing.TB, email string) (p pass) {
	t.Helper()
	var forged struct {
		Token string `json:"csrf_token"`
	}
	decode(t, s.ask(t, "GET", "/api/v1/auth/csrf-token", nil), &forged)
	body, _ := json.Marshal(map[string]string{"email": email, "password": password})
	a := s.ask(t, "POST", "/api/v1/auth/jwt/login", body, "Content-Type", "application/json", "X-CSRF-TOKEN", forged.Token)
	var got struct {
		Token string `json:"access_token"`
		User  struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	decode(t, a, &got)
	for _, c := range a.Cookies() {
		if c.Name == "aiwfe_session" {
			p.cookie = c.Name + "=" + c.Value
		}
	}
	p.token, p.id = got.Token, got.User.ID
	if p.token == "" || p.id == "" {
		t.Fatalf("%s did not sign in: %d %s", email, a.StatusCode, a.body)
	}
	return p
}

func (p pass) bearer() string { return "Bearer " + p.token }

// answer is one with its body read.
type answer struct {
	*http.Response
	body string
}

// ask sends a request with pairs of names and values; Host is the host.
func (s *stage) ask(t testing.TB, method, path string, body []byte, header ...string) answer {
	t.Helper()
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, in)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header[header[i]] = append(r.Header[header[i]], header[i+1])
	}
	return do(t, http.DefaultTransport, r)
}

func do(t testing.TB, by http.RoundTripper, r *http.Request) answer {
	t.Helper()
	res, err := by.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	return answer{res, string(text)}
}

func decode(t testing.TB, a answer, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
}

// arrived is what the application says that came to it.
func arrived(t testing.TB, a answer) (c came) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("it did not pass: %d %s", a.StatusCode, a.body)
	}
	decode(t, a, &c)
	return c
}
