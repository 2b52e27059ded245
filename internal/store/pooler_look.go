package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Console is what pgbouncer's own console says of one database, to those whom
// it lets in.
type Console struct {
	Version                    string
	Mode                       string
	Size                       int
	Paused                     bool
	ServersActive, ServersIdle int
	ClientsWaiting             int
}

// String puts it into one line.
func (c Console) String() string {
	return fmt.Sprintf("%s, pool_mode %s, pool_size %d, paused %v, %d server connections busy and %d free, %d "+
		"clients wait",
		c.Version, c.Mode, c.Size, c.Paused, c.ServersActive, c.ServersIdle, c.ClientsWaiting)
}

// LookAtConsole asks pgbouncer as the user of the address; most are refused.
func LookAtConsole(ctx context.Context, dsn string) (c Console, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return c, err
	}
	database := cfg.Database
	cfg.Database, cfg.DefaultQueryExecMode, cfg.RuntimeParams = "pgbouncer", pgx.QueryExecModeSimpleProtocol, nil
	ctx, cancel := context.WithTimeout(ctx, speakLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return c, err
	}
	defer closeSoon(ctx, conn)
	c.Version = "pgbouncer " + strings.TrimSuffix(conn.PgConn().ParameterStatus("server_version"), "/bouncer")
	number := func(v any) int {
		n := 0
		_, _ = fmt.Sscan(fmt.Sprint(v), &n)
		return n
	}
	for _, row := range table(ctx, conn, "SHOW DATABASES") {
		if row["name"] == database {
			c.Mode, c.Size, c.Paused = fmt.Sprint(row["pool_mode"]), number(row["pool_size"]), number(row["paused"]) > 0
		}
	}
	for _, row := range table(ctx, conn, "SHOW POOLS") {
		if row["database"] == database && row["user"] == cfg.User {
			c.ServersActive, c.ServersIdle = number(row["sv_active"]), number(row["sv_idle"])+number(row["sv_used"])
			c.ClientsWaiting, c.Mode = number(row["cl_waiting"]), fmt.Sprint(row["pool_mode"])
		}
	}
	return c, nil
}

// table reads an answer whose columns differ from version to version.
func table(ctx context.Context, conn *pgx.Conn, query string) []map[string]any {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil
	}
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil {
		return nil
	}
	return all
}

// ServerBehind finds out whether a pooler reaches its server at all, by a
// database that does not exist: the server would say so.
func ServerBehind(ctx context.Context, dsn string) (alive bool, how string) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return false, ""
	}
	cfg.Database = "aiwfe_auth_doctor_asks"
	ctx, cancel := context.WithTimeout(ctx, speakLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err == nil {
		closeSoon(ctx, conn)
		return true, "through it another database answers"
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || !strings.Contains(e.Message, "does not exist") {
		return false, ""
	}
	return true, "asked for a database that does not exist, the server behind it says so"
}

// LetsInByTLS tries the same login over TLS.
func LetsInByTLS(ctx context.Context, dsn string) bool {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return false
	}
	//nolint:gosec // the address asked for no TLS at all
	cfg.TLSConfig = &tls.Config{ServerName: cfg.Host, InsecureSkipVerify: true}
	cfg.Fallbacks = nil
	ctx, cancel := context.WithTimeout(ctx, speakLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return false
	}
	closeSoon(ctx, conn)
	return true
}
