package outside

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// loginScript signs in as a program does: a CSRF token from one call, the login
// in the next, no cookie in between.
func (x *outside) loginScript(ctx context.Context, r *doctor.Result) {
	if x.grant.factor {
		r.Say("not tried: a code of a second factor is good once")
		return
	}
	a, err := x.private.ask(ctx, request{path: tokenPath})
	if err != nil {
		r.Unable("GET "+x.url(tokenPath), err)
		return
	}
	a, err = x.private.ask(ctx, request{method: http.MethodPost, path: loginPath, body: x.credentials("email"), header: http.Header{
		"Content-Type": {"application/json"}, "X-Csrf-Token": {token(a)}, "Accept": {"application/json"},
	}})
	if err != nil {
		r.Unable("POST "+x.url(loginPath), err)
		return
	}
	var in api.LoginAnswer
	if a.status != http.StatusOK || json.Unmarshal(a.body, &in) != nil || in.AccessToken == "" {
		f := x.refused(a)
		if a.status < 500 {
			f.Code = "script_login_refused"
		}
		f.Evidence += "\nthe same account signed in a moment ago as a browser does"
		r.Find(f)
		return
	}
	defer func() { x.signOut(ctx, in.AccessToken) }()
	if in.RefreshToken != "" {
		x.race(ctx, r, &in)
	}
	if f := twoForms(readClaims(x.grant.browser.AccessToken), readClaims(in.AccessToken)); f.Code != "" {
		r.Find(f)
	}
}

// signOut ends a session by its access token, even where there was no time left
// for more.
func (x *outside) signOut(ctx context.Context, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	_, _ = x.private.ask(ctx, request{method: http.MethodPost, path: logoutPath, header: http.Header{"Authorization": {"Bearer " + token}}})
}

// renew asks for the next access token by the session cookie, or by the refresh
// token where a server gives one to browsers.
func (x *outside) renew(ctx context.Context, r *doctor.Result) {
	body := ""
	if t := x.grant.browser.RefreshToken; t != "" {
		text, _ := json.Marshal(api.RefreshRequest{RefreshToken: t})
		body = string(text)
	}
	a, err := x.private.ask(ctx, x.asBrowser(http.MethodPost, refreshPath, body))
	if err != nil {
		r.Unable("POST "+x.url(refreshPath), err)
		return
	}
	var next api.LoginAnswer
	if a.status != http.StatusOK || json.Unmarshal(a.body, &next) != nil || next.AccessToken == "" {
		r.Find(api.Finding{
			Code: "refresh_refused", Evidence: said("POST "+x.url(refreshPath)+" with the session", a),
			Expected: "200 and the next access token",
			Remedy:   "Look at what the server noted: aiwfe-auth explain " + requestOf(a),
		})
	}
}

const refreshPath = "/api/v1/auth/jwt/refresh"

// race sends one refresh token twice at once, as two tabs do.
func (x *outside) race(ctx context.Context, r *doctor.Result, in *api.LoginAnswer) {
	body, _ := json.Marshal(api.RefreshRequest{RefreshToken: in.RefreshToken})
	var both [2]*answer
	var errs [2]error
	var wait sync.WaitGroup
	for i := range both {
		wait.Go(func() {
			both[i], errs[i] = x.private.ask(ctx, request{
				method: http.MethodPost, path: refreshPath, body: string(body), header: http.Header{"Content-Type": {"application/json"}},
			})
		})
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			r.Unable("POST "+x.url(refreshPath), err)
			return
		}
		if both[i].status == http.StatusOK {
			_ = json.Unmarshal(both[i].body, in)
		}
	}
	lines := said("POST "+x.url(refreshPath)+" with a refresh token", both[0]) + "\n" + said("the same token at the same time", both[1])
	f := api.Finding{Evidence: lines, Expected: "200 twice", Remedy: "Look at what the server noted: aiwfe-auth explain " + requestOf(both[0])}
	switch ok := [2]bool{both[0].status == http.StatusOK, both[1].status == http.StatusOK}; {
	case ok[0] && ok[1]:
		r.Say("signed in, and renewed twice at once")
		return
	case ok[0] != ok[1]:
		f.Code, f.Remedy = "refresh_race_refused", ""
	default:
		f.Code = "refresh_refused"
	}
	r.Find(f)
}
