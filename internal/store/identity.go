package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Identity tells one database from every other one.
type Identity struct {
	Name  string
	OID   int64
	Start time.Time // of its server
	// Cluster is the number that initdb gave, 0 where it cannot be read.
	Cluster int64
}

// String names it for a person.
func (i Identity) String() string {
	return fmt.Sprintf("%s (number %d) on a server that started at %s", i.Name, i.OID, i.Start.UTC().Format(time.RFC3339))
}

// Same says whether both are one database. A standby has the cluster's number too.
func (i Identity) Same(o Identity) bool {
	if i.Cluster != 0 && o.Cluster != 0 {
		return i.Cluster == o.Cluster && i.OID == o.OID
	}
	return i.OID == o.OID && i.Start.Equal(o.Start)
}

const identityQuery = `SELECT current_database(), (SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = current_database()),
	pg_postmaster_start_time(), CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
	THEN (SELECT system_identifier FROM pg_control_system()) ELSE 0 END`

// Identity asks a PostgreSQL database which it is.
func (s *Store) Identity(ctx context.Context) (i Identity, err error) {
	err = s.read(ctx, "ask the database which it is", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, identityQuery).Scan(&i.Name, &i.OID, &i.Start, &i.Cluster)
	})
	return i, err
}

// IdentityOf asks the database of another address.
func IdentityOf(ctx context.Context, dsn string) (i Identity, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return i, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	ctx, cancel := context.WithTimeout(ctx, loginLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return i, err
	}
	defer closeSoon(ctx, conn)
	err = conn.QueryRow(ctx, identityQuery).Scan(&i.Name, &i.OID, &i.Start, &i.Cluster)
	return i, err
}

// AsksTLS says whether a PostgreSQL address insists on TLS.
func AsksTLS(dsn string) bool {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil || cfg.TLSConfig == nil {
		return false
	}
	for _, f := range cfg.Fallbacks {
		if f.TLSConfig == nil {
			return false
		}
	}
	return true
}

// UserOf is whom a PostgreSQL address logs in as.
func UserOf(dsn string) string {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return ""
	}
	return cfg.User
}
