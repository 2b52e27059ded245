package httpapi

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func tokens(g *login.Grant, withUser bool) api.Tokens {
	t := api.Tokens{
		AccessToken: g.AccessToken, TokenType: "bearer", ExpiresIn: int64(g.ExpiresIn.Round(time.Second) / time.Second),
		RefreshToken: g.RefreshToken, SessionID: g.Session.ID,
	}
	if withUser {
		u := user(&g.User)
		t.User = &u
	}
	return t
}

func user(u *account.User) api.User {
	return api.User{
		ID: string(u.ID), Email: u.Email, Name: u.Name, Role: u.Role, Status: u.Status,
		IsActive: u.Active, IsVerified: u.Verified, IsSuperuser: u.IsAdmin(),
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
}

func one(s *session.Session, current string) api.Session {
	name := s.DeviceName
	if s.Kind == session.KindPersonal {
		name = s.Name
	}
	if name == "" {
		name = "Unknown client"
	}
	return api.Session{
		ID: s.ID, Device: name, Kind: s.Kind, Method: s.Method, IP: s.IP, CreatedAt: s.CreatedAt, LastSeenAt: s.SeenAt,
		ExpiresAt: s.ExpiresAt, Current: s.ID == current,
	}
}

// sessionList puts the current one first.
func sessionList(list []session.Session, current string) api.SessionList {
	out := api.SessionList{Items: make([]api.Session, 0, len(list))}
	for i := range list {
		if list[i].ID == current {
			out.Items = append([]api.Session{one(&list[i], current)}, out.Items...)
			continue
		}
		out.Items = append(out.Items, one(&list[i], current))
	}
	return out
}

func auditRow(r audit.Row) api.AuditRow {
	return api.AuditRow{
		ID: r.ID, At: r.At, Event: string(r.Event), Outcome: r.Outcome, Code: string(r.Code), Reason: r.Reason,
		ActorID: string(r.Actor), UserID: string(r.User), Address: r.Address, SessionID: r.Session, DeviceID: r.Device,
		IP: r.Client.IP, UserAgent: r.Client.UserAgent, RequestID: r.Client.RequestID, Detail: r.Detail, Count: r.Count,
		Seq: r.Seq, Hash: r.Sum,
	}
}

// AuditLink shows a row with its place in the chain.
func AuditLink(l *audit.Link) api.AuditRow {
	out := auditRow(l.Row)
	out.Hash = hex.EncodeToString(l.Hash)
	return out
}

// maxPage is the longest page of a list.
const maxPage = 200

// limit reads the page length.
func limit(q *httpkit.Request) (int, error) {
	text := q.HTTP().URL.Query().Get("limit")
	if text == "" {
		return 50, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, fault.Invalid("/limit", "out_of_range", "The limit is a number from 1 to 200.")
	}
	return n, nil
}

// deprecate tells users of the old token form when it ends (RFC 9745, RFC 8594).
func (a *API) deprecate(q *httpkit.Request, p *login.Person) {
	if p.Session.Kind != session.KindLegacy || a.o.LegacySunset.IsZero() {
		return
	}
	q.Header().Set("Deprecation", "@"+strconv.FormatInt(deprecatedSince.Unix(), 10))
	q.Header().Set("Sunset", a.o.LegacySunset.UTC().Format(http.TimeFormat))
}

// deprecatedSince is the day from which the old form counts as deprecated.
var deprecatedSince = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// AuditRows shows rows as the API does; the command line uses it too.
func AuditRows(rows []audit.Row) []api.AuditRow {
	out := make([]api.AuditRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, auditRow(r))
	}
	return out
}
