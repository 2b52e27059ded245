package app

import (
	"context"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

// Explainer tells why a request was refused, by its id.
func (c *Core) Explainer() *trace.Explainer {
	cfg := c.Config
	s := trace.Settings{
		PublicURL: Issuer(cfg), CookieDomain: cfg.CookieDomain,
		AccountLimit: limit(cfg.LoginLimitAccount), AddressLimit: limit(cfg.LoginLimitAddress),
		CSRFTTL: cfg.CSRFTTL, SessionIdle: cfg.SessionIdle, SessionMax: cfg.SessionMax,
	}
	if cfg.LegacyTokens {
		s.LegacyUntil = cfg.LegacyTokensUntil
	}
	return &trace.Explainer{Source: c.Store, Settings: s, Report: c.explainReport}
}

// explainReport explains the six characters that a browser showed, given in
// capitals; false where nobody knows them.
func (c *Core) explainReport(ctx context.Context, code string) (api.Explained, bool, error) {
	r, ok, err := c.Reports.Report(ctx, code)
	if err != nil || !ok {
		return api.Explained{}, false, err
	}
	return r.Explained(), true, nil
}

func limit(l config.Limit) string { return fmt.Sprintf("%d in %s", l.N, l.Per) }
