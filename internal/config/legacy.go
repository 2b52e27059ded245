package config

import "time"

// mostLegacy bounds the change-over: old tokens know no session, so the time in
// which they count must have an end that somebody chose.
const mostLegacy = 90 * day

func legacyField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			switch v.raw {
			case "accept":
				c.LegacyTokens = true
			case "off", "false":
				c.LegacyTokens = false
			default:
				return &problem{text: "This is not one of the values it can have.", expected: "off or accept"}
			}
			return nil
		},
		show: func(c *Config) string {
			if c.LegacyTokens {
				return "accept"
			}
			return "off"
		},
	}
}

// untilField reads a date, which counts to its end in UTC, or a moment.
func untilField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			start, err := time.Parse(time.DateOnly, v.raw)
			end := start.Add(day - time.Second)
			for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
				if err != nil {
					start, err = time.Parse(form, v.raw)
					end = start
				}
			}
			if err != nil {
				return &problem{
					text:     "This is not a date.",
					expected: "an ISO 8601 date such as 2026-12-31, or a moment with its zone such as 2026-12-31T18:00:00Z",
				}
			}
			if start.After(c.now.Add(mostLegacy)) {
				return &problem{
					text:     "The date lies more than 90 days ahead.",
					expected: "at the latest " + c.now.UTC().Add(mostLegacy).Format(time.DateOnly),
					hint:     "Old tokens live 60 minutes, so a short time is enough for every client to change.",
				}
			}
			c.LegacyTokensUntil = end.UTC()
			return nil
		},
		show: func(c *Config) string {
			if c.LegacyTokensUntil.IsZero() {
				return ""
			}
			return c.LegacyTokensUntil.Format(time.RFC3339)
		},
	}
}
