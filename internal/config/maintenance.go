package config

import (
	"net/mail"
	"slices"
	"strings"
	"time"
)

var maintenanceKinds = []string{"daily", "weekly", "monthly"}

// scheduleField reads which maintenance the server does by itself.
func scheduleField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			expected := "daily, weekly, monthly, several of them separated by commas, or off"
			kinds := []string{}
			for _, one := range v.items {
				one = strings.ToLower(one)
				switch {
				case one == "off" && len(v.items) > 1:
					return &problem{text: "It says off, and names a kind beside it.", expected: expected}
				case one == "off":
				case !slices.Contains(maintenanceKinds, one):
					return &problem{text: part(one) + " is no kind of maintenance.", expected: expected}
				case !slices.Contains(kinds, one):
					kinds = append(kinds, one)
				}
			}
			c.MaintenanceSchedule = kinds
			return nil
		},
		show: func(c *Config) string {
			if len(c.MaintenanceSchedule) == 0 {
				return "off"
			}
			return strings.Join(c.MaintenanceSchedule, ", ")
		},
	}
}

// zoneField reads a time zone by its name. "Local" is refused: two nodes may
// have two of them.
func zoneField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			zone, err := time.LoadLocation(v.raw)
			if err != nil || v.raw == "Local" {
				return &problem{
					text:     part(v.raw) + " is no time zone that this machine knows.",
					expected: "UTC, or a name such as Europe/Berlin",
					hint:     "The names come with the package tzdata of this system; UTC works without it.",
				}
			}
			c.MaintenanceTimeZone = zone
			return nil
		},
		show: func(c *Config) string {
			if c.MaintenanceTimeZone == nil {
				return ""
			}
			return c.MaintenanceTimeZone.String()
		},
	}
}

func plainAddressField(at func(*Config) *string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			a, err := mail.ParseAddress(v.raw)
			if err != nil || a.Name != "" {
				return &problem{text: "This is not one mail address.", expected: "an address such as ops@example.com"}
			}
			*at(c) = a.Address
			return nil
		},
		show: func(c *Config) string { return *at(c) },
	}
}

// checkMaintenance tells that nobody will get a report. In development and test
// letters go to the log.
func (l *loader) checkMaintenance() {
	if c := l.c; c.MaintenanceMail != "" && c.SMTPURL.Empty() && !c.Environment.Relaxed() && l.sound("SMTP_URL") {
		l.warn("MAINTENANCE_MAIL is set and SMTP_URL is not: no report is sent by mail.")
	}
}
