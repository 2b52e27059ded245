package app

import (
	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// gateway builds what stands before applications.
func (s *Server) gateway(kit *httpkit.Kit) (*gateway.Gateway, error) {
	assertions, err := gateway.NewAssertions(Issuer(s.Config), s.keys.derived[forAssertions], now)
	if err != nil {
		return nil, err
	}
	gate := &gateway.Gate{Policy: s.Rules(), Allowed: s.csrf.Origins().Allowed, Now: now}
	return gateway.New(gateway.Options{Gate: gate, Assertions: assertions, Kit: kit})
}
