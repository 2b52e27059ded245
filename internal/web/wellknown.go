package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// changePassword leads password managers to where a password is changed
// (W3C: A Well-Known URL for Changing Passwords).
func (s *Site) changePassword(q *httpkit.Request) error {
	q.Header().Set("Location", "/account/password")
	q.WriteHeader(http.StatusFound)
	return nil
}

// passkeyEndpoints tells them where passkeys are made and managed (W3C: A
// Well-Known URL for Relying Party Passkey Endpoints). Where none can work, it
// names none.
func (s *Site) passkeyEndpoints(q *httpkit.Request) error {
	endpoints := map[string]string{}
	if s.passkeys() {
		address := q.Kit().URL("/account/security/passkeys")
		endpoints["enroll"], endpoints["manage"] = address, address
	}
	body, err := json.Marshal(endpoints)
	if err != nil {
		return err
	}
	q.Header().Set("Content-Type", "application/json")
	_, err = q.Write(body)
	return err
}

// securityLife is how long security.txt holds: RFC 9116 section 2.5.5 asks for
// less than a year, and the day is cut off.
const securityLife = 365 * 24 * time.Hour

// securityText tells where to report a weakness (RFC 9116).
func (s *Site) securityText(q *httpkit.Request) error {
	expires := q.Now().UTC().Add(securityLife).Truncate(24 * time.Hour)
	q.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := fmt.Fprintf(q, "Contact: %s\nExpires: %s\nCanonical: %s\n",
		s.o.SecurityContact, expires.Format(time.RFC3339), q.Kit().URL("/.well-known/security.txt"))
	return err
}
