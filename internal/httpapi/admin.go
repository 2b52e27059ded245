package httpapi

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const admin = "/api/v1/admin"

func (a *API) adminRoutes() []Route {
	routes := []Route{
		{
			Method: "GET", Path: admin + "/users", Op: "listUsers", Out: api.UserList{}, Summary: "Accounts, with search and cursor",
			Query: []Param{
				{"q", "Part of an address or a name."},
				{"role", "user or admin."},
				{"status", "active, pending, disabled or locked."},
				{"limit", "1 to 200; 50 if left out."},
				{"cursor", "next_cursor of the page before."},
			},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.listUsers),
		},
		{
			Method: "POST", Path: admin + "/users", Op: "inviteUser", In: api.Invitee{}, Out: api.Invited{}, Status: http.StatusCreated,
			Summary: "Make an account; its owner sets the password by a one-time link", Codes: []api.Code{api.CodeUserAlreadyExists},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusCreated}, a.invite),
		},
		{
			Method: "GET", Path: admin + "/users/{id}", Op: "getUser", Out: api.User{}, Summary: "One account",
			Codes: []api.Code{api.CodeNotFound}, Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.getUser),
		},
		{
			Method: "PATCH", Path: admin + "/users/{id}", Op: "updateUser", In: api.UserChange{}, Out: api.User{},
			Summary: "Change name, role or status; what takes rights away holds at once", Codes: []api.Code{api.CodeNotFound, api.CodeLastAdmin},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.updateUser),
		},
		{
			Method: "DELETE", Path: admin + "/users/{id}", Op: "deleteUser", Status: http.StatusNoContent,
			Summary: "Delete an account; the audit stays", Codes: []api.Code{api.CodeNotFound, api.CodeLastAdmin},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusNoContent}, a.deleteUser),
		},
		{
			Method: "POST", Path: admin + "/users/{id}/unlock", Op: "unlockUser", Out: api.User{},
			Summary: "Open an account that was locked or had too many failed attempts", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.unlockUser),
		},
		{
			Method: "POST", Path: admin + "/users/{id}/reset-password", Op: "issueReset", Out: api.OneTimeLink{},
			Summary: "A one-time link by which the owner sets a new password", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.issueReset),
		},
		{
			Method: "GET", Path: admin + "/users/{id}/factors", Op: "getUserSecurity", Out: api.Security{},
			Summary: "What protects an account", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.userSecurity),
		},
		{
			Method: "POST", Path: admin + "/users/{id}/reset-factors", Op: "resetFactors", Status: http.StatusNoContent,
			Summary: "Remove all second factors of somebody who lost them; the owner is told", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusNoContent}, a.resetFactors),
		},
		{
			Method: "GET", Path: admin + "/users/{id}/sessions", Op: "listUserSessions", Out: api.SessionList{},
			Summary: "An account's live sessions", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.userSessions),
		},
		{
			Method: "DELETE", Path: admin + "/users/{id}/sessions", Op: "endUserSessions", Out: api.Ended{},
			Summary: "End all sessions of an account", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.endUserSessions),
		},
		{
			Method: "DELETE", Path: admin + "/users/{id}/sessions/{session}", Op: "endUserSession", Status: http.StatusNoContent,
			Summary: "End one session of an account", Codes: []api.Code{api.CodeNotFound},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin, Status: http.StatusNoContent}, a.endUserSession),
		},
		{
			Method: "GET", Path: admin + "/audit", Op: "listAudit", Out: api.AuditList{}, Summary: "The audit, newest first",
			Query: append(auditFilters(),
				Param{"limit", "1 to 200; 50 if left out."}, Param{"cursor", "next_cursor of the page before."}),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.listAudit),
		},
		{
			Method: "GET", Path: admin + "/audit/stream", Op: "streamAudit", Media: "text/event-stream",
			Summary: "New rows of the audit as they are written, as server-sent events",
			Query:   append(auditFilters(), Param{"after", "Begin after this row; with the next row if left out."}),
			Codes:   []api.Code{api.CodeOverloaded}, Handler: http.HandlerFunc(a.streamAudit),
		},
		{
			Method: "GET", Path: admin + "/audit/export", Op: "exportAudit", Media: "text/csv, application/jsonl",
			Summary: "All rows of the audit that the filters select, newest first, as one file",
			Query:   append(auditFilters(), Param{"format", "csv or jsonl; csv if left out."}),
			Handler: http.HandlerFunc(a.exportAudit),
		},
		{
			Method: "GET", Path: admin + "/reports", Op: "listReports", Out: api.BrowserReportList{},
			Summary: "What sign-in pages found wrong with browsers in the last seven days, the newest first",
			Query:   []Param{{"limit", "1 to 200; 50 if left out."}},
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.reports),
		},
		{
			Method: "GET", Path: admin + "/explain/{id}", Op: "explain", Out: api.Explained{},
			Summary: "Why a request was refused, step by step; or what an error code or a cause means",
			Codes:   []api.Code{api.CodeNotFound}, Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Admin}, a.explain),
		},
	}
	routes = append(routes, a.doctorRoutes()...)
	routes = append(routes, a.alertRoutes()...)
	routes = append(routes, a.figureRoutes()...)
	routes = append(routes, a.maintenanceRoutes()...)
	routes = append(routes, a.policyRoutes()...)
	for i := range routes {
		routes[i].Tag, routes[i].Role = "Administration", httpkit.Admin
		routes[i].Codes = append(append([]api.Code{api.CodeForbidden}, routes[i].Codes...), tokenCodes...)
		if !safe(routes[i].Method) {
			routes[i].Codes = append(routes[i].Codes, api.CodeReauthRequired)
		}
	}
	return routes
}

// actor is the administrator who asks.
func (a *API) actor(q *httpkit.Request) (login.Actor, error) {
	p, err := q.Require(httpkit.Admin)
	if err != nil {
		return login.Actor{}, err
	}
	return login.Admin(p, q.Client.Client), nil
}

func id(q *httpkit.Request) account.ID { return account.ID(q.HTTP().PathValue("id")) }

func (a *API) listUsers(q *httpkit.Request, _ *httpkit.Nothing) (api.UserList, error) {
	n, err := limit(q)
	if err != nil {
		return api.UserList{}, err
	}
	v := q.HTTP().URL.Query()
	after, err := afterCursor(v.Get("cursor"))
	if err != nil {
		return api.UserList{}, err
	}
	if err := knownFilter("/role", v.Get("role"), account.RoleUser, account.RoleAdmin); err != nil {
		return api.UserList{}, err
	}
	if err := knownFilter("/status", v.Get("status"), account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked); err != nil {
		return api.UserList{}, err
	}
	list, err := a.o.Login.List(q.Context(), login.UserQuery{
		Search: v.Get("q"), Role: v.Get("role"), Status: v.Get("status"), After: after, Limit: n + 1,
	})
	if err != nil {
		return api.UserList{}, err
	}
	out := api.UserList{Items: make([]api.User, 0, len(list))}
	for i := range list {
		if i == n {
			next := cursorAfter(list[n-1].ID)
			out.NextCursor = &next
			break
		}
		out.Items = append(out.Items, user(&list[i]))
	}
	return out, nil
}

// cursorPrefix marks a cursor of the list of accounts.
const cursorPrefix = "after:"

func cursorAfter(id account.ID) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorPrefix + string(id)))
}

// afterCursor reads a cursor that this list gave; anything else is refused
// rather than taken for a place in the list (CVE-2026-33503).
func afterCursor(text string) (account.ID, error) {
	if text == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	id, ok := strings.CutPrefix(string(raw), cursorPrefix)
	if err != nil || !ok || id == "" || len(id) > 64 {
		return "", badCursor()
	}
	return account.ID(id), nil
}

func badCursor() error {
	return fault.New(api.CodeMalformedRequest, "cursor_malformed", "This cursor is not one that a list gave.")
}

// knownFilter refuses a filter that can match nothing: an empty list would
// read as "there are none".
func knownFilter(pointer, value string, allowed ...string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return fault.Invalid(pointer, "not_allowed", "Please use one of: "+strings.Join(allowed, ", ")+".")
}

func (a *API) invite(q *httpkit.Request, in *api.Invitee) (api.Invited, error) {
	who, err := a.actor(q)
	if err != nil {
		return api.Invited{}, err
	}
	u, token, err := a.o.Login.Invite(q.Context(), who, login.Invitee{Email: in.Email, Name: in.Name, Role: in.Role})
	return api.Invited{User: user(&u), Link: q.Kit().URL("/invitation?token=" + token)}, err
}

func (a *API) getUser(q *httpkit.Request, _ *httpkit.Nothing) (api.User, error) {
	u, err := a.o.Login.Find(q.Context(), id(q))
	return user(&u), err
}

func (a *API) updateUser(q *httpkit.Request, in *api.UserChange) (api.User, error) {
	who, err := a.actor(q)
	if err != nil {
		return api.User{}, err
	}
	u, err := a.o.Login.Edit(q.Context(), who, id(q), login.Edit{Name: in.Name, Role: in.Role, Status: in.Status, Verified: in.IsVerified})
	return user(&u), err
}

func (a *API) deleteUser(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	who, err := a.actor(q)
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.Delete(q.Context(), who, id(q))
}

func (a *API) unlockUser(q *httpkit.Request, _ *httpkit.Nothing) (api.User, error) {
	who, err := a.actor(q)
	if err != nil {
		return api.User{}, err
	}
	u, err := a.o.Login.Unlock(q.Context(), who, id(q))
	return user(&u), err
}

func (a *API) issueReset(q *httpkit.Request, _ *httpkit.Nothing) (api.OneTimeLink, error) {
	who, err := a.actor(q)
	if err != nil {
		return api.OneTimeLink{}, err
	}
	kind, token, err := a.o.Login.IssueReset(q.Context(), who, id(q))
	return api.OneTimeLink{Link: q.Kit().URL(login.LinkPath(kind, token))}, err
}

func (a *API) userSecurity(q *httpkit.Request, _ *httpkit.Nothing) (api.Security, error) {
	u, err := a.o.Login.Find(q.Context(), id(q))
	if err != nil {
		return api.Security{}, err
	}
	s, err := a.o.Login.Security(q.Context(), &u)
	return protection(&u, s), err
}

func (a *API) resetFactors(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	who, err := a.actor(q)
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.ResetFactors(q.Context(), who, id(q))
}

func (a *API) userSessions(q *httpkit.Request, _ *httpkit.Nothing) (api.SessionList, error) {
	u, err := a.o.Login.Find(q.Context(), id(q))
	if err != nil {
		return api.SessionList{}, err
	}
	list, err := a.o.Login.Sessions(q.Context(), u.ID)
	return sessionList(list, ""), err
}

func (a *API) endUserSessions(q *httpkit.Request, _ *httpkit.Nothing) (api.Ended, error) {
	who, err := a.actor(q)
	if err != nil {
		return api.Ended{}, err
	}
	u, err := a.o.Login.Find(q.Context(), id(q))
	if err != nil {
		return api.Ended{}, err
	}
	n, err := a.o.Login.EndOthers(q.Context(), who, u.ID, "")
	return api.Ended{Ended: n}, err
}

func (a *API) endUserSession(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	who, err := a.actor(q)
	if err != nil {
		return httpkit.Nothing{}, err
	}
	return httpkit.Nothing{}, a.o.Login.End(q.Context(), who, id(q), q.HTTP().PathValue("session"))
}
