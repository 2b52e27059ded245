package faultlab

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// frontEnd is the origin of a front end that is known to the doctor.
const frontEnd = "http://app.localhost:3000"

func corsInjections() []injection {
	ours := func(how string, cause api.Cause, rules string, env map[string]string) injection {
		return injection{fault: "D21", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, behindAt(t, nginx(rules), env), "--origin", frontEnd)
		}}
	}
	listed := map[string]string{"CORS_ORIGINS": frontEnd}
	inside := func(how string, cause api.Cause, rules string) injection {
		return injection{fault: "D21", how: how + ", from inside", cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, behind(t, nginx(rules), listed))
		}}
	}
	bent := func(how string, cause api.Cause, args []string, headers func(w http.ResponseWriter, r *http.Request) bool) injection {
		return injection{fault: "D21", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return look(t, servedAt(t, &foreign{extra: headers}, nil), args...)
		}}
	}
	allow := func(h http.Header, origin string) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Allow-Headers", "content-type, x-csrf-token")
	}
	known := func(r *http.Request) bool { return r.Header.Get("Origin") == frontEnd }
	return []injection{
		{fault: "D21", how: "the origin is not in CORS_ORIGINS", cause: "cors_missing", examine: func(t *testing.T) api.Diagnosis {
			return look(t, ground.Server(t, map[string]string{"CORS_ORIGINS": "http://other.localhost"}).URL, "--origin", frontEnd)
		}},
		ours("nginx hides Access-Control-Allow-Origin", "cors_missing", "proxy_hide_header Access-Control-Allow-Origin;", listed),
		inside("nginx hides Access-Control-Allow-Origin", "cors_missing", "proxy_hide_header Access-Control-Allow-Origin;"),
		ours("nginx allows everybody", "cors_wildcard_with_credentials", "proxy_hide_header Access-Control-Allow-Origin;\nadd_header Access-Control-Allow-Origin * always;", listed),
		ours("nginx allows the origin as well", "cors_duplicated", "add_header Access-Control-Allow-Origin "+frontEnd+" always;", listed),
		inside("nginx allows the origin as well", "cors_duplicated", "add_header Access-Control-Allow-Origin "+frontEnd+" always;"),
		ours("nginx allows the origin, but not on refusals", "cors_missing_on_errors", "proxy_hide_header Access-Control-Allow-Origin;\nadd_header Access-Control-Allow-Origin "+frontEnd+";", listed),
		ours("nginx answers OPTIONS itself", "cors_preflight_refused", "if ($request_method = OPTIONS) { return 204; }", listed),
		ours("nginx hides what may be read", "cors_headers_not_exposed", "proxy_hide_header Access-Control-Expose-Headers;", listed),
		ours("nginx reflects whoever asks", "cors_any_origin", "proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials;\nadd_header Access-Control-Allow-Origin $http_origin always;\nadd_header Access-Control-Allow-Credentials true always;", listed),
		bent("every origin is reflected", "cors_any_origin", nil, func(w http.ResponseWriter, r *http.Request) bool {
			if o := r.Header.Get("Origin"); o != "" {
				allow(w.Header(), o)
			}
			return false
		}),
		bent("whatever ends with our name is allowed", "cors_any_origin", nil, func(w http.ResponseWriter, r *http.Request) bool {
			if o := r.Header.Get("Origin"); strings.HasSuffix(o, "localhost") && !strings.Contains(o, "//localhost") {
				allow(w.Header(), o)
			}
			return false
		}),
		bent("the origin null is allowed", "cors_any_origin", nil, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == "null" {
				allow(w.Header(), "null")
			}
			return false
		}),
		bent("no header on 401", "cors_missing_on_errors", []string{"--origin", frontEnd}, func(w http.ResponseWriter, r *http.Request) bool {
			if known(r) && !strings.HasSuffix(r.URL.Path, "/status") {
				allow(w.Header(), frontEnd)
			}
			if r.Method == http.MethodOptions {
				w.WriteHeader(204)
			}
			return r.Method == http.MethodOptions
		}),
		bent("the preflight is sent to sign in", "cors_preflight_refused", []string{"--origin", frontEnd}, func(w http.ResponseWriter, r *http.Request) bool {
			if known(r) {
				allow(w.Header(), frontEnd)
			}
			if r.Method == http.MethodOptions {
				http.Redirect(w, r, "/login", http.StatusFound)
			}
			return r.Method == http.MethodOptions
		}),
		bent("the preflight allows no X-CSRF-TOKEN", "cors_preflight_refused", []string{"--origin", frontEnd}, func(w http.ResponseWriter, r *http.Request) bool {
			if known(r) {
				allow(w.Header(), frontEnd)
				w.Header().Set("Access-Control-Allow-Headers", "content-type")
			}
			if r.Method == http.MethodOptions {
				w.WriteHeader(204)
			}
			return r.Method == http.MethodOptions
		}),
	}
}
