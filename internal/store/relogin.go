package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// as is who this program is to PostgreSQL.
type as struct{ user, password string }

// Relogin takes another user or password of the same database. It is tried
// first; what is refused changes nothing. New connections are made with it from
// then on, and the others end as soon as what runs on them has ended.
func (s *Store) Relogin(ctx context.Context, dsn string) error {
	if s.pool == nil {
		return errors.New("only PostgreSQL has a login")
	}
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("DATABASE_URL cannot be read: %w", err)
	}
	if err := s.detectPooler(ctx, cfg); err != nil {
		return err
	}
	s.login.Store(&as{cfg.User, cfg.Password})
	s.pool.Reset()
	return nil
}

// OnRefused sets who hears that the database refuses user or password; call it
// before serving. It must not wait.
func (s *Store) OnRefused(f func()) { s.refused = f }

// dress gives a connection that is about to be made the login of now.
func (s *Store) dress(c *pgx.ConnConfig) {
	if now := s.login.Load(); now != nil {
		c.User, c.Password = now.user, now.password
	}
}

// loginRefused says whether user or password are not the right ones (any more):
// for a moment that is so when the database was told of a new password first.
func loginRefused(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && hasPrefix(e.Code, "28P01", "28000")
}
