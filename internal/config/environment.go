package config

import (
	"strings"
	"time"
)

// Environment decides every safety default.
type Environment string

// The four environments.
const (
	Development Environment = "development"
	Test        Environment = "test"
	Staging     Environment = "staging"
	Production  Environment = "production"
)

// Relaxed is true for development and test, where secrets make themselves and
// registration is open. Anything else, an unknown name included, is strict.
func (e Environment) Relaxed() bool { return e == Development || e == Test }

// Limit is N attempts per time.
type Limit struct {
	N   int
	Per time.Duration
}

// meantEnvironment reads the short names people use, only to choose which
// further faults to tell beside the one about ENVIRONMENT itself. A name it
// does not know is treated as production.
func meantEnvironment(raw string) Environment {
	switch strings.ToLower(raw) {
	case "dev", "develop", "local", "development":
		return Development
	case "tests", "testing", "ci", "test":
		return Test
	case "stage", "stg", "preprod", "staging":
		return Staging
	}
	return Production
}

func environmentField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			switch e := Environment(v.raw); e {
			case Development, Test, Staging, Production:
				c.Environment = e
				return nil
			}
			c.Environment = meantEnvironment(v.raw)
			return &problem{
				text:     "This is not one of the four environments.",
				expected: "development, test, staging or production, in lower case",
				hint:     "If you meant it, write ENVIRONMENT=" + string(c.Environment) + ".",
				cause:    "environment_unknown",
			}
		},
		show: func(c *Config) string { return string(c.Environment) },
	}
}
