package ground

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// One statement to an idle cluster takes milliseconds; the rest is room for a busy machine.
const statementLimit = 20 * time.Second

// NewDatabase makes an empty database owned by an ordinary role and returns its postgres:// address. It is dropped,
// with whoever is still connected, when the test ends.
func (p *PG) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", p.nextDB.Add(1))
	if err := p.asSuper(fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE template0", name, ownerName)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A test may leave its cluster down on purpose; then the folder goes, and the database with it.
		if !p.proc.Running() {
			return
		}
		if err := p.asSuper(fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
	})
	return p.address(ownerName, ownerPassword, name)
}

// SuperURL is the same database as its address names, as the superuser of the cluster.
func (p *PG) SuperURL(databaseURL string) string {
	p.t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		p.t.Fatal(err)
	}
	u.User = url.UserPassword(superName, superPassword)
	return u.String()
}

func (c *cluster) address(user, password, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Host: c.Addr(),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (c *cluster) connects(ctx context.Context) error {
	conn, err := pgconn.Connect(ctx, c.address(superName, superPassword, "postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// asSuper runs one statement as the superuser.
func (c *cluster) asSuper(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementLimit)
	defer cancel()
	conn, err := pgconn.Connect(ctx, c.address(superName, superPassword, "postgres"))
	if err != nil {
		return fmt.Errorf("connect to the test cluster: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement has been answered
	if _, err := conn.Exec(ctx, statement).ReadAll(); err != nil {
		return fmt.Errorf("run %q: %w", statement, err)
	}
	return nil
}
