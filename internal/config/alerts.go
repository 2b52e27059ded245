package config

import (
	"net/mail"
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
