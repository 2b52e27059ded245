package config

import (
	"net/netip"
	"net/url"
	"strings"
)

// outboundField reads what webhooks may reach beside the public internet.
func outboundField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			for _, one := range v.items {
				if one == "" || !isNetwork(one) && strings.ContainsAny(one, "/:*@ ") {
					return &problem{
						text:     part(one) + " is neither a host name nor an address nor a network.",
						expected: "hosts, addresses or networks separated by commas, such as hooks.internal, 10.1.0.0/16",
					}
				}
			}
			c.OutboundAllow = v.items
			return nil
		},
		show: func(c *Config) string { return strings.Join(c.OutboundAllow, ",") },
	}
}

func isNetwork(text string) bool {
	_, notNetwork := netip.ParsePrefix(text)
	_, notAddress := netip.ParseAddr(text)
	return notNetwork == nil || notAddress == nil
}

// syslogField reads the address of a syslog server, which has no secret in it.
func syslogField(at func(*Config) *string) field {
	f := text(at)
	f.parse = func(c *Config, v value) *problem {
		u, err := url.Parse(v.raw)
		known := err == nil && u.User == nil && u.RawQuery == "" && u.Fragment == ""
		if known && u.Scheme == "unix" {
			known = u.Host == "" && u.Path != ""
		} else if known {
			known = (u.Scheme == "udp" || u.Scheme == "tcp" || u.Scheme == "tls") && u.Hostname() != "" && strings.Trim(u.Path, "/") == ""
		}
		if !known {
			return &problem{
				text:     "This is not the address of a syslog server.",
				expected: "udp://, tcp:// or tls://host:port, such as tls://logs.example.com:6514, or unix:///dev/log",
			}
		}
		*at(c) = v.raw
		return nil
	}
	return f
}

// optional shows a value that stands for none as nothing.
func optional(f field, none string) field {
	show := f.show
	f.show = func(c *Config) string {
		if text := show(c); text != none {
			return text
		}
		return ""
	}
	return f
}
