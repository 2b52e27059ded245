package httpapi

import (
	"slices"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

func (a *API) listAudit(q *httpkit.Request, _ *httpkit.Nothing) (api.AuditList, error) {
	n, err := limit(q)
	if err != nil {
		return api.AuditList{}, err
	}
	query, err := a.auditQuery(q)
	if err != nil {
		return api.AuditList{}, err
	}
	query.Limit = n + 1
	rows, err := a.o.Audit.AuditRows(q.Context(), query)
	if err != nil {
		return api.AuditList{}, err
	}
	out := api.AuditList{Items: make([]api.AuditRow, 0, len(rows))}
	for i, r := range rows {
		if i == n {
			cursor := strconv.FormatInt(rows[n-1].ID, 10)
			out.NextCursor = &cursor
			break
		}
		out.Items = append(out.Items, auditRow(r))
	}
	return out, nil
}

// auditFilters are the parameters that list, stream and export share.
func auditFilters() []Param {
	return []Param{
		{"event", "Such as login."},
		{"user", "Somebody's address or id: rows of the account, and of the address."},
		{"user_id", "Whom it concerns."},
		{"address", "The canonical address."},
		{"ip", "The client's address."},
		{"request_id", "The X-Request-ID of an answer."},
		{"outcome", "success or refused."},
		{"since", "RFC 3339 time."},
		{"until", "RFC 3339 time."},
	}
}

// auditQuery is what an administrator asks for.
func (a *API) auditQuery(q *httpkit.Request) (audit.Query, error) {
	out, err := auditQuery(q)
	if text := q.HTTP().URL.Query().Get("user"); err == nil && text != "" {
		out.Who, err = a.o.Login.Who(q.Context(), text)
	}
	return out, err
}

// auditQuery reads the filters that need no look at an account.
func auditQuery(q *httpkit.Request) (audit.Query, error) {
	v := q.HTTP().URL.Query()
	out := audit.Query{
		Event: audit.Event(v.Get("event")), User: account.ID(v.Get("user_id")), Address: v.Get("address"), IP: v.Get("ip"),
		RequestID: v.Get("request_id"), Outcome: v.Get("outcome"),
	}
	if out.Event != "" && !slices.Contains(audit.Events, out.Event) {
		return out, fault.Invalid("/event", "not_allowed", "There is no such event. The reference of the audit lists them.")
	}
	if err := knownFilter("/outcome", out.Outcome, audit.Success, audit.Refused); err != nil {
		return out, err
	}
	for name, to := range map[string]*time.Time{"since": &out.Since, "until": &out.Until} {
		if text := v.Get(name); text != "" {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return out, fault.Invalid("/"+name, "not_a_time", "Please give a time such as 2026-11-24T13:00:00Z.")
			}
			*to = t
		}
	}
	var err error
	out.Before, err = rowNumber(v.Get("cursor"))
	return out, err
}

// rowNumber reads a place in the audit; 0 for none.
func rowNumber(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, badCursor()
	}
	return n, nil
}
