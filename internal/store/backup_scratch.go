package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// ScratchSchema makes a schema of its own in a PostgreSQL database, and gives the
// address that leads into it alone, and how to take it away again.
func ScratchSchema(ctx context.Context, dsn string) (inside string, drop func() error, err error) {
	name := "aiwfe_verify_" + secret.RandomText(8)
	if err := inScratch(ctx, dsn, `CREATE SCHEMA `+name); err != nil {
		return "", nil, fmt.Errorf("a schema for the scratch tables cannot be made: %w", err)
	}
	drop = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if err := inScratch(ctx, dsn, `DROP SCHEMA `+name+` CASCADE`); err != nil {
			return fmt.Errorf("the scratch schema %s could not be dropped, do it by hand: %w", name, err)
		}
		return nil
	}
	if strings.Contains(dsn, "://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return "", nil, fmt.Errorf("the address of the database cannot be read: %w", drop())
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		return u.String(), drop, nil
	}
	return dsn + " search_path=" + name, drop, nil
}

func inScratch(ctx context.Context, dsn, statement string) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer closeSoon(ctx, conn)
	_, err = conn.Exec(ctx, statement)
	return err
}
