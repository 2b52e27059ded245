package config

import (
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// addressesField takes plain mail addresses.
func addressesField(at func(*Config) *[]string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			var all []string
			for _, one := range v.items {
				if a, err := mail.ParseAddress(one); err != nil || a.Address != one {
					return &problem{text: "Part " + part(one) + " is not a mail address.", expected: "addresses separated by commas, such as ops@example.com"}
				}
				all = append(all, one)
			}
			*at(c) = all
			return nil
		},
		show: func(c *Config) string { return strings.Join(*at(c), ",") },
	}
}

// syslogField takes the address of a syslog server.
func syslogField(at func(*Config) *string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			u, err := url.Parse(v.raw)
			network := err == nil && slices.Contains([]string{"udp", "tcp", "tls"}, u.Scheme) && u.Hostname() != "" && strings.Trim(u.Path, "/") == ""
			local := err == nil && u.Scheme == "unix" && u.Host == "" && u.Path != ""
			if !network && !local || u.User != nil || u.RawQuery != "" {
				return &problem{text: "This is not the address of a syslog server.", expected: "udp://, tcp:// or tls:// with host and port, or unix:///dev/log"}
			}
			*at(c) = v.raw
			return nil
		},
		show: func(c *Config) string { return *at(c) },
	}
}

// percent takes a part of a hundred, "5%" or "5".
func percent(at func(*Config) *float64, least, most float64) field {
	return field{
		parse: func(c *Config, v value) *problem {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(v.raw, "%")), 64)
			if err != nil || !(n >= least && n <= most) {
				return &problem{text: "This is not a part of a hundred within its bounds.", expected: "such as 5%, from " +
					strconv.FormatFloat(least, 'f', -1, 64) + "% to " + strconv.FormatFloat(most, 'f', -1, 64) + "%"}
			}
			*at(c) = n / 100
			return nil
		},
		show: func(c *Config) string { return strconv.FormatFloat(*at(c)*100, 'g', 6, 64) + "%" },
	}
}

// allowField takes what may be reached beside the public internet.
func allowField(at func(*Config) *[]string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			for _, one := range v.items {
				_, network := netip.ParsePrefix(one)
				_, address := netip.ParseAddr(strings.Trim(one, "[]"))
				if network != nil && address != nil && strings.ContainsAny(one, "/:*@ ") {
					return &problem{
						text:     "Part " + part(one) + " is neither a host name nor an address nor a network.",
						expected: "names, addresses or networks separated by commas, such as hooks.internal,10.1.0.0/16",
					}
				}
			}
			*at(c) = v.items
			return nil
		},
		show: func(c *Config) string { return strings.Join(*at(c), ",") },
	}
}

// checkAlerts tells of receivers that would not get what they should.
func (l *loader) checkAlerts() {
	c := l.c
	for _, name := range []string{"ALERT_WEBHOOK_URL", "ALERT_SLACK_URL"} {
		s, _, _ := lookup(name)
		raw := c.AlertWebhookURL
		if name == "ALERT_SLACK_URL" {
			raw = c.AlertSlackURL
		}
		if l.sound(name) && strings.HasPrefix(string(raw.Reveal()), "http:") && !c.Environment.Relaxed() {
			l.fault(s.name, problem{
				text:     "In " + string(c.Environment) + " it must be https, for anybody on the way could read and change what is sent.",
				expected: "an address that begins with https://", cause: "config_invalid", strict: true,
			})
		}
	}
	if !c.AlertWebhookURL.Empty() && c.AlertWebhookSecret.Empty() && l.sound("ALERT_WEBHOOK_SECRET") {
		l.warn("ALERT_WEBHOOK_SECRET is not set, so webhooks of alerts are not signed: their receiver cannot tell them from a stranger's.")
	}
	if len(c.AlertMail) > 0 && c.SMTPURL.Empty() && !c.Environment.Relaxed() && l.sound("SMTP_URL", "ALERT_MAIL") {
		l.warn("ALERT_MAIL is set and SMTP_URL is not: no alert is sent by mail.")
	}
}
