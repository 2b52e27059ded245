package config

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Upstream is an application behind this server.
type Upstream struct {
	// Host is the name it is asked for by, "" for that of PUBLIC_URL.
	Host string
	// Path is the prefix of whole segments that is its own: / or /api.
	Path string
	// URL is where it listens: http or https, without a path.
	URL *url.URL
}

// String is the upstream as it is written in UPSTREAMS.
func (u Upstream) String() string { return u.Host + u.Path + "=" + u.URL.String() }

// AllUpstreams are those of UPSTREAM_URL and UPSTREAMS, the most exact first.
func (c *Config) AllUpstreams() []Upstream {
	list := slices.Clone(c.Upstreams)
	if c.UpstreamURL != nil {
		list = append(list, Upstream{Path: "/", URL: c.UpstreamURL})
	}
	slices.SortStableFunc(list, func(a, b Upstream) int { return len(b.Path) - len(a.Path) })
	return list
}

// policyField reads the rules at once, so that a faulty file stops the start,
// and a reload of one changes nothing.
func policyField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			content, err := os.ReadFile(v.raw)
			if err != nil {
				return &problem{text: "The file of rules cannot be read: " + reason(err) + ".", expected: "the path of a YAML file that this user may read", cause: "policy_invalid"}
			}
			rules, wrong := policy.Parse(content)
			if len(wrong) > 0 {
				lines := make([]string, len(wrong))
				for i, w := range wrong {
					lines[i] = v.raw + ", " + w.String()
					if w.Line == 0 {
						lines[i] = v.raw + ": " + w.Text
					}
				}
				return &problem{text: strings.Join(lines, "\n  "), expected: "rules as in docs/guide/policy.md", cause: "policy_invalid"}
			}
			c.PolicyFile, c.Policy, c.policyText = v.raw, rules, string(content)
			c.files = append(c.files, v.raw)
			return nil
		},
		show: func(c *Config) string { return c.PolicyFile },
	}
}

func upstreamURLField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			u, p := upstreamURL(v.raw)
			c.UpstreamURL = u
			return p
		},
		show: func(c *Config) string {
			if c.UpstreamURL == nil {
				return ""
			}
			return c.UpstreamURL.String()
		},
	}
}

func upstreamURL(raw string) (*url.URL, *problem) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, &problem{
			text:     "This is not the address of an application.",
			expected: "http or https, a host and perhaps a port, without a path or a password, such as http://127.0.0.1:8000",
		}
	}
	u.Path, u.RawPath = "", ""
	return u, nil
}

func upstreamsField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			var list []Upstream
			for _, item := range v.items {
				one, p := upstreamOf(item)
				if p != nil {
					return p
				}
				if slices.ContainsFunc(list, func(o Upstream) bool { return o.Host == one.Host && o.Path == one.Path }) {
					return &problem{text: "Two applications are at " + one.Host + one.Path + ".", expected: "each host and path once"}
				}
				list = append(list, one)
			}
			c.Upstreams = list
			return nil
		},
		show: func(c *Config) string {
			var list []string
			for _, u := range c.Upstreams {
				list = append(list, u.String())
			}
			return strings.Join(list, ",")
		},
	}
}

func upstreamOf(item string) (Upstream, *problem) {
	wrong := func(format string, a ...any) *problem {
		return &problem{text: fmt.Sprintf(format, a...), expected: "places and addresses separated by commas, such as /api=http://127.0.0.1:8000, app.example.com/=http://127.0.0.1:3000"}
	}
	place, address, ok := strings.Cut(item, "=")
	host, path, slash := strings.Cut(place, "/")
	if !ok || !slash {
		return Upstream{}, wrong("%s is not of the form host/path=address.", part(item))
	}
	path = "/" + path
	if plain, err := policy.Path(path); err != nil || plain != path || path != "/" && strings.HasSuffix(path, "/") {
		return Upstream{}, wrong("The path of %s is none: whole segments, decoded, without a slash at the end.", part(item))
	}
	if host != "" {
		if name, err := policy.Host(host); err != nil || name != host {
			return Upstream{}, wrong("The host of %s is none: a name in lower case, without a port.", part(item))
		}
	}
	u, p := upstreamURL(address)
	return Upstream{host, path, u}, p
}
