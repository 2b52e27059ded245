package outside

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (x *outside) cookieChecks() []doctor.Check {
	return []doctor.Check{
		{Name: "csrf_fresh", Title: "A visitor gets a CSRF token", Needs: []string{"public_identity", "proxy_cache"}, Run: x.fresh},
		{Name: "cookies_stored", Title: "A browser keeps the cookies", Needs: []string{"csrf_fresh"}, Run: x.kept},
		{Name: "cookies_return", Title: "Cookies arrive when they are sent back", Needs: []string{"cookies_stored"}, Run: x.returned},
		{Name: "public_paths", Title: "Every call reaches the server", Needs: []string{"csrf_accepted"}, Run: x.paths},
		{Name: "csrf_accepted", Title: "A CSRF token is accepted", Needs: []string{"cookies_return"}, Run: x.accepted},
	}
}

// kept judges every cookie as a browser would.
func (x *outside) kept(ctx context.Context, r *doctor.Result) {
	lines := x.relevant(x.seen.first)
	if len(lines) == 0 || x.found.ours && !slices.ContainsFunc(lines, named("aiwfe_csrf")) {
		r.Find(api.Finding{
			Code: "cookie_not_set", Expected: "a Set-Cookie line for the CSRF cookie",
			Evidence: fmt.Sprintf("GET %s answered with a token and %s", x.url(tokenPath), counted(len(lines), "cookie of the server's")) + x.comparedCookies(ctx),
		})
		return
	}
	found := append(x.judge(x.urlOf(tokenPath), x.seen.first, lines), x.sessionDomain()...)
	if what := strings.Join(x.seen.first.Values("Clear-Site-Data"), ","); strings.Contains(what, `"cookies"`) || strings.Contains(what, `"*"`) {
		found = append(found, api.Finding{
			Code: "cookies_cleared", Expected: "no Clear-Site-Data beside new cookies",
			Evidence: "GET " + x.url(tokenPath) + " came with Clear-Site-Data: " + what,
		})
	}
	for _, f := range found {
		f.Evidence += x.comparedCookies(ctx)
		if f.Code == "cookie_domain_mismatch" || f.Code == "cookie_public_suffix" {
			f.Setting = x.setting("COOKIE_DOMAIN")
		}
		r.Find(f)
	}
	r.Say("%s", counted(len(lines), "cookie"))
}

// sessionDomain judges the one cookie that a sign-in would set with a Domain,
// by what the server says of it.
func (x *outside) sessionDomain() []api.Finding {
	domain := cmp.Or(x.found.CookieDomain, x.CookieDomain)
	if domain == "" {
		return nil
	}
	v := newJar(x.Now).set(x.urlOf(loginPath), "aiwfe_session=x; Path=/; HttpOnly; SameSite=Lax; Domain="+domain, time.Time{})
	if v.cause == "" {
		return nil
	}
	return []api.Finding{{
		Code:     v.cause,
		Evidence: "the server says that its cookies have the Domain " + domain + "\na browser drops them: " + v.why,
		Expected: "no COOKIE_DOMAIN, or a domain that " + x.at.Hostname() + " is of",
	}}
}

// judge puts the cookies of an answer into the jar, and says what a browser has
// against them.
func (x *outside) judge(from *url.URL, a *answer, lines []string) (out []api.Finding) {
	sent, _ := http.ParseTime(a.Get("Date"))
	var all []verdict
	for _, line := range lines {
		all = append(all, x.jar.set(from, line, sent))
	}
	for i, v := range all {
		f := api.Finding{Code: v.cause, Evidence: evidence(from, v.cookie), Expected: "a cookie that browsers keep and send back"}
		switch {
		case v.cause != "":
			f.Evidence += "\na browser drops it: " + v.why
		case v.gone && v.value != "" && !slices.ContainsFunc(all, func(o verdict) bool { return o.name == v.name && o.cause == "" && !o.gone }):
			f.Code = "cookie_expired_at_birth"
			f.Evidence += "\n" + v.ends(sent)
		case v.gone:
			continue
		case from.Scheme == "https" && !v.secure:
			f.Code, f.Expected = "cookie_not_secure", "Secure"
		case !pathMatch(loginPath, v.path) || !pathMatch(statusPath, v.path):
			f.Code, f.Expected = "cookie_path_wrong", "Path=/"
			f.Evidence += "\nits path is " + v.path + ", and " + loginPath + " is asked too"
		case slices.ContainsFunc(all[:i], func(o verdict) bool { return o.name == v.name && o.cause == "" && !o.gone }):
			f.Code, f.Expected = "cookie_duplicated", "one cookie of each name"
			f.Evidence = strings.Join(withName(from, all, v.name), "\n")
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

func withName(from *url.URL, all []verdict, name string) (out []string) {
	for _, v := range all {
		if v.name == name {
			out = append(out, evidence(from, v.cookie))
		}
	}
	return out
}

func evidence(from *url.URL, c *cookie) string { return from.Hostname() + " sends " + c.String() }

// ends says when it ended.
func (c *cookie) ends(sent time.Time) string {
	if c.maxAge != nil {
		return fmt.Sprintf("its Max-Age is %d", *c.maxAge)
	}
	return fmt.Sprintf("it expires %s, and the answer is of %s", c.expires.UTC().Format(time.RFC3339), sent.UTC().Format(time.RFC3339))
}

// relevant are the Set-Cookie lines that belong to the authentication: ours
// where there are such, else all but those that balancers and CDNs add.
func (x *outside) relevant(a *answer) []string {
	var ours, others []string
	for _, line := range a.Values("Set-Cookie") {
		c, _, _ := parseCookie(line)
		switch name := strings.ToLower(c.bare()); {
		case strings.HasPrefix(name, "aiwfe_"):
			ours = append(ours, line)
		case !slices.ContainsFunc(balancers, func(prefix string) bool { return strings.HasPrefix(name, prefix) }):
			others = append(others, line)
		}
	}
	if len(ours) > 0 || x.found.ours {
		return ours
	}
	return others
}

// balancers begin names of cookies that no login depends on.
var balancers = []string{
	"__cf", "cf_", "awsalb", "awselb", "serverid", "srv", "incap_ses", "visid_incap", "ak_", "bm_", "_abck", "route", "sticky", "arraffinity", "tracking", "lb",
}

func named(bare string) func(string) bool {
	return func(line string) bool {
		c, _, _ := parseCookie(line)
		return strings.EqualFold(c.bare(), bare)
	}
}

// comparedCookies shows what the listener behind sets, where it is known.
func (x *outside) comparedCookies(ctx context.Context) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, request{path: tokenPath})
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, line := range x.relevant(a) {
		c, _, _ := parseCookie(line)
		out.WriteString("\nasked directly at " + x.Direct.Host + ", the server sends " + c.String())
	}
	if out.Len() == 0 {
		return "\nasked directly at " + x.Direct.Host + ", the server sets none either"
	}
	return out.String()
}

func (x *outside) urlOf(path string) *url.URL {
	u := *x.at
	u.Path = path
	return &u
}

func counted(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
