package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Unconnected is why PostgreSQL was not connected, in one sentence that ends in what
// to do. The driver tells of every way that it tried, and first of that over TLS,
// which a server without it refuses and nobody has to mend. Other errors stay.
func Unconnected(err error) error {
	failed, ok := errors.AsType[*pgconn.ConnectError](err)
	if !ok || failed.Config == nil {
		return err
	}
	c := failed.Config
	at := fmt.Sprintf("PostgreSQL at %s:%d", c.Host, c.Port)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return &unconnected{at + " " + refuses(e, c), err}
	}
	if way := lastWay(failed); way != "" {
		return &unconnected{at + " is not reached: " + way + "; correct DATABASE_URL, or look further: aiwfe-auth doctor", err}
	}
	return err
}

// unconnected is an error that is told in other words.
type unconnected struct {
	text  string
	cause error
}

func (r *unconnected) Error() string { return r.text }
func (r *unconnected) Unwrap() error { return r.cause }

// refuses is PostgreSQL's own word, with what to do.
func refuses(e *pgconn.PgError, c *pgconn.Config) string {
	switch said := e.Message + " (SQLSTATE " + e.Code + ")"; {
	case e.Code == "28P01":
		return "refuses the password of " + c.User + ", or has no such user: " + said +
			"; correct DATABASE_URL, or set the password anew: ALTER ROLE " + c.User + " PASSWORD '...'"
	case strings.HasPrefix(e.Code, "28"):
		return "does not let " + c.User + " in: " + said + "; the cause is named by: aiwfe-auth doctor"
	case e.Code == "3D000":
		return "has no database " + c.Database + ": " + said + "; correct the name at the end of DATABASE_URL, or: CREATE " +
			"DATABASE " + c.Database + " OWNER " + c.User
	default:
		return "refuses the session: " + said + "; the cause is named by: aiwfe-auth doctor"
	}
}

// lastWay is what became of the last way that was tried: where both TLS and plain
// text may be used, that is plain text. Of several hosts each has its own.
func lastWay(failed *pgconn.ConnectError) string {
	for _, f := range failed.Config.Fallbacks {
		if f.Host != failed.Config.Host || f.Port != failed.Config.Port {
			return ""
		}
	}
	lines := strings.Split(strings.TrimSpace(failed.Error()), "\n")
	_, way, _ := strings.Cut(lines[len(lines)-1], "): ")
	return way
}
