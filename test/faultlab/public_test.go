package faultlab

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// quiet takes what servers of tests say of handshakes that are meant to fail.
var quiet = log.New(io.Discard, "", 0)

func publicInjections() []injection {
	list := append(publicCertificates(), redirectInjections()...)
	return append(list, answerInjections()...)
}

// publicCertificates show a certificate of an authority of the test, which
// SSL_CERT_FILE names where it is to be trusted.
func publicCertificates() []injection {
	day := 24 * time.Hour
	shows := func(how string, cause api.Cause, show func(t *testing.T, ca *issued) *tls.Config) injection {
		return injection{fault: "certificate", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			ca := issue(t, nil, "Root of tests", authority)
			address := servedAt(t, &foreign{}, show(t, ca))
			return doctor(t, ground.Unstarted(t, map[string]string{"SSL_CERT_FILE": ca.file(t)}), "--url", address)
		}}
	}
	by := func(change ...func(*x509.Certificate)) func(*testing.T, *issued) *tls.Config {
		return func(t *testing.T, ca *issued) *tls.Config {
			return issue(t, ca, "leaf", forHost("localhost", change...)).shown()
		}
	}
	return []injection{
		shows("expired yesterday", "certificate_expired", by(lasting(-60*day, -day))),
		shows("expired a minute ago", "certificate_expired", by(lasting(-60*day, -time.Minute))),
		shows("begins tomorrow", "certificate_not_yet_valid", by(lasting(day, 90*day))),
		shows("ends in a week", "certificate_expires_soon", by(lasting(-80*day, 7*day))),
		shows("for another host", "certificate_wrong_host", func(t *testing.T, ca *issued) *tls.Config {
			return issue(t, ca, "localhost", forHost("auth.example.com")).shown()
		}),
		shows("for nobody but a common name", "certificate_wrong_host", func(t *testing.T, ca *issued) *tls.Config {
			return issue(t, ca, "localhost", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }).shown()
		}),
		shows("signed by itself", "certificate_untrusted", func(t *testing.T, _ *issued) *tls.Config {
			return issue(t, nil, "localhost", forHost("localhost")).shown()
		}),
		shows("by an authority that nobody knows", "certificate_untrusted", func(t *testing.T, _ *issued) *tls.Config {
			other := issue(t, nil, "Private authority", authority)
			return issue(t, other, "localhost", forHost("localhost")).shown(other)
		}),
		shows("without the link between", "certificate_chain_incomplete", func(t *testing.T, ca *issued) *tls.Config {
			return issue(t, issue(t, ca, "Intermediate of tests", authority), "localhost", forHost("localhost")).shown()
		}),
		shows("without the link between, which its issuer has a name for", "certificate_chain_incomplete", func(t *testing.T, ca *issued) *tls.Config {
			middle := issue(t, ca, "R11", authority)
			return issue(t, middle, "localhost", forHost("localhost", func(c *x509.Certificate) {
				c.IssuingCertificateURL = []string{"http://r11.i.example/"}
			})).shown()
		}),
		{fault: "tls", how: "https in the address and plain http on the port", cause: "tls_handshake_fails", examine: func(t *testing.T) api.Diagnosis {
			return look(t, strings.Replace(servedAt(t, &foreign{}, nil), "http:", "https:", 1))
		}},
		{fault: "tls", how: "http in the address and https on the port", cause: "tls_handshake_fails", examine: func(t *testing.T) api.Diagnosis {
			config := issue(t, nil, "localhost", forHost("localhost")).shown()
			return look(t, strings.Replace(servedAt(t, &foreign{}, config), "https:", "http:", 1))
		}},
		{fault: "tls", how: "TLS 1.1 at most", cause: "tls_handshake_fails", examine: func(t *testing.T) api.Diagnosis {
			ca := issue(t, nil, "Root of tests", authority)
			config := issue(t, ca, "localhost", forHost("localhost")).shown()
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
			address := servedAt(t, &foreign{}, config)
			return doctor(t, ground.Unstarted(t, map[string]string{"SSL_CERT_FILE": ca.file(t)}), "--url", address)
		}},
	}
}

func redirectInjections() []injection {
	bent := func(how string, cause api.Cause, extra func(w http.ResponseWriter, r *http.Request) bool) injection {
		return injection{fault: "redirect", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{extra: extra}, nil))
		}}
	}
	to := func(w http.ResponseWriter, r *http.Request, where string) bool {
		http.Redirect(w, r, where, http.StatusFound)
		return true
	}
	return []injection{
		bent("everything to itself", "redirect_loop", func(w http.ResponseWriter, r *http.Request) bool { return to(w, r, r.RequestURI) }),
		bent("the login page in a circle of two", "redirect_loop", func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/login" && to(w, r, "/signin") || r.URL.Path == "/signin" && to(w, r, "/login")
		}),
		bent("the login page to another host", "redirect_elsewhere", func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/login" && to(w, r, "http://sso.localhost:1/login")
		}),
		bent("everything to the www name", "redirect_elsewhere", func(w http.ResponseWriter, r *http.Request) bool {
			return to(w, r, "http://www."+r.Host+r.RequestURI)
		}),
		bent("the API to a login page", "api_redirected", func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/api/") && to(w, r, "/login?next="+r.URL.Path)
		}),
		bent("whoever is not signed in to a login page", "api_redirected", func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/api/v1/auth/status" && to(w, r, "/login")
		}),
	}
}

func answerInjections() []injection {
	gives := func(how string, cause api.Cause, status int, kind, text string) injection {
		return injection{fault: "address", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(status)
				_, _ = fmt.Fprint(w, text)
			}), nil))
		}}
	}
	return []injection{
		gives("a default page", "not_an_auth_server", 200, "text/html", "<title>Welcome to nginx!</title>"),
		gives("an API of another kind", "not_an_auth_server", 200, "application/json", `{"status":"ok"}`),
		gives("502 of a proxy", "upstream_unreachable", 502, "text/html", "<title>502 Bad Gateway</title>"),
		gives("503 of a load balancer", "upstream_unreachable", 503, "text/html", "no server is available"),
		gives("the server says that its database is away", "server_unhealthy", 503, "application/problem+json", `{"status":503,"code":"database_unavailable","detail":"The database does not answer."}`),
		{fault: "address", how: "a password of the proxy before everything", cause: "visitors_refused_in_front", examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("WWW-Authenticate", `Basic realm="staging"`)
				w.WriteHeader(401)
			}), nil))
		}},
		gives("a challenge of a firewall", "visitors_refused_in_front", 403, "text/html", "<title>Just a moment...</title>"),
		{fault: "address", how: "nobody listens", cause: "public_url_unreachable", examine: func(t *testing.T) api.Diagnosis {
			return look(t, "http://localhost:"+strconv.Itoa(ground.FreePort(t)))
		}},
		{fault: "address", how: "it takes connections and cuts them", cause: "public_url_unreachable", examine: func(t *testing.T) api.Diagnosis {
			return look(t, "http://localhost:"+cutting(t))
		}},
		{fault: "address", how: "nginx has the wrong port of the server", cause: "upstream_unreachable", examine: func(t *testing.T) api.Diagnosis {
			dead := "127.0.0.1:" + strconv.Itoa(ground.FreePort(t))
			return look(t, nginx("")(t, dead))
		}},
		{fault: "address", how: "the server's database is away", cause: "server_unhealthy", examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/api/health" {
					answer(w, 503, map[string]any{"status": "unhealthy", "checks": map[string]string{"database": "unreachable"}})
				}
				return r.URL.Path == "/api/health"
			}}, nil))
		}},
		{fault: "D5", how: "PUBLIC_URL with another port than people use", cause: "public_url_mismatch", examine: func(t *testing.T) api.Diagnosis {
			s := ground.Server(t, map[string]string{"PUBLIC_URL": "http://localhost:1234"})
			return look(t, s.URL)
		}},
		{fault: "D5", how: "PUBLIC_URL with the internal name", cause: "public_url_mismatch", examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginx(""), map[string]string{"PUBLIC_URL": "http://auth.localhost"}))
		}},
		{fault: "D4", how: "https outside and PUBLIC_URL is http", cause: "public_url_mismatch", examine: func(t *testing.T) api.Diagnosis {
			return lookThroughTLS(t, map[string]string{"PUBLIC_URL": "http://localhost"}, nil)
		}},
		{fault: "D4", how: "nginx leads to https and PUBLIC_URL is http, from inside", cause: "public_url_mismatch", examine: func(t *testing.T) api.Diagnosis {
			ca := issue(t, nil, "Root of tests", authority)
			return doctor(t, behind(t, func(t *testing.T, upstream string) string {
				secure := tlsFront(ca, nil)(t, upstream)
				return nginxSite("location / {\nreturn 301 "+secure+"$request_uri;\n}", "")(t, upstream)
			}, map[string]string{"SSL_CERT_FILE": ca.file(t)}))
		}},
		{fault: "redirect", how: "plain http leads to a port of https where nobody is", cause: "public_url_unreachable", examine: func(t *testing.T) api.Diagnosis {
			dead := "https://localhost:" + strconv.Itoa(ground.FreePort(t))
			return look(t, nginxSite("location / {\nreturn 301 "+dead+"$request_uri;\n}", "")(t, ""))
		}},
		{fault: "address", how: "one of two servers behind nginx is down", cause: "answers_come_and_go", examine: func(t *testing.T) api.Diagnosis {
			dead := "127.0.0.1:" + strconv.Itoa(ground.FreePort(t))
			return look(t, behindAt(t, nginxSite("location / {\nproxy_pass http://both;\nproxy_next_upstream off;\n"+passing+"}",
				"upstream both {\nserver UPSTREAM max_fails=0;\nserver "+dead+" max_fails=0;\n}"), nil))
		}},
		{fault: "address", how: "every second answer is of another server", cause: "answers_come_and_go", examine: func(t *testing.T) api.Diagnosis {
			var n atomic.Int64
			return look(t, servedAt(t, &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				odd := n.Add(1)%2 == 0
				if odd {
					http.NotFound(w, r)
				}
				return odd
			}}, nil))
		}},
		{fault: "limit", how: "nginx lets one request a second through", cause: "proxy_limits_rate", examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginxSite("location / {\nproxy_pass http://UPSTREAM;\nlimit_req zone=z;\n"+passing+"}",
				"limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;"), nil))
		}},
		{fault: "limit", how: "nginx answers 429 to the third request within a second", cause: "proxy_limits_rate", examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginxSite("limit_req_status 429;\nlocation / {\nproxy_pass http://UPSTREAM;\nlimit_req zone=z burst=1 nodelay;\n"+passing+"}",
				"limit_req_zone $binary_remote_addr zone=z:1m rate=2r/s;"), nil))
		}},
		throughProxy("path", "nginx answers the refresh itself", "proxy_answers_itself", nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation = /api/v1/auth/jwt/refresh {\nreturn 404;\n}", "")),
		throughProxy("path", "nginx refuses POST to the password's own path", "proxy_answers_itself", nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation = /api/v1/auth/reset-password {\ndeny all;\n}", "")),
		{fault: "path", how: "nginx serves it below /auth/", cause: "path_prefix_needed", examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginxSite("location /auth/ {\nproxy_pass http://UPSTREAM/;\n"+passing+"}", ""), nil))
		}},
		{fault: "path", how: "nginx takes /api off", cause: "proxy_changes_path", examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation /api/ {\nproxy_pass http://UPSTREAM/;\n"+passing+"}", ""), nil))
		}},
	}
}

// behindAt starts a server behind a proxy and gives the address of the proxy,
// which is the server's PUBLIC_URL where env has none.
func behindAt(t *testing.T, proxy front, env map[string]string) string {
	t.Helper()
	address := ""
	behind(t, func(t *testing.T, upstream string) string {
		address = proxy(t, upstream)
		return address
	}, env)
	return address
}

// cutting is the port of a listener that answers nothing.
func cutting(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
