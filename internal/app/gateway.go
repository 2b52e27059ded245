package app

import (
	"context"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// gateway builds what stands before applications.
func (s *Server) gateway(kit *httpkit.Kit, page func(*httpkit.Request, *fault.Error, string, bool)) (*gateway.Gateway, error) {
	assertions, err := gateway.NewAssertions(Issuer(s.Config), s.keys.derived[forAssertions], now)
	if err != nil {
		return nil, err
	}
	gate := &gateway.Gate{Policy: s.Rules(), Allowed: s.csrf.Origins().Allowed, Now: now}
	return gateway.New(gateway.Options{
		Gate: gate, Assertions: assertions, Kit: kit, KeepSession: s.Config.UpstreamCredentials == "cookie", Page: page,
	})
}

// behind is what of the gateway outlives a change of the configuration.
type behind struct {
	pools   *gateway.Pools
	lasting *gateway.Lasting
	stop    context.CancelFunc
}

func (s *Server) newBehind(ctx context.Context) *behind {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	return &behind{
		pools: gateway.NewPools(ctx), stop: stop,
		lasting: gateway.NewLasting(gateway.LastingOptions{
			Glance: func(ctx context.Context, id string) (*session.Session, string, error) {
				return s.Sessions.Glance(ctx, id)
			},
			Policy: func() *policy.Policy { return s.live().Rules() }, Now: now, Stopping: s.stopping, Most: trips(room(descriptors())),
		}),
	}
}

// proxy builds what hands requests on to applications; nil where there are none.
func (s *Server) proxy(g *gateway.Gateway, kit *httpkit.Kit, reserved []string, page func(*httpkit.Request, *fault.Error, string, bool)) (*gateway.Proxy, error) {
	list := s.Config.AllUpstreams()
	if len(list) == 0 {
		return nil, nil
	}
	o := gateway.ProxyOptions{
		Public: publicHost(s.Config), Reserved: gateway.ReservedBy(reserved), Pools: s.behind.pools, Lasting: s.behind.lasting,
		Timeout: s.Config.UpstreamTimeout, Bearer: s.Config.UpstreamCredentials != "none", Cookie: s.Config.UpstreamCredentials == "cookie",
		Page: page, Took: s.monitor.Proxied, Log: s.Log,
	}
	for _, u := range list {
		o.Upstreams = append(o.Upstreams, gateway.Upstream(u))
	}
	return g.Proxy(o)
}

// upstreams are the states of the applications, for health and metrics.
func (s *Server) upstreams() (list []monitor.Upstream) {
	p := s.live().applications
	if p == nil {
		return nil
	}
	for _, one := range p.States() {
		list = append(list, monitor.Upstream(one))
	}
	return list
}

// publicHost is the host of PUBLIC_URL as requests are compared with it.
func publicHost(cfg *config.Config) string {
	host, err := policy.Host(cfg.PublicURL.Host)
	if err != nil {
		return strings.ToLower(cfg.PublicURL.Hostname())
	}
	return host
}

// home is where people go on after they signed in: to the application whose
// start page is that of our host, if there is one.
func home(cfg *config.Config) string {
	for _, u := range cfg.AllUpstreams() {
		if u.Path == "/" && (u.Host == "" || u.Host == publicHost(cfg)) {
			return "/"
		}
	}
	return ""
}

// applicationHosts are the hosts that are an application's alone.
func applicationHosts(cfg *config.Config) (hosts []string) {
	for _, u := range cfg.Upstreams {
		if u.Host != "" && u.Host != publicHost(cfg) {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}
