package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// parseOrigin reads a web address without path and gives it in its serialised
// form: lower case, punycode, no default port (RFC 6454 section 6.2).
func parseOrigin(raw string) (*url.URL, *problem) {
	expected := "https://auth.example.com, say"
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Host == "" || u.Scheme == "" {
		return nil, &problem{text: "This is not an absolute web address.", expected: expected}
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, &problem{text: "The address is neither http nor https.", expected: expected}
	}
	if u.User != nil {
		return nil, &problem{text: "The address holds a user name or a password.", expected: expected}
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(raw, "#") {
		return nil, &problem{
			text:     "The address has a path, a query or a fragment.",
			expected: "scheme, host and perhaps port alone: " + u.Scheme + "://" + u.Host,
		}
	}
	host, p := hostName(u.Hostname())
	if p != nil {
		return nil, p
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") {
		return nil, &problem{text: "The address ends in a colon without a port.", expected: expected}
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n > 65535) {
		return nil, &problem{text: "The port is not a number up to 65535.", expected: expected}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host += ":" + port
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

// hostName gives a host as browsers send it. A trailing dot makes another
// origin of the same host, so it is refused.
func hostName(h string) (string, *problem) {
	bad := &problem{text: "The host name is not one a browser would accept.", expected: "auth.example.com, say"}
	if a, err := netip.ParseAddr(h); err == nil {
		if a.Zone() != "" {
			return "", bad
		}
		return a.String(), nil
	}
	h = strings.ToLower(h)
	if strings.IndexFunc(h, func(r rune) bool { return r > 0x7f }) >= 0 {
		ascii, err := idna.Lookup.ToASCII(h)
		if err != nil {
			return "", bad
		}
		h = ascii
	}
	for label := range strings.SplitSeq(h, ".") {
		if label == "" || len(label) > 63 || strings.IndexFunc(label, notInHost) >= 0 {
			return "", bad
		}
	}
	if len(h) > 253 {
		return "", bad
	}
	return h, nil
}

// notInHost allows the underscore: container networks have it in host names.
func notInHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

func isIP(host string) bool { _, err := netip.ParseAddr(host); return err == nil }

// isLoopback says whether a host is this machine whatever the network: browsers
// resolve localhost and everything below it to loopback by themselves.
func isLoopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func portOf(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	return port
}

func listenField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			expected := "host:port, such as 127.0.0.1:8080, [::1]:8080 or :8080 for every interface"
			host, port, err := net.SplitHostPort(v.raw)
			if _, bare := strconv.Atoi(v.raw); err != nil && bare == nil {
				return &problem{text: "This is a port without a colon.", expected: ":" + v.raw, hint: "Or set PORT instead."}
			}
			if err != nil || !isPort(port, 0) {
				return &problem{text: "This is not an address to listen on.", expected: expected}
			}
			if host != "" && !isIP(host) {
				if _, p := hostName(host); p != nil {
					return &problem{text: "The host to listen on is neither an address nor a name.", expected: expected}
				}
			}
			c.ListenAddr = v.raw
			return nil
		},
		show: func(c *Config) string { return c.ListenAddr },
	}
}

func portField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			if !isPort(v.raw, 0) {
				return &problem{text: "This is not a port.", expected: "a number from 0 to 65535, such as 8080"}
			}
			c.port = v.raw
			return nil
		},
		show: func(c *Config) string { return c.port },
	}
}

// isPort takes 0 for "any free one" when least is 0.
func isPort(s string, least int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= least && n <= 65535 && s == strconv.Itoa(n)
}

func publicURLField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			u, p := parseOrigin(v.raw)
			if p != nil {
				return p.because("public_url_wrong")
			}
			c.PublicURL = u
			return nil
		},
		show: func(c *Config) string {
			if c.PublicURL == nil {
				return ""
			}
			return c.PublicURL.String()
		},
	}
}

func aliasesField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			var hosts []string
			for _, one := range v.items {
				name := strings.TrimSuffix(one, "/")
				if !strings.Contains(name, "://") {
					name = "https://" + name
				}
				u, p := parseOrigin(name)
				if p != nil || strings.Contains(one, "*") {
					return &problem{
						text:     "Alias " + part(one) + " is not a host name.",
						expected: "host names separated by commas, such as www.example.com",
					}
				}
				hosts = append(hosts, u.Host)
			}
			c.PublicAliases = hosts
			return nil
		},
		show: func(c *Config) string { return strings.Join(c.PublicAliases, ",") },
	}
}

// originsField takes exact origins only: they are compared as text with what a
// browser sends. A pattern or null would let strangers act with the user's
// cookies (ASVS 3.4.2).
func originsField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			for _, one := range v.items {
				if strings.Contains(one, "*") || one == "null" {
					return &problem{
						text:     part(one) + " would let any site act with the user's cookies.",
						expected: "exact origins separated by commas, such as https://app.example.com",
						cause:    "cors_origin_wrong",
					}
				}
				u, p := parseOrigin(one)
				if p != nil {
					return &problem{text: "One of the origins is wrong. " + p.text, expected: p.expected, cause: "cors_origin_wrong"}
				}
				if u.String() != one {
					return &problem{
						text:     part(one) + " is not how a browser writes this origin, so it would never match.",
						expected: u.String(),
						cause:    "cors_origin_wrong",
					}
				}
			}
			c.CORSOrigins = v.items
			return nil
		},
		show: func(c *Config) string { return strings.Join(c.CORSOrigins, ",") },
	}
}
