package sdk

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// mint hands out assertions as the gateway makes them: /mint?aud=&iss=&age=&key=, and their keys. The second key is
// among them once /rotate was asked for.
func mint(t *testing.T) string {
	var rotated atomic.Bool
	var srv *httptest.Server
	mux := http.NewServeMux()
	makes := func(issuer, key string, age time.Duration) *gateway.Assertions {
		seed := make([]byte, 32)
		copy(seed, "seed "+key)
		a, err := gateway.NewAssertions(issuer, secret.New(seed), func() time.Time { return time.Now().Add(-age) })
		if err != nil {
			t.Error(err)
		}
		return a
	}
	mux.HandleFunc("/rotate", func(http.ResponseWriter, *http.Request) { rotated.Store(true) })
	mux.HandleFunc("/mint", func(w http.ResponseWriter, r *http.Request) {
		q, issuer := r.URL.Query(), srv.URL
		if q.Has("iss") {
			issuer = q.Get("iss")
		}
		age, _ := strconv.Atoi(q.Get("age"))
		text, err := makes(issuer, q.Get("key"), time.Duration(age)*time.Second).For(ada(), q.Get("aud"))
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(text))
	})
	mux.HandleFunc(gateway.JWKSPath, func(w http.ResponseWriter, _ *http.Request) {
		set := jose.JSONWebKeySet{Keys: makes(srv.URL, "", 0).JWKS().Keys}
		if rotated.Load() {
			set.Keys = append(set.Keys, makes(srv.URL, "2", 0).JWKS().Keys...)
		}
		w.Header().Set("Content-Type", "application/jwk-set+json")
		_ = json.NewEncoder(w).Encode(set)
	})
	srv = httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func ada() *login.Person {
	u := account.User{ID: "7", Email: "ada@example.com", Name: "Ada", Role: "admin"}
	s := &session.Session{ID: "ses_1", Method: "password", User: u}
	return &login.Person{Session: s, Scopes: []string{"read", "write"}}
}
