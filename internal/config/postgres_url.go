package config

import (
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// parsePostgres rewrites only the scheme and the options of an address and
// leaves sockets (host=/path) and lists of hosts to pgx, which speaks libpq.
func parsePostgres(rest string, sqlalchemy bool) (DatabaseURL, *problem) {
	u, p := splitURL(rest, sqlalchemy)
	if p != nil {
		return DatabaseURL{}, p
	}
	if p := checkHosts(u.hosts, "postgres://user:password@host:5432/name"); p != nil {
		return DatabaseURL{}, p
	}
	o, p := translate(u.query, sqlalchemy)
	if p != nil {
		return DatabaseURL{}, p
	}
	dsn := u.postgres(o.pairs)
	masked := u
	if masked.hasPassw {
		masked.password = mask
	}
	shownPairs := make([]pair, len(o.pairs))
	for i, one := range o.pairs {
		if one.key == "password" || one.key == "sslpassword" {
			one.value = mask
		}
		shownPairs[i] = one
	}
	d := DatabaseURL{
		Engine: Postgres, DSN: secret.FromString(dsn), Notes: o.notes,
		// The mask alone stays readable; everything else is encoded as in the DSN.
		Masked: strings.ReplaceAll(masked.postgres(shownPairs), url.QueryEscape(mask), "***"),
	}
	if _, err := pgconn.ParseConfig(dsn); err != nil {
		return DatabaseURL{}, pgProblem(err)
	}
	return d, nil
}

// mask stands for a password; the angle brackets cannot come from an address
// unencoded.
const mask = "<***>"

// postgres writes the address anew, everything encoded as libpq reads it: it
// takes a + as a plus.
func (u urlParts) postgres(options []pair) string {
	var b strings.Builder
	b.WriteString("postgres://")
	if u.hasUser {
		b.WriteString(escape(u.user))
		if u.hasPassw {
			b.WriteString(":" + escape(u.password))
		}
		b.WriteString("@")
	}
	b.WriteString(u.hosts + "/" + u.path)
	for i, one := range options {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(escape(one.key) + "=" + escape(one.value))
	}
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// pgProblem names what pgx refused, in our words: its own error may quote parts
// of the address, and says itself that its masking is best effort.
func pgProblem(err error) *problem {
	said := err.Error()
	for _, known := range []struct {
		says    string
		problem problem
	}{
		{"invalid port", problem{
			text:     "A port in the address is not a number from 1 to 65535.",
			expected: "host:5432, or port=5432 among the options",
		}},
		{"port numbers to", problem{
			text:     "The address has not as many ports as hosts.",
			expected: "one port for all hosts, or one for each",
		}},
		{"failed to configure TLS", problem{
			text:     "The TLS options of the address cannot be used: a mode is unknown, or a file in sslrootcert, sslcert or sslkey cannot be read.",
			expected: "sslmode=verify-full with sslrootcert=/path/ca.pem, say",
		}},
		{"connect_timeout", problem{
			text:     "The option connect_timeout is not a number of seconds.",
			expected: "connect_timeout=10, say",
		}},
		{"target_session_attrs", problem{
			text:     "The option target_session_attrs is unknown.",
			expected: "read-write, primary or any",
		}},
		{"read service", problem{
			text:     "The service named in the address cannot be read from the service file.",
			expected: "a host in the address, or a readable PGSERVICEFILE",
		}},
		{"protocol_version", problem{
			text:     "The protocol version asked for is not one there is.",
			expected: "no min_protocol_version and no max_protocol_version",
		}},
	} {
		if strings.Contains(said, known.says) {
			return &known.problem
		}
	}
	return &problem{
		text:     "The PostgreSQL driver cannot read the address.",
		expected: "postgres://user:password@host:5432/name?sslmode=verify-full",
	}
}
