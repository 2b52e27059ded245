package store

import (
	"math"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// The columns here are those of insertUser, noteDevice, insertSession, insertRefresh and insertAudit.

func (s *Store) bulkUsers(b Bulk) bulkTable {
	t := bulkTable{name: "users", columns: []string{
		"id", "email", "hashed_password", "is_active", "is_verified", "role", "status", "name", "created_at", "updated_at",
	}}
	for _, u := range b.Users {
		at := s.moment(u.CreatedAt)
		t.rows = append(t.rows, []any{string(u.ID), u.Email, u.Hash, u.Active, u.Verified, u.Role, u.Status, u.Name, at, at})
	}
	return t
}

// idsOf is the span of the ids, which were set aside for these accounts alone.
func idsOf(users []account.User) span {
	ids := span{math.MaxInt64, math.MinInt64}
	for _, u := range users {
		n, _ := strconv.ParseInt(string(u.ID), 10, 64) // what is no number is in no index
		ids.first, ids.last = min(ids.first, n), max(ids.last, n)
	}
	return ids
}

func bulkDevices(b Bulk) bulkTable {
	t := bulkTable{name: "devices", columns: []string{"id", "user_id", "name", "kind", "ip", "created_ms", "seen_ms"}}
	for _, s := range b.Sessions {
		t.rows = append(t.rows, []any{
			s.Device, string(s.User.ID), s.DeviceName, s.DeviceKind, s.IP, millis(s.CreatedAt), millis(s.SeenAt),
		})
	}
	return t
}

func bulkSessions(b Bulk) bulkTable {
	t := bulkTable{name: "sessions", columns: []string{
		"id", "user_id", "device_id", "kind", "method", "secret_hash", "browser_hash", "ip", "user_agent", "created_ms",
		"auth_ms", "seen_ms", "expires_ms", "ended_ms", "end_reason", "name", "scopes",
	}}
	for _, s := range b.Sessions {
		t.rows = append(t.rows, []any{
			s.ID, string(s.User.ID), s.Device, s.Kind, s.Method, s.SecretHash, s.BrowserHash, s.IP, s.UserAgent,
			millis(s.CreatedAt), millis(s.AuthAt), millis(s.SeenAt), millis(s.ExpiresAt), millis(s.EndedAt), s.EndReason,
			s.Name, strings.Join(s.Scopes, " "),
		})
	}
	return t
}

func bulkRefresh(b Bulk) bulkTable {
	t := bulkTable{name: "refresh_tokens", columns: []string{"hash", "session_id", "created_ms"}}
	for i, hash := range b.Refresh {
		if hash != nil {
			t.rows = append(t.rows, []any{hash, b.Sessions[i].ID, millis(b.Sessions[i].CreatedAt)})
		}
	}
	return t
}

func (s *Store) bulkAudit(b Bulk) bulkTable {
	t := bulkTable{name: "audit", columns: []string{
		"at_ms", "event", "outcome", "code", "reason", "actor_id", "user_id", "address", "session_id", "device_id", "ip",
		"user_agent", "request_id", "detail", "count", "tally", "mark",
	}}
	keys := s.marks.Load()
	for _, r := range b.Audit {
		r = stored(r)
		var tally any
		if r.Outcome == audit.Refused { // which the server counts by the minute
			tally = tallyName(r)
		}
		mark, _ := markOf(keys, &r)
		t.rows = append(t.rows, append(auditValues(r), tally, mark))
	}
	return t
}
