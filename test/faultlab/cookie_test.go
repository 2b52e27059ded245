package faultlab

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

func cookieInjections() []injection {
	return slices.Concat(attributeInjections(), tokenInjections())
}

// attributeInjections give the cookies attributes that a browser has something
// against.
func attributeInjections() []injection {
	bent := func(fault, how string, cause api.Cause, attributes string) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{attributes: attributes}, nil))
		}}
	}
	adds := func(fault, how string, cause api.Cause, lines ...string) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/csrf-token") {
					w.Header()["Set-Cookie"] = slices.Clone(lines)
				}
				return false
			}}, nil))
		}}
	}
	overTLS := func(fault, how string, cause api.Cause, attributes string) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			ca := issue(t, nil, "Root of tests", authority)
			address := servedAt(t, &foreign{attributes: attributes}, issue(t, ca, "localhost", forHost("localhost")).shown())
			return doctor(t, trusting(t, ca), "--url", address)
		}}
	}
	return []injection{
		bent("D1", "Domain of another site", "cookie_domain_mismatch", "Path=/; Domain=example.com"),
		bent("D1", "Domain of a sibling", "cookie_domain_mismatch", "Path=/; Domain=app.localhost; HttpOnly"),
		throughProxy("D1", "nginx writes Domain of another site", "cookie_domain_mismatch", nginx(`proxy_cookie_flags ~ httponly;
add_header Set-Cookie "aiwfe_csrf=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; Path=/; Domain=example.com" always;`)),
		{fault: "D7", how: "Domain is all of *.localhost", cause: "cookie_public_suffix", examine: func(t *testing.T) api.Diagnosis {
			address := servedAt(t, &foreign{attributes: "Path=/; Domain=localhost"}, nil)
			return look(t, strings.Replace(address, "//", "//me.", 1))
		}},
		{fault: "D7", how: "a proxy gives cookies the Domain of *.localhost", cause: "cookie_public_suffix", examine: func(t *testing.T) api.Diagnosis {
			address := servedAt(t, &foreign{attributes: "Domain=.LOCALHOST; Path=/; SameSite=Lax"}, nil)
			return look(t, strings.Replace(address, "//", "//auth.me.", 1))
		}},
		bent("cookie", "SameSite=None without Secure", "cookie_samesite_none_insecure", "Path=/; SameSite=None"),
		bent("cookie", "Path of the token alone", "cookie_path_wrong", "Path=/api/v1/auth/csrf-token"),
		bent("cookie", "Path of a prefix that is not there", "cookie_path_wrong", "Path=/auth/"),
		bent("cookie", "Max-Age=0", "cookie_expired_at_birth", "Path=/; Max-Age=0"),
		bent("cookie", "Expires in the last century", "cookie_expired_at_birth", "Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
		overTLS("D4", "not Secure on https", "cookie_not_secure", "Path=/; HttpOnly; SameSite=Lax"),
		overTLS("D4", "SameSite=None and not Secure on https", "cookie_samesite_none_insecure", "Path=/; HttpOnly; SameSite=None"),
		adds("cookie", "two Paths", "cookie_duplicated", "app_csrf=one; Path=/api"),
		adds("cookie", "the host's and the domain's", "cookie_duplicated", "app_csrf=one; Path=/; Domain=localhost; Max-Age=60", "app_csrf=two; Path=/api/v1"),
		adds("D20", "5000 bytes", "cookie_too_large", "app_groups="+strings.Repeat("g", 5000)+"; Path=/"),
		adds("cookie", "__Host- with a Domain", "cookie_prefix_violated", "__Host-app=1; Path=/; Secure; Domain=localhost"),
		adds("cookie", "__Secure- without Secure", "cookie_prefix_violated", "__Secure-app=1; Path=/"),
		throughProxy("cookie", "nginx sets an old cookie for /api", "cookie_duplicated", nginx(`add_header Set-Cookie "aiwfe_csrf=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; Path=/api" always;`)),
		throughProxy("cookie", "nginx clears the site's data", "cookies_cleared", nginx(`add_header Clear-Site-Data '"cache", "cookies"' always;`)),
		{fault: "D2", how: "no cookie comes with the token", cause: "cookie_not_set", examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, without(&foreign{}, "Set-Cookie"), nil))
		}},
		{fault: "D2", how: "only the balancer's cookie comes with the token", cause: "cookie_not_set", examine: func(t *testing.T) api.Diagnosis {
			inner := without(&foreign{}, "Set-Cookie")
			return look(t, servedAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Add("Set-Cookie", "AWSALB=abc; Path=/")
				inner.ServeHTTP(w, r)
			}), nil))
		}},
	}
}

// tokenInjections refuse a right token, each for another reason.
func tokenInjections() []injection {
	refused := func(how string, cause api.Cause, code string) injection {
		return injection{fault: "D2", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{extra: func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/jwt/login") {
					refuse(w, 403, code)
				}
				return strings.HasSuffix(r.URL.Path, "/jwt/login")
			}}, nil))
		}}
	}
	arrives := func(fault, how string, cause api.Cause, change func(*http.Request)) injection {
		return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			inner := &foreign{}
			return look(t, servedAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				change(r)
				inner.ServeHTTP(w, r)
			}), nil))
		}}
	}
	return []injection{
		refused("the server sees no token", "proxy_strips_csrf_header", "csrf_token_missing"),
		refused("the server finds the token invalid", "csrf_refused", "csrf_token_invalid"),
		refused("the server finds the token expired", "csrf_refused", "csrf_token_expired"),
		refused("the server refuses the origin", "origin_refused", "origin_not_allowed"),
		arrives("D2", "cookies do not come back", "csrf_refused", func(r *http.Request) { r.Header.Del("Cookie") }),
		arrives("D2", "the token arrives in part", "csrf_refused", func(r *http.Request) {
			r.Header.Set("X-Csrf-Token", strings.TrimRight(r.Header.Get("X-Csrf-Token"), "_-abcdefghijklm"))
			r.Header.Set("X-Csrf-Token", r.Header.Get("X-Csrf-Token")[:min(8, len(r.Header.Get("X-Csrf-Token")))])
		}),
		arrives("method", "POST arrives as GET", "login_call_fails", func(r *http.Request) { r.Method = http.MethodGet }),
	}
}

// without drops a header of every answer.
func without(h http.Handler, name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(&dropping{w, name}, r) })
}

type dropping struct {
	http.ResponseWriter
	name string
}

func (d *dropping) WriteHeader(status int) {
	d.Header().Del(d.name)
	d.ResponseWriter.WriteHeader(status)
}

func (d *dropping) Write(b []byte) (int, error) {
	d.Header().Del(d.name)
	return d.ResponseWriter.Write(b)
}
