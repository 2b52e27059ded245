package config

import (
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/api"
)

// cookieDomainField checks the domain by itself; checkCookieDomain holds it
// against PUBLIC_URL. The suffix list counts with its private section: a cookie
// for duckdns.org would be refused by the browser, and one for a shared host
// would reach strangers.
func cookieDomainField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			// RFC 6265 section 5.2.3: a leading dot says nothing.
			d, p := hostName(strings.TrimPrefix(v.raw, "."))
			switch {
			case p != nil:
				return &problem{
					text:     "This is not a domain.",
					expected: "a domain without scheme and port, such as example.com",
					cause:    "cookie_domain_mismatch",
				}
			case isIP(d):
				return &problem{text: "Cookies have no domain on an IP address.", expected: "COOKIE_DOMAIN unset", cause: "cookie_domain_mismatch"}
			}
			if suffix, icann := publicsuffix.PublicSuffix(d); suffix == d {
				cause := api.Cause("cookie_public_suffix")
				if !icann && !strings.Contains(d, ".") { // in no list: a name of this machine or network
					cause = "cookie_domain_mismatch"
				}
				return &problem{
					text:     "This is a public suffix, below which anybody can have a host: browsers refuse such cookies.",
					expected: "your own domain, such as example.com, or COOKIE_DOMAIN unset",
					cause:    cause,
				}
			}
			c.CookieDomain = d
			return nil
		},
		show: func(c *Config) string { return c.CookieDomain },
	}
}

// proxiesField refuses networks so wide that they name nobody: whoever is
// trusted chooses the client address of every limit and audit row
// (CVE-2026-20896 was a default of everybody).
func proxiesField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			expected := "addresses or networks separated by commas, such as 127.0.0.1, 10.0.0.0/8"
			var list []netip.Prefix
			for _, one := range v.items {
				p, err := netip.ParsePrefix(one)
				if a, aerr := netip.ParseAddr(one); aerr == nil && a.Zone() == "" {
					a = a.Unmap()
					p, err = netip.PrefixFrom(a, a.BitLen()), nil
				}
				switch {
				case one == "*" || err == nil && wide(p):
					return &problem{
						text:     part(one) + " trusts half the internet to say who a client is.",
						expected: "the proxies in front of this server only, such as 127.0.0.1, 10.0.0.0/8",
						cause:    "trusted_proxies_too_wide",
					}
				case err != nil:
					return &problem{text: part(one) + " is neither an address nor a network.", expected: expected}
				case p != p.Masked():
					return &problem{
						text:     part(one) + " is an address with the length of a network.",
						expected: p.Addr().String() + " for the one address, or " + p.Masked().String() + " for the network",
					}
				}
				list = append(list, p)
			}
			c.TrustedProxies = list
			return nil
		},
		show: func(c *Config) string {
			all := make([]string, len(c.TrustedProxies))
			for i, p := range c.TrustedProxies {
				all[i] = p.String()
			}
			return strings.Join(all, ",")
		},
	}
}

func wide(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() < 8
	}
	// fc00::/7 is the private half of IPv6 and the widest that makes sense.
	return p.Bits() < 7
}

func dataDirField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			abs, err := filepath.Abs(v.raw)
			if err != nil || strings.ContainsRune(v.raw, 0) {
				return &problem{text: "The path leads nowhere.", expected: "an absolute path, such as /var/lib/aiwfe-auth"}
			}
			c.DataDir = abs
			return nil
		},
		show: func(c *Config) string { return c.DataDir },
	}
}

func mailFromField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			a, err := mail.ParseAddress(v.raw)
			if err != nil {
				return &problem{
					text:     "This is not a mail address.",
					expected: "no-reply@example.com or Example <no-reply@example.com>",
				}
			}
			if a.Name == "" {
				c.MailFrom = a.Address
			} else {
				c.MailFrom = v.raw
			}
			return nil
		},
		show: func(c *Config) string { return c.MailFrom },
	}
}

// contactField takes the Contact of security.txt (RFC 9116 section 2.5.3) on
// one line, for a second line would be another field of that file.
func contactField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			bad := &problem{
				text:     "This is not an address to report to.",
				expected: "mailto:security@example.com or https://example.com/security",
			}
			u, err := url.Parse(v.raw)
			if err != nil || strings.ContainsFunc(v.raw, func(r rune) bool { return r <= ' ' || r > '~' }) {
				return bad
			}
			switch u.Scheme {
			case "mailto":
				if a, err := mail.ParseAddress(u.Opaque); err != nil || a.Address != u.Opaque {
					return bad
				}
			case "https":
				if u.Hostname() == "" || u.User != nil {
					return bad
				}
			default:
				return bad
			}
			c.SecurityContact = v.raw
			return nil
		},
		show: func(c *Config) string { return c.SecurityContact },
	}
}
