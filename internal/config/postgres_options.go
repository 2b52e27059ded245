package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// options is the query of a PostgreSQL address in libpq's words.
type options struct {
	pairs []pair
	notes []string
}

// dropped is options of other drivers that decide nothing here, with the reason.
var dropped = map[string]string{
	"prepared_statement_cache_size": "statements are cached or not as the server or pooler needs it",
	"statement_cache_size":          "statements are cached or not as the server or pooler needs it",
	"max_cached_statement_lifetime": "statements are cached or not as the server or pooler needs it",
	"max_cacheable_statement_size":  "statements are cached or not as the server or pooler needs it",
	"prepared_statement_name_func":  "statement names never clash here",
	"async_fallback":                "it belongs to Python's driver",
	"command_timeout":               "every request has its own time limit",
	"pgbouncer":                     "a pooler is recognised by itself",
	"connection_limit":              "DB_MAX_CONNS decides",
	"gssencmode":                    "this program does not speak GSS encryption",
	"sslcompression":                "TLS compression is never used",
	"keepalives":                    "TCP keep-alive is always on",
	"keepalives_idle":               "TCP keep-alive is always on",
	"keepalives_interval":           "TCP keep-alive is always on",
	"keepalives_count":              "TCP keep-alive is always on",
	"tcp_user_timeout":              "every request has its own time limit",
	"load_balance_hosts":            "the first host that answers is used",
	"fallback_application_name":     "application_name decides",
}

// sslModes maps asyncpg's ssl= and libpq's sslmode= to libpq's modes.
var sslModes = map[string]string{
	"true": "require", "1": "require", "false": "disable", "0": "disable",
	"disable": "disable", "allow": "allow", "prefer": "prefer",
	"require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full",
}

// notSettings is what server_settings must not smuggle in.
var notSettings = []string{
	"host", "port", "user", "password", "database", "dbname", "passfile", "service", "servicefile",
	"sslmode", "sslcert", "sslkey", "sslrootcert", "sslpassword", "sslcertmode", "sslnegotiation", "sslsni", "require_auth", "channel_binding",
}

var settingName = regexp.MustCompile(`^[a-z_][a-z0-9_.]*$`)

func translate(query []pair, sqlalchemy bool) (options, *problem) {
	var o options
	var hosts, ports []string
	mode := ""
	for _, one := range query {
		switch why, drop := dropped[one.key]; {
		case drop:
			o.notes = append(o.notes, "The option "+one.key+" of the database address is left out: "+why+".")
		case one.key == "ssl" || one.key == "sslmode":
			m, ok := sslModes[strings.ToLower(one.value)]
			if !ok {
				return o, &problem{
					text:     "The option " + one.key + " of the address is none of the modes there are.",
					expected: "sslmode=disable, allow, prefer, require, verify-ca or verify-full",
				}
			}
			if mode != "" && mode != m {
				return o, &problem{text: "The address asks for two different TLS modes.", expected: "sslmode once"}
			}
			mode = m
		case one.key == "sslcrl" || one.key == "requirepeer" || one.key == "sslcrldir":
			return o, &problem{
				text:     "The address asks for " + one.key + ", which this program cannot honour.",
				expected: "an address without it; leaving it out in silence would be less safe than you think",
			}
		case one.key == "server_settings":
			pairs, p := serverSettings(one.value)
			if p != nil {
				return o, p
			}
			o.pairs = append(o.pairs, pairs...)
		case one.key == "host" && sqlalchemy:
			// SQLAlchemy repeats host=, each perhaps with a port of its own.
			for h := range strings.SplitSeq(one.value, ",") {
				host, port := h, ""
				if i := strings.LastIndex(h, ":"); i >= 0 && !strings.HasPrefix(h, "/") && strings.Count(h, ":") == 1 {
					host, port = h[:i], h[i+1:]
				}
				hosts, ports = append(hosts, host), append(ports, port)
			}
		default:
			o.pairs = append(o.pairs, one)
		}
	}
	if mode != "" {
		o.pairs = append(o.pairs, pair{"sslmode", mode})
	}
	if len(hosts) > 0 {
		o.pairs = append(o.pairs, pair{"host", strings.Join(hosts, ",")})
		if strings.Trim(strings.Join(ports, ""), ",") != "" {
			o.pairs = append(o.pairs, pair{"port", strings.Join(ports, ",")})
		}
	}
	return o, nil
}

// serverSettings reads asyncpg's parameter as JSON ({"jit":"off"}) or as
// name=value pairs with commas (jit=off,timezone=UTC).
func serverSettings(raw string) ([]pair, *problem) {
	bad := &problem{
		text:     "The option server_settings of the address cannot be read.",
		expected: `{"jit":"off"} or jit=off,timezone=UTC, with names of PostgreSQL settings`,
	}
	var out []pair
	if strings.HasPrefix(raw, "{") {
		var m map[string]string
		if json.Unmarshal([]byte(raw), &m) != nil {
			return nil, bad
		}
		for k, v := range m {
			out = append(out, pair{k, v})
		}
		slices.SortFunc(out, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	} else {
		for one := range strings.SplitSeq(raw, ",") {
			k, v, ok := strings.Cut(one, "=")
			if !ok {
				return nil, bad
			}
			out = append(out, pair{strings.TrimSpace(k), strings.TrimSpace(v)})
		}
	}
	for _, one := range out {
		if !settingName.MatchString(one.key) || slices.Contains(notSettings, one.key) {
			return nil, bad
		}
	}
	return out, nil
}
