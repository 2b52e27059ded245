package config

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
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

// headerValues are the values of name=value, as written and decoded. A short one
// proves nothing, and would be struck out of every text.
func headerValues(list string) (all []secret.Value) {
	for one := range strings.SplitSeq(list, ",") {
		_, v, _ := strings.Cut(one, "=")
		if v = strings.TrimSpace(v); len(v) < 8 {
			continue
		}
		all = append(all, secret.FromString(v))
		if plain, err := url.PathUnescape(v); err == nil && plain != v {
			all = append(all, secret.FromString(plain))
		}
	}
	return all
}
