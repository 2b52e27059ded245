package outside

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// tokens are the answers with CSRF tokens that later checks look at.
type tokens struct {
	first *answer // with no cookie sent
	token string  // that belongs to what the jar holds
}

// fresh asks twice as two strangers: who gets another's token cannot sign in,
// or worse, signs in as somebody else.
func (x *outside) fresh(ctx context.Context, r *doctor.Result) {
	first, err := x.public.ask(ctx, request{path: tokenPath})
	if err != nil {
		r.Unable("GET "+x.url(tokenPath), err)
		return
	}
	second, err := x.public.ask(ctx, request{path: tokenPath})
	if err != nil {
		r.Unable("GET "+x.url(tokenPath)+" for the second time", err)
		return
	}
	x.seen = tokens{first: first, token: token(first)}
	f := api.Finding{Code: "auth_answer_cached", Expected: "Cache-Control: no-store, and another token for each visitor"}
	switch {
	case token(second) == x.seen.token && x.seen.token != "":
		f.Evidence = "two visitors without cookies got the same token from GET " + x.url(tokenPath) + prefixed("\n", cacheSigns(second))
	case hit(second):
		f.Evidence = "GET " + x.url(tokenPath) + " was answered from a cache\n" + cacheSigns(second)
	case storable(first, x.Now()):
		f.Evidence = "the answer to GET " + x.url(tokenPath) + " may be kept\n" + cacheSigns(first)
		f.Cause = "A browser or cache may keep the answer with the CSRF token, and show it again when it no longer counts."
	case x.samePage(ctx):
		f.Evidence = "two visitors without cookies got the same token in the form of GET " + x.url(pagePath)
	default:
		return
	}
	r.Find(f)
}

var formToken = regexp.MustCompile(`name="csrf_token"\s+value="([^"]+)"`)

// samePage says whether the login page itself comes from a cache.
func (x *outside) samePage(ctx context.Context) bool {
	var last string
	for range 2 {
		a, err := x.public.ask(ctx, request{path: pagePath, header: asPage()})
		if err != nil {
			return false
		}
		found := formToken.FindSubmatch(a.body)
		if found == nil {
			return false
		}
		if last == string(found[1]) {
			return true
		}
		last = string(found[1])
	}
	return false
}

// hit says that a cache answered.
func hit(a *answer) bool {
	age, _ := strconv.Atoi(a.Get("Age"))
	for _, name := range []string{"X-Cache", "Cf-Cache-Status", "X-Proxy-Cache", "X-Cache-Status", "X-Varnish-Cache", "Cache-Status"} {
		if strings.Contains(strings.ToLower(a.Get(name)), "hit") {
			return true
		}
	}
	return age > 0
}

// storable says that the answer itself allows to keep it for a while.
func storable(a *answer, now time.Time) bool {
	control := strings.ToLower(strings.Join(a.Values("Cache-Control"), ","))
	if strings.Contains(control, "no-store") || strings.Contains(control, "no-cache") {
		return false
	}
	for part := range strings.SplitSeq(control, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 && (name == "max-age" || name == "s-maxage") {
			return true
		}
	}
	expires, err := http.ParseTime(a.Get("Expires"))
	return err == nil && expires.After(now.Add(5*time.Second)) && !strings.Contains(control, "max-age")
}

func cacheSigns(a *answer) string {
	var out []string
	for _, name := range []string{"Cache-Control", "Expires", "Age", "X-Cache", "Cf-Cache-Status", "X-Proxy-Cache", "X-Cache-Status", "Cache-Status", "Via"} {
		if v := a.Get(name); v != "" {
			out = append(out, name+": "+v)
		}
	}
	return strings.Join(out, ", ")
}

// returned sends the cookies back. The server keeps the name that it gave a
// browser, so another one says that the cookie did not arrive.
func (x *outside) returned(ctx context.Context, r *doctor.Result) {
	at := x.urlOf(tokenPath)
	before := x.jar.cookies(at, false)
	a, err := x.public.ask(ctx, request{path: tokenPath, header: http.Header{"Cookie": {x.jar.header(at)}}})
	if err != nil {
		r.Unable("GET "+x.url(tokenPath)+" with cookies", err)
		return
	}
	lines := x.relevant(a)
	x.judge(at, a, lines)
	x.seen.token = token(a)
	if !x.found.ours {
		r.Say("sent back; whether it arrived shows when a token is used")
		return
	}
	for _, old := range before {
		for _, now := range x.jar.cookies(at, false) {
			if now.name == old.name && now.value != old.value && strings.EqualFold(now.bare(), "aiwfe_csrf") {
				r.Find(api.Finding{
					Code: "cookie_lost_on_return", Expected: "the same value again, which says that the cookie arrived",
					Evidence: fmt.Sprintf("GET %s with the cookie %s that the server had set: it set another value, as for somebody new", x.url(tokenPath), old.name) + x.directKeeps(ctx),
					Setting:  x.setting("the proxy"),
				})
				return
			}
		}
	}
}

// directKeeps tries the same at the listener, where it is known.
func (x *outside) directKeeps(ctx context.Context) string {
	if x.direct == nil {
		return ""
	}
	first, err := x.direct.ask(ctx, request{path: tokenPath})
	if err != nil {
		return ""
	}
	j := newJar(x.Now)
	for _, line := range x.relevant(first) {
		j.set(x.urlOf(tokenPath), line, time.Time{})
	}
	was := j.header(x.urlOf(tokenPath))
	again, err := x.direct.ask(ctx, request{path: tokenPath, header: http.Header{"Cookie": {was}}})
	if err != nil {
		return ""
	}
	for _, line := range x.relevant(again) {
		j.set(x.urlOf(tokenPath), line, time.Time{})
	}
	if j.header(x.urlOf(tokenPath)) == was {
		return "\nasked directly at " + x.Direct.Host + ", it arrives: what stands between takes it away"
	}
	return "\nasked directly at " + x.Direct.Host + ", it is the same"
}
