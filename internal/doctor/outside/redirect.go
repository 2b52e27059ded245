package outside

import (
	"context"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// maxHops is where a browser gives up.
const maxHops = 20

// page asks for the login page, and follows redirects on this host alone.
func (x *outside) page(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: pagePath, header: asPage()})
	if err != nil {
		r.Find(api.Finding{
			Code: "public_url_unreachable", Cause: "The login page does not come, while the API answers.",
			Evidence: "GET " + x.url(pagePath) + ": " + reason(err), Expected: "the login page",
		})
		return
	}
	switch {
	case target(x.at, a) != nil:
		f := x.redirected(ctx, pagePath, a)
		if f.Code == "" {
			r.Say("%s", said("GET "+x.url(pagePath), a))
			return
		}
		f.Evidence = said("GET "+x.url(pagePath), a) + prefixed("\n", f.Evidence)
		r.Find(f)
	case a.status == 404 || a.status == 405:
		r.Note("no_login_page", "There is no login page at %s; a front end of its own may have one elsewhere.", x.url(pagePath))
	case a.status >= 400:
		f := x.classify(ctx, a)
		f.Evidence = said("GET "+x.url(pagePath), a) + prefixed("\n", f.Evidence)
		f.Expected = "200 and the login page"
		r.Find(f)
	default:
		r.Say("%s", said("GET "+x.url(pagePath), a))
	}
}

// redirected follows a redirect of path as far as it stays on this host, and
// says what is wrong with it. Nothing is sent along that a stranger would not send.
func (x *outside) redirected(ctx context.Context, path string, a *answer) api.Finding {
	seen := map[string]bool{x.url(path): true}
	here := *x.at
	here.Path = path
	var way []string
	for range maxHops {
		to := target(&here, a)
		if to == nil {
			break
		}
		way = append(way, "→ "+withoutQuery(to.String()))
		trail := strings.Join(way, "\n")
		switch {
		case seen[to.String()]:
			return api.Finding{
				Code: "redirect_loop", Evidence: trail, Expected: "an answer that is no redirect",
				Remedy:  loopRemedy(x.at, way),
				Setting: x.setting("PUBLIC_URL"),
			}
		case !strings.EqualFold(to.Hostname(), x.at.Hostname()) || to.Scheme != "http" && to.Scheme != "https":
			return api.Finding{
				Code: "redirect_elsewhere", Evidence: trail, Expected: "an answer of " + origin(x.at) + " itself",
				Remedy:  "If " + origin(to) + " is the address that people type, look there (aiwfe-auth doctor --url " + origin(to) + "); else correct the redirect.",
				Setting: x.setting("PUBLIC_URL"),
			}
		}
		seen[to.String()] = true
		next, err := newVisitor(&url.URL{Scheme: to.Scheme, Host: to.Host}, to.Host, to.Hostname(), true).
			ask(ctx, request{path: to.RequestURI(), header: asPage()})
		if err != nil {
			return api.Finding{Code: "redirect_elsewhere", Evidence: trail + ": " + reason(err), Expected: "an address that answers"}
		}
		here, a = *to, next
	}
	if origin(&here) != origin(x.at) {
		return api.Finding{
			Code: "redirect_elsewhere", Evidence: strings.Join(way, "\n"),
			Expected: "an answer of " + origin(x.at) + " itself",
			Setting:  x.setting("PUBLIC_URL"),
		}
	}
	if path == pagePath {
		return api.Finding{} // from one page to another on the same host
	}
	return api.Finding{
		Code: "api_redirected", Evidence: strings.Join(way, "\n"),
		Expected: `200 {"csrf_token": "..."} at once, since a POST does not survive a redirect`,
	}
}

// loopRemedy knows the loop that two ideas of the scheme make.
func loopRemedy(at *url.URL, way []string) string {
	if at.Scheme == "https" {
		return "What redirects takes requests for plain http that came by https. Let the outer proxy send X-Forwarded-Proto, let the " +
			"inner one and the server trust it (TRUSTED_PROXIES), and at a CDN choose full TLS to the origin."
	}
	return "Take the redirect out, or let it lead to an address that answers: " + strings.Join(way, " ")
}

// target is where an answer redirects to, nil for nowhere.
func target(from *url.URL, a *answer) *url.URL {
	if a == nil || a.status < 300 || a.status > 399 || a.Get("Location") == "" {
		return nil
	}
	to, err := from.Parse(a.Get("Location"))
	if err != nil {
		return nil
	}
	if to.Path == "" {
		to.Path = "/"
	}
	to.Fragment = ""
	return to
}

// asPage is what a browser sends that opens an address which somebody typed.
func asPage() map[string][]string {
	return map[string][]string{
		"Accept": {"text/html,application/xhtml+xml"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"none"}, "Sec-Fetch-Dest": {"document"},
	}
}

// origin is scheme, host and port as browsers write it.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}
