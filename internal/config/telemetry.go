package config

import (
	"net/url"
	"strconv"
)

// collector is the address of an OpenTelemetry collector. What proves who we are
// belongs into OTEL_EXPORTER_OTLP_HEADERS, which is never shown.
func collector(at func(*Config) *string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			u, err := url.Parse(v.raw)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
				return &problem{
					text:     "This is not the address of a collector.",
					expected: "http or https, a host and perhaps a path, without a user, such as http://127.0.0.1:4318",
				}
			}
			*at(c) = v.raw
			return nil
		},
		show: func(c *Config) string { return *at(c) },
	}
}

// part01 is a number from 0 to 1, kept as somebody wrote it.
func part01(at func(*Config) *string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			if n, err := strconv.ParseFloat(v.raw, 64); err != nil || !(n >= 0 && n <= 1) {
				return &problem{text: "This is not a part of a whole.", expected: "a number from 0 to 1, such as 0.1"}
			}
			*at(c) = v.raw
			return nil
		},
		show: func(c *Config) string { return *at(c) },
	}
}
