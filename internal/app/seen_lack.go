package app

import (
	"net/url"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/watch"
)

// lacking puts what an origin lacks into the words of the detectors.
func lacking(cfg *config.Config, origin string) (out watch.Lack) {
	l := cfg.Lacks(origin)
	out.Never = l.Never
	for _, one := range []struct {
		name  string
		lacks bool
	}{{"CORS_ORIGINS", l.Origin}, {"COOKIE_DOMAIN", l.Domain}, {"POLICY_FILE", l.Rule}} {
		if one.lacks {
			out.Settings = append(out.Settings, inside.Named(one.name, cfg.Origin(one.name)))
		}
	}
	if u, err := url.Parse(origin); err == nil {
		out.Ours = cfg.SharedDomain(u.Hostname()) != ""
	}
	return out
}
