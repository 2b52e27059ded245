package app

import (
	"context"
	"net/url"
	"slices"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Rules are those in force.
func (c *Core) Rules() *policy.Policy { return RulesOf(c.Config) }

// RulesOf are those of POLICY_FILE. Without one, whoever is signed in may reach
// the hosts that people sign in for: ours, and those of CORS_ORIGINS and UPSTREAMS.
func RulesOf(cfg *config.Config) *policy.Policy {
	if cfg.Policy != nil {
		return cfg.Policy
	}
	var hosts []string
	add := func(raw string) {
		if host, err := policy.Host(raw); err == nil && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	add(cfg.PublicURL.Host)
	for _, origin := range cfg.CORSOrigins {
		if u, err := url.Parse(origin); err == nil {
			add(u.Host)
		}
	}
	for _, u := range cfg.Upstreams {
		add(u.Host)
	}
	return policy.Default(hosts...)
}

// Reach tries the rules on an account as it is now, in every way that it has, or
// in the one session that is named. Nobody is a stranger.
func (c *Core) Reach(ctx context.Context, at policy.Place, u *account.User, one string) (policy.Trial, error) {
	if u == nil {
		return c.Rules().Try(at, nil, now()), nil
	}
	ways, err := c.waysOf(ctx, u)
	if err != nil {
		return policy.Trial{}, err
	}
	all := c.Rules().Try(at, ways, now())
	if one == "" {
		return all, nil
	}
	if ways, err = c.wayOf(ctx, u, one); err != nil {
		return policy.Trial{}, err
	}
	t := c.Rules().Try(at, ways, now())
	if !t.Allowed {
		t.Mends(all)
	}
	return t, nil
}

func (c *Core) waysOf(ctx context.Context, u *account.User) ([]policy.Way, error) {
	what, err := c.Login.Security(ctx, u)
	if err != nil {
		return nil, err
	}
	ways := c.Login.Ways(u, what)
	if u.Refusal() != "" {
		return nil, nil
	}
	tokens, err := c.Store.ListTokens(ctx, u.ID, now())
	for i := range tokens {
		ways = append(ways, login.WayOf(&tokens[i], "the token “"+tokens[i].Name+"”"))
	}
	return ways, err
}

// wayOf is one session or personal access token that lives.
func (c *Core) wayOf(ctx context.Context, u *account.User, id string) ([]policy.Way, error) {
	all, err := c.Login.Sessions(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	tokens, err := c.Store.ListTokens(ctx, u.ID, now())
	if err != nil {
		return nil, err
	}
	for _, s := range append(all, tokens...) {
		if s.ID == id && u.Refusal() == "" {
			return []policy.Way{login.WayOf(&s, sessionName(&s))}, nil
		}
	}
	return nil, fault.New("not_found", "session_unknown", "No session or token of "+u.Email+
		" that lives has the id "+id+". To list them: aiwfe-auth session list --email "+u.Email)
}

func sessionName(s *session.Session) string {
	if s.Kind == session.KindPersonal {
		return "the token “" + s.Name + "”"
	}
	return "the session " + s.ID + ", begun or proven by " + s.Method
}
