package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// retryAfter is what clients are told while the database is away.
const retryAfter = 2 * time.Second

// classify names the step and turns an error of the database into a fault: a
// database that is away must never look like a refusal of the person (a 401
// makes every browser drop its session).
func classify(step string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	err = fmt.Errorf("%s: %w", step, err)
	switch {
	case errors.Is(err, context.Canceled):
		return err // the client went away; nobody reads the answer
	case full(err):
		return fault.New(api.CodeStorageFull, "storage_full",
			"The server cannot store anything at the moment. Please try again later.").Because(err).After(retryAfter)
	case away(err):
		return fault.New(api.CodeDatabaseUnavailable, "database_away",
			"The server cannot reach its database at the moment. You are not signed out; please try again shortly.").
			Because(err).After(retryAfter)
	}
	return err
}

func away(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, errNowPooled) || errors.Is(err, errOpen) || errors.Is(err, errCrowd) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		// 08 connection, 53 resources, 57P shutdown; 25006 read-only after a
		// fail-over; pgbouncer speaks of itself in 08P01 and 58000.
		return hasPrefix(e.Code, "08", "53", "57P", "57014", "25006", "58", "28", "3D")
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
			sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return true
		}
	}
	return hungUp(err)
}

// hungUp is what pgx says without a type when the peer ends the connection.
func hungUp(err error) bool {
	return strings.Contains(err.Error(), "closed pool") || strings.Contains(err.Error(), "conn closed")
}

// lost says whether the connection did not come about or was lost, or whoever
// answered cannot serve now. Another connection may then be better.
func lost(err error) bool {
	if err == nil {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return hasPrefix(e.Code, "08", "57P", "58", "53300") || loginRefused(err)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || hungUp(err)
}

// readOnly says whether the server takes no writes, as one that was the writer
// and handed its part over.
func readOnly(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "25006"
}

func full(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_FULL
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "53100"
	}
	return false
}

// again says whether the transaction may be run once more: it was rolled back
// for a conflict (40001, 40P01), a cached description no longer fits after a
// migration (0A000, 08P01, 26000, 42P05), or this server is no longer the one
// that takes writes (25006).
func again(err error) (retry, stale bool) {
	if errors.Is(err, errNowPooled) {
		return true, false
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false, false
	}
	switch e.Code {
	case "40001", "40P01", "55P03":
		return true, false
	case "0A000", "26000", "42P05", "25006":
		return true, true
	case "08P01": // a statement that fits no more; or what pgbouncer says of anything at all
		stale = strings.Contains(e.Message, "prepared statement") || strings.Contains(e.Message, "bind message")
		return stale, stale
	}
	return false, false
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
