package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

const me = "/api/v1/users/me"

func (a *API) ownRoutes() []Route {
	signed := httpkit.Rule{Role: httpkit.Signed}
	gone := httpkit.Rule{Role: httpkit.Signed, Status: http.StatusNoContent}
	return []Route{
		{
			Method: "DELETE", Path: me, Op: "deleteMe", Tag: "Accounts", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Delete the own account for ever", Codes: append([]api.Code{api.CodeLastAdmin}, stepUp...),
			Handler: httpkit.Endpoint(gone, a.deleteMe),
		},
		{
			Method: "GET", Path: me + "/export", Op: "exportMe", Tag: "Accounts", Out: api.Export{}, Role: httpkit.Signed,
			Summary: "Everything kept about oneself, without secrets", Codes: stepUp,
			Handler: httpkit.Endpoint(signed, a.exportMe),
		},
		{
			Method: "GET", Path: me + "/activity", Op: "listMyActivity", Tag: "Accounts", Out: api.AuditList{}, Role: httpkit.Signed,
			Summary: "What happened to the own account, newest first", Codes: tokenCodes,
			Query:   []Param{{"limit", "1 to 200; 50 if left out."}, {"cursor", "next_cursor of the page before."}},
			Handler: httpkit.Endpoint(signed, a.activity),
		},
		{
			Method: "GET", Path: auth + "/tokens", Op: "listPersonalTokens", Tag: "Access tokens", Out: api.PersonalTokenList{}, Role: httpkit.Signed,
			Summary: "The own personal access tokens", Codes: tokenCodes,
			Handler: httpkit.Endpoint(signed, a.listTokens),
		},
		{
			Method: "POST", Path: auth + "/tokens", Op: "makePersonalToken", Tag: "Access tokens", In: api.NewPersonalToken{}, Out: api.PersonalToken{},
			Status: http.StatusCreated, Role: httpkit.Signed, Summary: "Make a personal access token for a script; it is shown once",
			Codes:   append([]api.Code{api.CodeTokenLimit, api.CodeTooManyAttempts}, stepUp...),
			Handler: httpkit.Endpoint(httpkit.Rule{Role: httpkit.Signed, Status: http.StatusCreated}, a.makeToken),
		},
		{
			Method: "DELETE", Path: auth + "/tokens/{id}", Op: "revokePersonalToken", Tag: "Access tokens", Status: http.StatusNoContent, Role: httpkit.Signed,
			Summary: "Revoke a personal access token, everywhere at once", Codes: append([]api.Code{api.CodeNotFound}, tokenCodes...),
			Handler: httpkit.Endpoint(gone, a.revokeToken),
		},
	}
}

func (a *API) deleteMe(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	if err := a.o.Login.DeleteOwn(q.Context(), p, q.Client); err != nil {
		return httpkit.Nothing{}, err
	}
	q.SignedOut()
	return httpkit.Nothing{}, nil
}

func (a *API) exportMe(q *httpkit.Request, _ *httpkit.Nothing) (api.Export, error) {
	p, err := q.Person()
	if err != nil {
		return api.Export{}, err
	}
	e, err := a.o.Login.ExportOwn(q.Context(), p, q.Client)
	if err != nil {
		return api.Export{}, err
	}
	return Export(p, e, q.Now()), nil
}

// Export shows everything kept about a person; the page for it uses it too.
func Export(p *login.Person, e login.Export, now time.Time) api.Export {
	return api.Export{
		ExportedAt: now.UTC(), User: user(p.User()), Language: p.User().Lang, Security: protection(p.User(), e.Security),
		Sessions: sessionList(e.Sessions, p.Session.ID).Items, PersonalTokens: personalList(e.Tokens), Activity: ownRows(e.Activity),
	}
}

// ownRows are audit rows as the person concerned sees them: what was told, not
// the private reason behind it.
func ownRows(rows []audit.Row) []api.AuditRow {
	out := AuditRows(rows)
	for i := range out {
		out[i].Seq, out[i].Hash = 0, "" // of the whole table, which is for whoever proves it
		out[i].Reason = ""
	}
	return out
}

func (a *API) activity(q *httpkit.Request, _ *httpkit.Nothing) (api.AuditList, error) {
	p, err := q.Person()
	if err != nil {
		return api.AuditList{}, err
	}
	n, err := limit(q)
	if err != nil {
		return api.AuditList{}, err
	}
	query, err := auditQuery(q)
	if err != nil {
		return api.AuditList{}, err
	}
	rows, err := a.o.Login.Activity(q.Context(), p, query.Before, n+1)
	if err != nil {
		return api.AuditList{}, err
	}
	out := api.AuditList{}
	if len(rows) > n {
		rows = rows[:n]
		cursor := strconv.FormatInt(rows[n-1].ID, 10)
		out.NextCursor = &cursor
	}
	out.Items = ownRows(rows)
	return out, nil
}

func (a *API) listTokens(q *httpkit.Request, _ *httpkit.Nothing) (api.PersonalTokenList, error) {
	p, err := q.Person()
	if err != nil {
		return api.PersonalTokenList{}, err
	}
	list, err := a.o.Login.Tokens(q.Context(), p)
	return api.PersonalTokenList{Items: personalList(list)}, err
}

func (a *API) makeToken(q *httpkit.Request, in *api.NewPersonalToken) (api.PersonalToken, error) {
	p, err := q.Person()
	if err != nil {
		return api.PersonalToken{}, err
	}
	days := in.ExpiresInDays
	if days == 0 {
		days = 90
	}
	text, one, err := a.o.Login.MakeToken(q.Context(), p, login.NewToken{
		Name: in.Name, Scopes: in.Scopes, Life: time.Duration(days) * 24 * time.Hour,
	}, q.Client)
	if err != nil {
		return api.PersonalToken{}, err
	}
	out := personal(&one)
	out.Token = text
	return out, nil
}

func (a *API) revokeToken(q *httpkit.Request, _ *httpkit.Nothing) (httpkit.Nothing, error) {
	p, err := q.Person()
	if err != nil {
		return httpkit.Nothing{}, err
	}
	id := q.HTTP().PathValue("id")
	if p.Session.Kind == session.KindPersonal && p.Session.ID != id {
		return httpkit.Nothing{}, a.o.Login.Recent(p) // a token may end itself and no other
	}
	return httpkit.Nothing{}, a.o.Login.RevokeToken(q.Context(), p, id, q.Client)
}
