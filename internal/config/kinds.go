package config

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// field is how one setting is read into the Config and shown again. What show
// returns is safe to print.
type field struct {
	parse func(*Config, value) *problem
	show  func(*Config) string
}

func text(at func(*Config) *string) field {
	return field{
		parse: func(c *Config, v value) *problem { *at(c) = v.raw; return nil },
		show:  func(c *Config) string { return *at(c) },
	}
}

func choice(at func(*Config) *string, allowed ...string) field {
	return field{
		parse: func(c *Config, v value) *problem {
			for _, a := range allowed {
				if v.raw == a {
					*at(c) = a
					return nil
				}
			}
			return &problem{text: "This is not one of the values it can have.", expected: strings.Join(allowed, " or ")}
		},
		show: func(c *Config) string { return *at(c) },
	}
}

func onOff(at func(*Config) *bool) field {
	return field{
		parse: func(c *Config, v value) *problem {
			switch strings.ToLower(v.raw) {
			case "on", "true", "yes", "1":
				*at(c) = true
			case "off", "false", "no", "0":
				*at(c) = false
			default:
				return &problem{text: "This says neither yes nor no.", expected: "on or off"}
			}
			return nil
		},
		show: func(c *Config) string {
			if *at(c) {
				return "on"
			}
			return "off"
		},
	}
}

func number(at func(*Config) *int, least, most int) field {
	return field{
		parse: func(c *Config, v value) *problem {
			n, err := strconv.Atoi(v.raw)
			if err != nil || n < least || n > most {
				return &problem{
					text:     "This is not a number within its bounds.",
					expected: fmt.Sprintf("a whole number from %d to %d", least, most),
				}
			}
			*at(c) = n
			return nil
		},
		show: func(c *Config) string { return strconv.Itoa(*at(c)) },
	}
}

func duration(at func(*Config) *time.Duration, least time.Duration) field {
	return field{
		parse: func(c *Config, v value) *problem {
			d, p := parseDuration(v.raw, least)
			if p == nil {
				*at(c) = d
			}
			return p
		},
		show: func(c *Config) string { return showDuration(*at(c)) },
	}
}

func limit(at func(*Config) *Limit) field {
	return field{
		parse: func(c *Config, v value) *problem {
			count, per, ok := strings.Cut(v.raw, "/")
			n, err := strconv.Atoi(count)
			if !ok || err != nil || n < 1 || n > 1_000_000 {
				return &problem{
					text:     "This is not a count and a time.",
					expected: "attempts, a slash and a duration, such as 10/15m",
				}
			}
			d, p := parseDuration(per, time.Second)
			if p == nil {
				*at(c) = Limit{N: n, Per: d}
			}
			return p
		},
		show: func(c *Config) string {
			if at(c).N == 0 {
				return ""
			}
			return strconv.Itoa(at(c).N) + "/" + showDuration(at(c).Per)
		},
	}
}

func secretText(at func(*Config) *secret.Value) field {
	return field{
		parse: func(c *Config, v value) *problem { *at(c) = secret.FromString(v.raw); return nil },
		show:  func(c *Config) string { return showSecret(*at(c)) },
	}
}

// secretList keeps the bytes of each key as given, white space included: the
// other end of a rotation may have used them so. An empty key is refused, since
// everybody can sign with it.
func secretList(at func(*Config) *[]secret.Value) field {
	return field{
		parse: func(c *Config, v value) *problem {
			var keys []secret.Value
			for i, one := range v.items {
				if strings.TrimSpace(one) == "" {
					return &problem{
						text:     fmt.Sprintf("Key %d of the list is empty.", i+1),
						expected: "keys separated by single commas, or one a line in the _FILE form",
					}
				}
				keys = append(keys, secret.FromString(one))
			}
			*at(c) = keys
			return nil
		},
		show: func(c *Config) string {
			var all []string
			for _, k := range *at(c) {
				all = append(all, showSecret(k))
			}
			return strings.Join(all, "; ")
		},
	}
}

func database(at func(*Config) *DatabaseURL) field {
	return field{
		parse: func(c *Config, v value) *problem {
			d, p := parseDatabaseURL(v.raw, c.DataDir)
			if p == nil {
				*at(c) = d
			}
			return p
		},
		show: func(c *Config) string { return at(c).Masked },
	}
}

func logLevelField(at func(*Config) *slog.Level) field {
	return field{
		parse: func(c *Config, v value) *problem {
			level, ok := map[string]slog.Level{
				"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError,
			}[strings.ToLower(v.raw)]
			if !ok {
				return &problem{text: "There is no such level.", expected: "debug, info, warn or error"}
			}
			*at(c) = level
			return nil
		},
		show: func(c *Config) string { return strings.ToLower(at(c).String()) },
	}
}

// showSecret tells enough to compare two nodes and nothing more.
func showSecret(v secret.Value) string {
	if v.Empty() {
		return ""
	}
	return fmt.Sprintf("set, %d bytes, fingerprint %s", v.Len(), v.Fingerprint())
}
