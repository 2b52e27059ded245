package app

import (
	"context"
	"slices"
	"sync"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Policy tells the rules that hold now, and how the applications are.
func (s *Server) Policy(ctx context.Context) api.Policy {
	return api.Policy{
		File: s.Config.PolicyFile, Refused: s.rounds.outdated(), Rules: RulesTold(s.Config),
		Applications: applicationsTold(ctx, s.Config.AllUpstreams()),
	}
}

// RulesTold are the rules in force as people read them.
func RulesTold(cfg *config.Config) []api.PolicyRule {
	l := RulesOf(cfg)
	list := make([]api.PolicyRule, 0, len(l.Rules))
	for i := range l.Rules {
		list = append(list, *ruleTold(&l.Rules[i]))
	}
	return list
}

func ruleTold(r *policy.Rule) *api.PolicyRule {
	if r == nil {
		return nil
	}
	some := func(list []string) []string { return append([]string{}, list...) }
	return &api.PolicyRule{
		Name: r.Name, Line: r.Line, Hosts: some(r.Hosts), Paths: some(r.Paths), Methods: some(r.Methods),
		Allow: r.Allow, Roles: some(r.Roles), Scopes: some(r.Scopes), Proof: r.Proof,
		FreshSeconds: int(r.Fresh.Seconds()), Where: r.Where(), Wants: r.Wants(),
	}
}

// applicationsTold tries each address once, whatever is served from it, all at the
// same time and as the doctor does.
func applicationsTold(ctx context.Context, all []config.Upstream) []api.PolicyApplication {
	list := make([]api.PolicyApplication, len(all))
	var tried sync.WaitGroup
	for i, u := range all {
		list[i] = api.PolicyApplication{Host: u.Host, Path: u.Path, URL: u.URL.String()}
		if first := slices.IndexFunc(all, func(o config.Upstream) bool { return o.URL.String() == list[i].URL }); first == i {
			tried.Go(func() { list[i].Connects = inside.Connects(ctx, u.URL) == nil })
		}
	}
	tried.Wait()
	for i := range list {
		first := slices.IndexFunc(list, func(o api.PolicyApplication) bool { return o.URL == list[i].URL })
		list[i].Connects = list[first].Connects
	}
	return list
}
