package faults

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// What is refused leaves the old one in use, is named, and is mended without a restart.
func TestWrongPasswordOrCertificateKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	r := newRotating(t, "PostgreSQL")
	c := r.caller(0, false)
	named := func() bool {
		var h api.Health
		_ = json.Unmarshal(c.call("GET", "/api/health", "", nil).body, &h)
		return h.Checks["doctor"] == "reload_refused"
	}
	certificate, err := os.ReadFile(r.path("tls.crt"))
	if err != nil {
		t.Fatal(err)
	}
	shown := r.serial()
	for _, wrong := range []struct{ name, file, text, right string }{
		{"a password that the database refuses", "database", r.as("not the password"), r.as("the first password")},
		{"an address that is none", "database", "postgres://[", r.as("the first password")},
		{"a certificate that is none", "tls.crt", "no certificate", string(certificate)},
	} {
		r.put(wrong.file, wrong.text)
		eventually(t, time.Minute, wrong.name+" is named", named)
		for i := range r.nodes { // each answers from the database, over the old certificate
			want(t, "with "+wrong.name, r.caller(i, false).call("POST", "/api/v1/auth/jwt/refresh", "",
				api.RefreshRequest{RefreshToken: "art_unknown"}), http.StatusUnauthorized, api.CodeTokenInvalid)
		}
		if r.serial() != shown {
			t.Error("another certificate is shown")
		}
		r.put(wrong.file, wrong.right)
		eventually(t, time.Minute, "it is mended", func() bool { return !named() })
	}
}
