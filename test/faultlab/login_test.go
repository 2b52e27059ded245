package faultlab

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func loginInjections() []injection {
	bent := func(fault, how string, cause api.Cause, f func() *foreign) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return lookAs(t, servedAt(t, f(), nil), foreignUser, foreignPassword)
		}}
	}
	ours := func(fault, how string, cause api.Cause, password string, arrange func(*testing.T, *ground.Instance)) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			s := ground.Server(t, nil)
			account(t, s)
			if arrange != nil {
				arrange(t, s)
			}
			return lookAs(t, s.URL, foreignUser, password)
		}}
	}
	return []injection{
		ours("login", "a wrong password", "login_refused", "not the password at all", nil),
		ours("login", "the account is disabled", "login_refused", foreignPassword, func(t *testing.T, s *ground.Instance) {
			if res := s.Run("user", "disable", "--email", foreignUser); res.Code != 0 {
				t.Fatal(res.Stderr)
			}
		}),
		bent("login", "the server fails at the password", "login_breaks", func() *foreign {
			return &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				bad := strings.HasSuffix(r.URL.Path, "/jwt/login") && r.ContentLength > 40
				if bad {
					refuse(w, 500, "internal_error")
				}
				return bad
			}}
		}),
		bent("G4", "programs get tokens of the old form", "tokens_of_two_forms", func() *foreign { return &foreign{oldForProgs: true} }),
		bent("D16", "the issuer is an internal name", "issuer_mismatch", func() *foreign { return &foreign{issuer: "http://auth.internal:8080"} }),
		bent("D5", "the issuer is of https", "issuer_mismatch", func() *foreign { return &foreign{issuer: "https://localhost"} }),
		bent("G4", "tokens end at once", "token_lifetime_wrong", func() *foreign { return &foreign{lifetime: -time.Second} }),
		bent("G4", "tokens live 15 minutes and say 60", "token_lifetime_wrong", func() *foreign { return &foreign{lifetime: 15 * time.Minute} }),
		bent("D19", "the server is two minutes ahead", "clock_skew", func() *foreign { return &foreign{ahead: 2 * time.Minute} }),
		bent("D19", "the server is a minute behind", "clock_skew", func() *foreign { return &foreign{ahead: -time.Minute} }),
		bent("D17", "a refresh token is good once, whoever races", "refresh_race_refused", func() *foreign { return &foreign{strictOnce: true} }),
		{fault: "D17", how: "REFRESH_GRACE of the other make is none, behind nginx", cause: "refresh_race_refused", examine: func(t *testing.T) api.Diagnosis {
			inner := servedAt(t, &foreign{strictOnce: true}, nil)
			return lookAs(t, nginx("")(t, strings.TrimPrefix(inner, "http://")), foreignUser, foreignPassword)
		}},
		bent("session", "the server forgets every session", "session_not_kept", func() *foreign { return &foreign{forgetful: true} }),
		bent("session", "the session cookie does not arrive", "session_not_kept", func() *foreign {
			return &foreign{extra: func(_ http.ResponseWriter, r *http.Request) bool {
				if c, err := r.Cookie("app_csrf"); err == nil {
					r.Header.Set("Cookie", "app_csrf="+c.Value)
				}
				return false
			}}
		}),
		bent("D16", "Authorization does not arrive", "token_refused", func() *foreign {
			return &foreign{extra: func(_ http.ResponseWriter, r *http.Request) bool {
				r.Header.Del("Authorization")
				return false
			}}
		}),
		{fault: "D14", how: "two servers with one key and two databases", cause: "nodes_differ", examine: twoDatabases},
		bent("logout", "a session outlives its logout", "logout_ineffective", func() *foreign { return &foreign{keepsOnExit: true} }),
		bent("refresh", "no token is renewed", "refresh_refused", func() *foreign {
			return &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				bad := strings.HasSuffix(r.URL.Path, "/jwt/refresh")
				if bad {
					refuse(w, 401, "token_invalid")
				}
				return bad
			}}
		}),
		bent("G3", "the login wants a form", "login_body_type_wrong", func() *foreign { return &foreign{wantsForm: true} }),
		bent("G3", "programs without cookies are refused", "script_login_refused", func() *foreign {
			return &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				bad := strings.HasSuffix(r.URL.Path, "/jwt/login") && r.Header.Get("Cookie") == ""
				if bad {
					refuse(w, 403, "csrf_token_missing")
				}
				return bad
			}}
		}),
	}
}

// twoDatabases are two servers behind one address that share all but the database.
func twoDatabases(t *testing.T) api.Diagnosis {
	one, two := "127.0.0.1:"+strconv.Itoa(ground.FreePort(t)), "127.0.0.1:"+strconv.Itoa(ground.FreePort(t))
	address := nginxSite("location / {\nproxy_pass http://both;\n"+passing+"}", "upstream both {\nserver "+one+";\nserver "+two+";\n}")(t, "")
	for _, listen := range []string{one, two} {
		account(t, ground.Server(t, map[string]string{
			"LISTEN_ADDR": listen, "PUBLIC_URL": address, "TRUSTED_PROXIES": "127.0.0.1",
			"JWT_SECRET_KEY": "a key that both of them have, 32 bytes long", "DATA_ENCRYPTION_KEY": "another key that both of them have, 32",
		}))
	}
	return lookAs(t, address, foreignUser, foreignPassword)
}

// browserInjections are seen by a real browser alone.
func browserInjections() []injection {
	seen := func(how string, cause api.Cause, proxy front) injection {
		return injection{fault: "browser", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, proxy, nil), "--browser")
		}}
	}
	return []injection{
		seen("nginx adds a policy that forbids scripts and styles", "csp_blocks_page", nginx(`add_header Content-Security-Policy "script-src 'none'; style-src 'none'" always;`)),
		seen("nginx serves /static itself and has nothing", "login_page_broken", nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation /static/ {\nreturn 404;\n}", "")),
	}
}
