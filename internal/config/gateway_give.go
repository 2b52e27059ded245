package config

import (
	"net/url"
	"slices"
	"strings"
)

// Gives are the lines of the settings that let people reach these origins: each
// whole, with what stands in it now.
func (c *Config) Gives(origins ...string) (lines []string) {
	list, hosts := slices.Clone(c.CORSOrigins), []string{}
	domain, ruled := false, []string{}
	for _, origin := range origins {
		l := c.Lacks(origin)
		if l.Never != "" {
			continue
		}
		host := hostOf(origin)
		if l.Origin {
			list = append(list, origin)
		}
		if l.Rule {
			ruled = append(ruled, host)
		}
		hosts, domain = append(hosts, host), domain || l.Domain
	}
	if len(list) > len(c.CORSOrigins) {
		lines = append(lines, "CORS_ORIGINS="+strings.Join(list, ","))
	}
	if d := c.CookieDomain; domain {
		if d != "" {
			hosts = append(hosts, d)
		}
		lines = append(lines, "COOKIE_DOMAIN="+c.SharedDomain(hosts...))
	}
	if len(ruled) > 0 {
		lines = append(lines, "a rule in "+c.PolicyFile+", such as   - {hosts: ["+strings.Join(ruled, ", ")+"]}")
	}
	return lines
}

func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
