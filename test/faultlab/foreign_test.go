package faultlab

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// foreign is an authentication server of another make that follows the public
// contract: no request ids, no echo, no configuration to read. Each field bends
// it in one way.
type foreign struct {
	attributes  string // of its cookies, in place of the right ones
	lifetime    time.Duration
	ahead       time.Duration // its clock
	issuer      string
	oldForProgs bool // programs get tokens of the old form
	strictOnce  bool // a refresh token is good once, without grace
	wantsForm   bool
	keepsOnExit bool
	forgetful   bool // of every session
	extra       func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	sessions map[string]bool
	refresh  map[string]string
}

const (
	foreignUser     = "test@example.com"
	foreignPassword = "a password of the test account"
)

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.extra != nil && f.extra(w, r) {
		return
	}
	w.Header().Set("Date", time.Now().Add(f.ahead).UTC().Format(http.TimeFormat))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("X-Frame-Options", "DENY")
	if r.TLS != nil {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /login":
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<title>Sign in</title><form method=post><input type=email name=email><input type=password name=password></form>")
	case "GET /api/v1/auth/csrf-token":
		id := f.cookie(r, "app_csrf")
		if id == "" {
			id = random()
		}
		f.set(w, r, "app_csrf", id)
		answer(w, 200, map[string]any{"csrf_token": token(id)})
	case "POST /api/v1/auth/jwt/login":
		f.login(w, r)
	case "GET /api/v1/auth/status":
		f.status(w, r)
	case "POST /api/v1/auth/jwt/refresh":
		f.renew(w, r)
	case "POST /api/v1/auth/jwt/logout":
		f.mu.Lock()
		if !f.keepsOnExit {
			delete(f.sessions, f.session(r))
		}
		f.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

func (f *foreign) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Email, Password string }
	id := f.cookie(r, "app_csrf")
	program := id == "" && r.Header.Get("Origin") == ""
	switch {
	case !program && r.Header.Get("X-Csrf-Token") != token(id):
		refuse(w, 403, "csrf_token_invalid")
	case f.wantsForm:
		answer(w, 422, map[string]any{"detail": []any{map[string]any{"loc": []string{"body", "username"}, "msg": "field required"}}})
	case json.NewDecoder(r.Body).Decode(&in) != nil || in.Email == "" || in.Password == "":
		refuse(w, 422, "validation_failed")
	case in.Email != foreignUser || in.Password != foreignPassword:
		refuse(w, 401, "invalid_credentials")
	default:
		f.grant(w, r, program)
	}
}

func (f *foreign) grant(w http.ResponseWriter, r *http.Request, program bool) {
	s := random()
	f.mu.Lock()
	if f.sessions == nil {
		f.sessions, f.refresh = map[string]bool{}, map[string]string{}
	}
	f.sessions[s] = true
	f.refresh["r-"+s] = s
	f.mu.Unlock()
	out := map[string]any{"access_token": f.access(r, s, program), "token_type": "bearer", "expires_in": 3600}
	if program {
		out["refresh_token"] = "r-" + s
	} else {
		f.set(w, r, "app_session", s)
	}
	answer(w, 200, out)
}

func (f *foreign) access(r *http.Request, session string, program bool) string {
	now := time.Now().Add(f.ahead)
	life := f.lifetime
	if life == 0 {
		life = time.Hour
	}
	issuer := f.issuer
	if issuer == "" {
		scheme := "http://"
		if r.TLS != nil {
			scheme = "https://"
		}
		issuer = scheme + r.Host
	}
	head := map[string]any{"alg": "HS256", "kid": "k1"}
	body := map[string]any{
		"iss": issuer, "aud": "aiwfe", "sub": "7", "email": foreignUser, "jti": session, "iat": now.Unix(), "exp": now.Add(life).Unix(),
	}
	if program && f.oldForProgs {
		head, body = map[string]any{"alg": "HS256"}, map[string]any{"sub": foreignUser, "id": 7, "jti": session, "exp": now.Add(life).Unix()}
	}
	return part(head) + "." + part(body) + "." + base64.RawURLEncoding.EncodeToString([]byte(session))
}

func (f *foreign) status(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	alive := f.sessions[f.session(r)] && !f.forgetful
	f.mu.Unlock()
	if !alive {
		refuse(w, 401, "not_authenticated")
		return
	}
	answer(w, 200, map[string]any{"authenticated": true})
}

func (f *foreign) renew(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Token string `json:"refresh_token"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.session(r)
	if in.Token != "" {
		s = f.refresh[in.Token]
		if f.strictOnce {
			delete(f.refresh, in.Token)
		}
	}
	if !f.sessions[s] {
		refuse(w, 401, "token_invalid")
		return
	}
	answer(w, 200, map[string]any{"access_token": f.access(r, s, in.Token != ""), "token_type": "bearer", "expires_in": 3600})
}

// session is the one that a request shows.
func (f *foreign) session(r *http.Request) string {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		parts := strings.Split(bearer, ".")
		text, _ := base64.RawURLEncoding.DecodeString(parts[len(parts)-1])
		return string(text)
	}
	return f.cookie(r, "app_session")
}

func (f *foreign) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func (f *foreign) set(w http.ResponseWriter, r *http.Request, name, value string) {
	attributes := "Path=/; HttpOnly; SameSite=Lax"
	if r.TLS != nil {
		attributes += "; Secure"
	}
	if f.attributes != "" {
		attributes = f.attributes
	}
	w.Header().Add("Set-Cookie", name+"="+value+"; "+attributes)
}

func token(id string) string {
	mac := hmac.New(sha256.New, []byte("key of the foreign server"))
	mac.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func random() string { return rand.Text() }

func part(v any) string {
	text, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(text)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]any{"status": status, "code": code})
}

// servedAt starts a handler and gives the address at which a browser of this machine
// finds it; config is for https.
func servedAt(t *testing.T, h http.Handler, config *tls.Config) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	t.Cleanup(s.Close)
	s.Config.ErrorLog = quiet
	scheme := "http"
	if config != nil {
		scheme = "https"
		s.TLS = config
		s.StartTLS()
	} else {
		s.Start()
	}
	return scheme + "://localhost:" + s.Listener.Addr().String()[strings.LastIndexByte(s.Listener.Addr().String(), ':')+1:]
}

// look runs the doctor from outside, with nothing of a configuration at hand.
func look(t *testing.T, address string, args ...string) api.Diagnosis {
	t.Helper()
	return doctor(t, ground.Unstarted(t, nil), append([]string{"--url", address}, args...)...)
}

// lookAs signs in as well.
func lookAs(t *testing.T, address, user, password string) api.Diagnosis {
	t.Helper()
	res := ground.Unstarted(t, nil).RunInput(password, "doctor", "--json", "--url", address, "--user", user, "--password-stdin")
	return parsed(t, res)
}
