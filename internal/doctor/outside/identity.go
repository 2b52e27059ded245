package outside

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// identity holds the address at which the server was asked against the one that
// it believes to have: cookies, origins, links and tokens are made from it.
func (x *outside) identity(_ context.Context, r *doctor.Result) {
	believed, err := url.Parse(x.found.PublicURL)
	if x.found.PublicURL == "" || err != nil || believed.Host == "" {
		r.Say("the server does not say")
		return
	}
	if origin(believed) == origin(x.at) && strings.Trim(believed.Path, "/") == strings.Trim(x.at.Path, "/") {
		r.Say("%s", x.found.PublicURL)
		return
	}
	if believed.Scheme == x.at.Scheme && loopback(believed.Hostname()) && loopback(x.at.Hostname()) && portOf(believed) == portOf(x.at) {
		r.Note("another_name_of_this_machine", "The server's address is %s; %s is another name of the same machine.", origin(believed), origin(x.at))
		return
	}
	f := api.Finding{
		Code: "public_url_mismatch", Expected: "PUBLIC_URL is " + origin(x.at),
		Setting:  cmp.Or(x.setting("PUBLIC_URL"), "PUBLIC_URL"),
		Evidence: fmt.Sprintf("asked at %s, and GET %s says that the server's address is %s", origin(x.at), configPath, origin(believed)),
		Remedy:   "Set PUBLIC_URL=" + origin(x.at) + " and restart the server, or use " + origin(believed) + " as the address.",
	}
	if x.inside() {
		f.Cause = "The running server was started with another PUBLIC_URL than the configuration at hand has, or it is another server."
		f.Remedy = "Restart the server with the configuration at hand: PUBLIC_URL=" + origin(x.at) + "."
		if origin(x.URL) != origin(x.at) {
			f.Cause = "People reach the server by https, and it believes that its address is plain http."
			f.Remedy = "Set PUBLIC_URL=" + origin(x.at) + " and restart the server."
		}
	}
	r.Find(f)
}

// health reads what the server says of its own parts.
func (x *outside) health(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: healthPath})
	if err != nil {
		r.Unable("GET "+x.url(healthPath), err)
		return
	}
	h := api.Health{}
	if err := json.Unmarshal(a.body, &h); err != nil || h.Status == "" {
		r.Say("%s", said("GET "+x.url(healthPath), a))
		return
	}
	bad := complaints(h)
	switch {
	case a.status == http.StatusServiceUnavailable || h.Status == "unhealthy":
		r.Find(api.Finding{
			Code: "server_unhealthy", Expected: "200 and healthy",
			Evidence: strings.Join(append([]string{said("GET "+x.url(healthPath), a) + ", " + h.Status}, bad...), "\n"),
		})
	case h.Status == "degraded":
		r.Note("server_degraded", "The server calls itself degraded: %s.", strings.Join(bad, ", "))
	default:
		r.Say("%s", h.Status)
	}
}

// complaints are the checks of a health answer that are not as they should be.
func complaints(h api.Health) (bad []string) {
	fine := []string{"connected", "operational", "healthy", "ok", "up", "current", "none", "off"}
	for name, state := range h.Checks {
		if !slices.Contains(fine, state) {
			bad = append(bad, name+": "+state)
		}
	}
	slices.Sort(bad)
	return bad
}
