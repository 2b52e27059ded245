package inside

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// applicationPatience is how long an application may take to take a connection.
const applicationPatience = 2 * time.Second

// rulesFile tells of a file of rules that others can change. A folder that is
// closed to them keeps them out.
func (in *inside) rulesFile(r *doctor.Result) {
	path := in.cfg.PolicyFile
	info, err := os.Stat(path)
	if path == "" || err != nil || info.Mode().Perm()&0o022 == 0 || closedAbove(path) || mounted(path) {
		return
	}
	r.Find(api.Finding{
		Code: "policy_file_open", Evidence: fmt.Sprintf("%s has mode %04o", path, info.Mode().Perm()),
		Expected: "a mode such as 0644, which only its owner may write by", Remedy: "chmod go-w " + path,
		Setting: setting("POLICY_FILE", in.cfg.Origin("POLICY_FILE")),
	})
}

func (in *inside) applicationChecks() []doctor.Check {
	return []doctor.Check{{
		Name: "applications", Title: "The applications behind this server take connections",
		Needs: []string{"config", "settings_rules", "settings_address"}, Run: in.applications,
	}}
}

// applications asks each address once, whatever is served from it.
func (in *inside) applications(ctx context.Context, r *doctor.Result) {
	all := in.cfg.AllUpstreams()
	if len(all) == 0 || in.cfg.PublicURL == nil {
		r.Skip("neither UPSTREAM_URL nor UPSTREAMS is set")
		return
	}
	found := make(chan *api.Finding)
	asked := map[string]bool{}
	for _, u := range all {
		if !asked[u.URL.String()] {
			asked[u.URL.String()] = true
			go func() { found <- in.application(ctx, u) }()
		}
	}
	for range asked {
		if f := <-found; f != nil {
			r.Find(*f)
		}
	}
	r.Say("%d of them", len(asked))
}

// application is what is wrong with one, nil for nothing.
func (in *inside) application(ctx context.Context, u config.Upstream) *api.Finding {
	name := "UPSTREAMS"
	if u.URL == in.cfg.UpstreamURL {
		name = "UPSTREAM_URL"
	}
	f := &api.Finding{
		Code: "application_unreachable", Setting: setting(name, in.cfg.Origin(name)),
		Expected: "the application of " + cmp.Or(u.Host, "this host") + u.Path + " at " + u.URL.String(),
	}
	if in.itself(ctx, u.URL) {
		f.Code, f.Evidence = "upstream_loop", u.URL.String()+" is answered by this server itself"
		f.Remedy = remedy(name, in.cfg.Origin(name), "the address where the application listens", "")
		return f
	}
	err := Connects(ctx, u.URL)
	if err == nil {
		return in.otherLanguage(ctx, u.URL, f)
	}
	f.Evidence = "a connection to " + u.URL.String() + ": " + plain(err)
	f.Remedy = mends(u.URL, name, err)
	return f
}

// itself says whether an address leads back here: by what is written, and where
// there is time by what answers.
func (in *inside) itself(ctx context.Context, u *url.URL) bool {
	host, port := u.Hostname(), cmp.Or(u.Port(), usualPort[u.Scheme])
	public := in.cfg.PublicURL
	if strings.EqualFold(host, public.Hostname()) && port == cmp.Or(public.Port(), usualPort[public.Scheme]) {
		return true
	}
	if own, at, err := net.SplitHostPort(in.cfg.ListenAddr); err == nil && port == at && port != "0" {
		ip := net.ParseIP(own)
		if strings.EqualFold(host, own) || loopback(host) && (own == "" || loopback(own) || ip != nil && ip.IsUnspecified()) {
			return true
		}
	}
	if in.Cheap {
		return false
	}
	a := in.ask(ctx, u.Scheme, net.JoinHostPort(host, port))
	return a.ours && a.config.PublicURL == public.String()
}
