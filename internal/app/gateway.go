package app

import (
	"net/url"

	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// gateway builds what stands before applications.
func (s *Server) gateway(kit *httpkit.Kit) (*gateway.Gateway, error) {
	assertions, err := gateway.NewAssertions(Issuer(s.Config), s.keys.derived[forAssertions], now)
	if err != nil {
		return nil, err
	}
	gate := &gateway.Gate{Policy: s.rules(), Allowed: s.csrf.Origins().Allowed, Now: now}
	return gateway.New(gateway.Options{Gate: gate, Assertions: assertions, Kit: kit, KeepSession: s.Config.UpstreamCredentials == "cookie"})
}

// rules are those of POLICY_FILE. Without one, whoever is signed in may reach
// the hosts that people sign in for: ours, and those of CORS_ORIGINS.
func (s *Server) rules() *policy.Policy {
	if s.Config.Policy != nil {
		return s.Config.Policy
	}
	hosts := []string{s.Config.PublicURL.Hostname()}
	for _, origin := range s.Config.CORSOrigins {
		if u, err := url.Parse(origin); err == nil {
			hosts = append(hosts, u.Hostname())
		}
	}
	for _, u := range s.Config.Upstreams {
		if u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	return policy.Default(hosts...)
}
