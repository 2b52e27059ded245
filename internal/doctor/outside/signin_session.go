package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

const (
	sessionsPath = "/api/v1/auth/sessions"
	logoutPath   = "/api/v1/auth/jwt/logout"
)

// leaving signs out when the check failed.
func (x *outside) leaving(check func(context.Context, *doctor.Result)) func(context.Context, *doctor.Result) {
	return func(ctx context.Context, r *doctor.Result) {
		check(ctx, r)
		if t := x.grant.browser.AccessToken; t != "" && r.Failed() {
			x.signOut(ctx, t)
		}
	}
}

// session shows the cookie at the next requests. With several nodes behind one
// address, each may be asked.
func (x *outside) session(ctx context.Context, r *doctor.Result) {
	cookies := x.jar.header(x.urlOf(statusPath))
	answers, err := x.statuses(ctx, http.Header{"Cookie": {cookies}})
	if err != nil {
		r.Unable("GET "+x.url(statusPath)+" with the session cookie", err)
		return
	}
	good, last := countTaken(answers)
	f := api.Finding{
		Code:     "session_not_kept",
		Evidence: said("GET "+x.url(statusPath)+" with the cookies of the login", last),
		Expected: `200 {"authenticated": true}`,
		Remedy:   "Look at what the server noted: aiwfe-auth explain " + requestOf(last),
	}
	switch {
	case good == 0:
		r.Find(f)
		return
	case good < len(answers):
		f.Code, f.Remedy = "nodes_differ", ""
		f.Evidence = fmt.Sprintf("of %d requests with one session cookie, %d were accepted\n", len(answers), good) + f.Evidence
		r.Find(f)
		return
	}
	a, err := x.private.ask(ctx, request{path: sessionsPath, header: http.Header{"Cookie": {cookies}}})
	if err == nil && a.status != http.StatusOK && x.found.ours {
		f.Evidence = said("GET "+x.url(sessionsPath)+" with the cookies of the login", a)
		r.Find(f)
		return
	}
	r.Say("accepted %d times", good)
}

// bearer shows the access token alone.
func (x *outside) bearer(ctx context.Context, r *doctor.Result) {
	answers, err := x.statuses(ctx, http.Header{"Authorization": {"Bearer " + x.grant.browser.AccessToken}})
	if err != nil {
		r.Unable("GET "+x.url(statusPath)+" with the access token", err)
		return
	}
	good, last := countTaken(answers)
	f := api.Finding{
		Code:     "token_refused",
		Evidence: said("GET "+x.url(statusPath)+" with the access token of a moment ago", last),
		Expected: `200 {"authenticated": true}`,
		Remedy:   "Look at what the server noted: aiwfe-auth explain " + requestOf(last),
	}
	switch {
	case good == len(answers):
		r.Say("accepted %d times", good)
		return
	case good > 0:
		f.Code, f.Remedy = "nodes_differ", ""
		f.Evidence = fmt.Sprintf("of %d requests with one access token, %d were accepted\n", len(answers), good) + f.Evidence
	}
	f.Evidence += "\n" + readClaims(x.grant.browser.AccessToken).String()
	r.Find(f)
}

func (x *outside) statuses(ctx context.Context, h http.Header) (out []*answer, err error) {
	for n := tries; len(out) < n; {
		a, err := x.private.ask(ctx, request{path: statusPath, header: h})
		if err != nil {
			return nil, err
		}
		if out = append(out, a); a.status != http.StatusOK {
			n = 2 * tries // whether it is refused always, or by one of several servers
		}
	}
	return out, nil
}

// countTaken counts the accepted ones, and returns one that was not, where there is one.
func countTaken(answers []*answer) (good int, last *answer) {
	for _, a := range answers {
		var s struct {
			Authenticated bool `json:"authenticated"`
		}
		if a.status == http.StatusOK && json.Unmarshal(a.body, &s) == nil && s.Authenticated {
			good++
			continue
		}
		last = a
	}
	if last == nil {
		last = answers[len(answers)-1]
	}
	return good, last
}

// logout ends the session, and then shows everything once more.
func (x *outside) logout(ctx context.Context, r *doctor.Result) {
	old := x.jar.header(x.urlOf(statusPath))
	a, err := x.private.ask(ctx, x.asBrowser(http.MethodPost, logoutPath, ""))
	if err != nil {
		r.Unable("POST "+x.url(logoutPath), err)
		return
	}
	if a.status >= 300 {
		r.Find(api.Finding{Code: "logout_ineffective", Evidence: said("POST "+x.url(logoutPath), a), Expected: "204"})
		return
	}
	for _, proof := range []struct {
		what string
		h    http.Header
	}{
		{"the session cookie", http.Header{"Cookie": {old}}},
		{"the access token", http.Header{"Authorization": {"Bearer " + x.grant.browser.AccessToken}}},
	} {
		if last := x.stillTaken(ctx, proof.h); last != nil {
			r.Find(api.Finding{
				Code:     "logout_ineffective",
				Evidence: said("GET "+x.url(statusPath)+" with "+proof.what+", after signing out", last),
				Expected: "401",
			})
			return
		}
	}
	r.Say("refused from then on")
}

// stillTaken waits for the other nodes to hear of it, a second at most by
// contract, and returns an answer that still accepts.
func (x *outside) stillTaken(ctx context.Context, h http.Header) (last *answer) {
	for end := time.Now().Add(3 * time.Second); ; {
		answers, err := x.statuses(ctx, h)
		if err != nil {
			return nil
		}
		if good, _ := countTaken(answers); good == 0 {
			return nil
		}
		if last = answers[0]; time.Now().After(end) {
			return last
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(200 * time.Millisecond):
		}
	}
}
