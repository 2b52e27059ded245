package authclient

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Guard is a middleware: what it returns stands before next.
type Guard func(next http.Handler) http.Handler

// Require lets only those pass who are signed in. Others get 401, and 503 when
// it could not be found out.
func Require(v Verifier) Guard { return require(v, "") }

// RequireOrLogin is Require for pages: a person who is not signed in is sent to
// the login of the server and comes back after it. Both addresses are as users
// see them, such as https://auth.example.com and https://app.example.com; list the
// second in CORS_ORIGINS of the server. What is no navigation still gets 401.
func RequireOrLogin(v Verifier, server, app string) Guard {
	return require(v, strings.TrimRight(server, "/")+"/login?next="+url.QueryEscape(strings.TrimRight(app, "/")))
}

func require(v Verifier, login string) Guard {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, err := v.Verify(r)
			switch {
			case err == nil && who != nil:
				next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), who)))
			case login != "" && IsSignedOut(err) && navigation(r):
				w.Header().Set("Cache-Control", "no-store")
				http.Redirect(w, r, login+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
			default:
				refuse(w, err)
			}
		})
	}
}

// Optional lets everybody pass; FromContext says whether it is somebody. When that
// could not be found out it answers 503, since next would take them for a stranger.
func Optional(v Verifier) Guard {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, err := v.Verify(r)
			switch {
			case err == nil && who != nil:
				r = r.WithContext(NewContext(r.Context(), who))
			case !IsSignedOut(err):
				refuse(w, err)
				return
			default:
				// An identity that an outer guard may have found is not this one's.
				r = r.WithContext(NewContext(r.Context(), nil))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// RequireRole lets those pass who have one of the roles. It stands within Require.
func RequireRole(roles ...string) Guard {
	return within(func(who *Identity) bool { return who.HasRole(roles...) }, "Your role may not do this.")
}

// RequireScope lets those pass whose credential has all of the scopes. Ask for
// write where something is changed: some tokens may only read.
func RequireScope(scopes ...string) Guard {
	return within(func(who *Identity) bool { return who.HasScope(scopes...) }, "This credential may not do this.")
}

func within(ok func(*Identity) bool, detail string) Guard {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, known := FromContext(r.Context())
			switch {
			case !known:
				refuse(w, ErrNoCredential)
			case !ok(who):
				answer(w, http.StatusForbidden, "forbidden", detail)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// refuse answers as the server would, and tells nothing of the cause.
func refuse(w http.ResponseWriter, err error) {
	var f *foreignError
	switch {
	case errors.As(err, &f):
		answer(w, http.StatusForbidden, "origin_not_allowed",
			"Another site made your browser send this, so it is not done in your name.")
	case IsSignedOut(err):
		w.Header().Set("WWW-Authenticate", "Bearer")
		answer(w, http.StatusUnauthorized, "not_authenticated", "Please sign in.")
	default:
		wait := time.Second
		var p *Problem
		if errors.As(err, &p) && p.RetryAfter > 0 {
			wait = p.RetryAfter
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		answer(w, http.StatusServiceUnavailable, "auth_unavailable",
			"Who you are cannot be checked at the moment. You are still signed in; please try again.")
	}
}

func answer(w http.ResponseWriter, status int, code, detail string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"title": http.StatusText(status), "status": status, "code": code, "detail": detail,
	})
}

// navigation says whether a person is looking at an answer, not a script.
func navigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	mode := r.Header.Get("Sec-Fetch-Mode")
	return strings.Contains(r.Header.Get("Accept"), "text/html") && (mode == "" || mode == "navigate") &&
		r.Header.Get("X-Requested-With") == "" && r.Header.Get("Upgrade") == ""
}
