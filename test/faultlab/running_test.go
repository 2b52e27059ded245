package faultlab

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// runningInjections are faults that only traffic shows: each is played to a
// running server, which is asked what it sees.
func runningInjections() []injection {
	return []injection{
		{fault: "D1", how: "every browser drops the session cookie after the login", cause: "cookie_not_returned", examine: sessionDropped},
		{fault: "D2", how: "every browser sends the form without the CSRF cookie", cause: "cookie_not_returned", examine: csrfDropped},
		{fault: "D3", how: "every form arrives with Origin: null", cause: "origin_null", examine: originNull},
		{fault: "D3", how: "everybody opens the pages at another name than PUBLIC_URL", cause: "public_url_mismatch", examine: otherName},
		{fault: "D14", how: "the server was started with a new JWT_SECRET_KEY", cause: "signing_key_changed", examine: newKey},
		{fault: "D16", how: "clients hold tokens of the system before, which are off", cause: "old_form_tokens", examine: oldTokens},
		{fault: "D16", how: "clients hold tokens of the system before, until tomorrow", cause: "old_form_tokens_end_soon", examine: oldTokensEnd},
		{fault: "D17", how: "clients refresh with the token of before", cause: "refresh_races", examine: racing},
		{fault: "D18", how: "everybody's codes are of ten minutes from now", cause: "clock_skew", examine: clockBehind},
		{fault: "D22", how: "a proxy that TRUSTED_PROXIES does not name", cause: "proxy_not_trusted", examine: untrusted},
		{fault: "D22", how: "nginx in front, and TRUSTED_PROXIES names another", cause: "proxy_not_trusted", examine: untrustedNginx},
		{fault: "D22", how: "a trusted proxy that drops X-Forwarded-For", cause: "forwarded_headers_missing", examine: silentProxy},
		{fault: "wrong body", how: "several clients send the login as a form of other fields", cause: "wrong_body_type", examine: wrongForm},
	}
}

func sessionDropped(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 4)
	for i := range 4 {
		p := somebody(t, s.URL, i)
		p.signIn(list[i])
		p.forgets().send("GET", "/account", nil)
	}
	return watched(t, s, list[0])
}

func csrfDropped(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 1)
	for i := range 4 {
		somebody(t, s.URL, i).forgets().try(list[0], passphrase)
	}
	return watched(t, s, list[0])
}

func originNull(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 1)
	for i := range 5 {
		p := somebody(t, s.URL, i)
		p.page = "null"
		p.try(list[0], passphrase)
	}
	return watched(t, s, list[0])
}

func otherName(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 1)
	for i := range 5 {
		p := somebody(t, s.URL, i)
		p.greet()
		p.page = "https://login.example.com"
		p.send("POST", "/api/v1/auth/jwt/login", object{"email": list[0], "password": passphrase}, "Sec-Fetch-Site", "same-origin")
	}
	return watched(t, s, list[0])
}

func newKey(t *testing.T) api.Diagnosis {
	env := keys()
	s := ground.Server(t, env)
	list := people(t, s, 5)
	var tokens []string
	for i := range 4 {
		tokens = append(tokens, fmt.Sprint(somebody(t, s.URL, i).signIn(list[1+i])["access_token"]))
	}
	s.Stop()
	env["JWT_SECRET_KEY"] = "quite another key than the one of before, and long"
	env["DATA_DIR"], env["LISTEN_ADDR"], env["PUBLIC_URL"] = s.DataDir, s.Addr, s.URL
	s = ground.Server(t, env)
	for i, token := range tokens {
		somebody(t, s.URL, i).send("GET", "/api/v1/auth/status", nil, "Authorization", "Bearer "+token)
	}
	return watched(t, s, list[0])
}

func racing(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 4)
	for i := range 4 {
		p := somebody(t, s.URL, i).forgets()
		p.page = "" // programs have refresh tokens, browsers their cookie
		first := p.signIn(list[i])["refresh_token"]
		refresh := func(token any) any {
			_, out := p.send("POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": token})
			return out["refresh_token"]
		}
		refresh(refresh(first))
		refresh(first) // a tab that still has the first
	}
	return watched(t, s, list[0])
}

// clockBehind lets three people prove themselves by codes of another time.
func clockBehind(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 4)
	for i, email := range list[1:] {
		p := somebody(t, s.URL, i)
		token := fmt.Sprint("Bearer ", p.signIn(email)["access_token"])
		_, out := p.send("POST", "/api/v1/auth/2fa/totp/setup", nil, "Authorization", token)
		seed := fmt.Sprint(out["secret"])
		code := func(after time.Duration) string {
			text, err := totp.GenerateCode(seed, time.Now().Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if status, out := p.send("POST", "/api/v1/auth/2fa/totp/confirm", object{"code": code(0)}, "Authorization", token); status != http.StatusOK {
			t.Fatalf("the app is set up: %d %v", status, out)
		}
		later := somebody(t, s.URL, 10+i)
		challenge := later.signIn(email)["challenge_token"]
		status, _ := later.send("POST", "/api/v1/auth/2fa/challenge", object{
			"challenge_token": challenge, "method": "totp", "code": code(10 * time.Minute),
		})
		if status != http.StatusUnauthorized {
			t.Fatalf("a code of later: %d", status)
		}
	}
	return watched(t, s, list[0])
}

// everybodyThrough starts a proxy in front of a server, and lets everybody sign in
// through it.
func everybodyThrough(t *testing.T, env map[string]string, front func(s *ground.Instance) string) api.Diagnosis {
	s := ground.Server(t, env)
	list := people(t, s, 4)
	base := front(s)
	var admin any
	for i, email := range list {
		p := somebody(t, base, i)
		p.page = s.URL
		if out := p.signIn(email); i == 0 {
			admin = out["access_token"]
		}
	}
	return asked(t, s, admin, "", func(d api.Diagnosis) bool { return !d.Healthy })
}

func reverse(t *testing.T, edit func(*httputil.ProxyRequest)) func(*ground.Instance) string {
	return func(s *ground.Instance) string {
		to := &url.URL{Scheme: "http", Host: s.Addr}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			edit(r)
		}}
		addr := fmt.Sprintf("127.0.0.1:%d", ground.FreePort(t))
		srv := &http.Server{Addr: addr, Handler: proxy, ReadHeaderTimeout: 5 * time.Second}
		ready := make(chan error, 1)
		go func() { ready <- srv.ListenAndServe() }()
		t.Cleanup(func() { _ = srv.Close() })
		for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
			if res, err := http.Get("http://" + addr + "/api/health/live"); err == nil {
				_ = res.Body.Close()
				break
			}
		}
		return "http://" + addr
	}
}

func untrusted(t *testing.T) api.Diagnosis {
	return everybodyThrough(t, nil, reverse(t, func(r *httputil.ProxyRequest) { r.SetXForwarded() }))
}

func untrustedNginx(t *testing.T) api.Diagnosis {
	return everybodyThrough(t, map[string]string{"TRUSTED_PROXIES": "10.9.8.7"}, func(s *ground.Instance) string {
		return ground.Nginx(t, `server { listen 127.0.0.1:{{port}}; location / {
			proxy_pass http://`+s.Addr+`; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }`).URL
	})
}

func silentProxy(t *testing.T) api.Diagnosis {
	return everybodyThrough(t, map[string]string{"TRUSTED_PROXIES": "127.0.0.1"}, reverse(t, func(*httputil.ProxyRequest) {}))
}

func wrongForm(t *testing.T) api.Diagnosis {
	s := ground.Server(t, nil)
	list := people(t, s, 1)
	_, admin := somebody(t, s.URL, 240).try(list[0], passphrase)
	for i := range 4 {
		p := somebody(t, s.URL, i)
		p.page = ""
		for range 2 {
			p.forgets().send("POST", "/api/v1/auth/jwt/login", url.Values{"email": {list[0]}, "pass": {passphrase}})
		}
	}
	return asked(t, s, admin["access_token"], "", func(d api.Diagnosis) bool { return !d.Healthy })
}
