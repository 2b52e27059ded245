package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Pool modes, as they show in how a pooler behaves.
const (
	PoolSession     = "session"
	PoolTransaction = "transaction"
	PoolStatement   = "statement"
)

// Pooler is how a pooler behaves towards this program.
type Pooler struct {
	// Mode is found by behaviour; Seen is how.
	Mode, Seen string
	// Console is what its own console says, nil for most users.
	Console *Console
	// Hangs is set when a second connection was left waiting.
	Hangs error
	// Statements is how the program runs statements through it, Misfit what
	// came back when two connections did so at the same time.
	Statements string
	Misfit     error
	// ClientTLS and ServerTLS are its two legs. Remote says that PostgreSQL sees
	// the pooler at an address that is not its own machine.
	ClientTLS, ServerTLS, Remote bool
	From                         string
}

// LookAtPooler uses a pooler as two clients would, for a moment and without
// writing anything.
func LookAtPooler(ctx context.Context, dsn string) (p Pooler, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return p, err
	}
	if c, err := LookAtConsole(ctx, dsn); err == nil {
		p.Console = &c
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	a, b, err := pair(ctx, cfg)
	if err != nil {
		p.Hangs = err
		return p, nil
	}
	defer closeSoon(ctx, a)
	defer closeSoon(ctx, b)
	if err := p.mode(ctx, a, b); err != nil || p.Hangs != nil {
		return p, err
	}
	if p.Mode == PoolTransaction {
		p.statements(ctx, cfg, dsn)
	}
	return p, p.legs(ctx, a)
}

// pair opens two connections.
func pair(ctx context.Context, cfg *pgx.ConnConfig) (a, b *pgx.Conn, err error) {
	ctx, cancel := context.WithTimeout(ctx, loginLimit)
	defer cancel()
	if a, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		return nil, nil, err
	}
	if b, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		closeSoon(ctx, a)
		return nil, nil, err
	}
	return a, b, nil
}

// mode finds out when a server connection is handed on. One client begins a
// transaction; if it got the very server connection that another client, still
// there, has just used, connections are shared.
func (p *Pooler) mode(ctx context.Context, a, b *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, loginLimit)
	defer cancel()
	first, err := backend(ctx, a)
	if err != nil {
		p.Hangs = err
		return nil
	}
	if _, err := b.Exec(ctx, "BEGIN"); err != nil {
		if e, ok := errors.AsType[*pgconn.PgError](err); ok {
			p.Mode, p.Seen = PoolStatement, "BEGIN was answered with: "+e.Message
			return nil
		}
		p.Hangs = err
		return nil
	}
	other, err := backend(ctx, b)
	if err != nil {
		p.Hangs = err
		return nil
	}
	if other == first {
		p.Mode, p.Seen = PoolTransaction, fmt.Sprintf("two clients that stayed connected were both served by process %d", first)
		_, err := b.Exec(ctx, "ROLLBACK")
		return err
	}
	p.Mode, p.Seen = PoolSession, fmt.Sprintf("each client kept its own process, %d and %d", first, other)
	for range 4 {
		again, err := backend(ctx, a)
		if err != nil {
			return err
		}
		if again != first {
			p.Mode, p.Seen = PoolTransaction, fmt.Sprintf("one client was served by process %d and then by %d", first, again)
			break
		}
	}
	_, err = b.Exec(ctx, "ROLLBACK")
	return err
}

func backend(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid)
	return pid, err
}

// statements runs a few statements on two connections at once, in the very way
// in which the program will.
func (p *Pooler) statements(ctx context.Context, cfg *pgx.ConnConfig, dsn string) {
	c := cfg.Copy()
	c.DefaultQueryExecMode = modeFor(true)
	if choosesMode(dsn) {
		chosen, err := pgx.ParseConfig(dsn)
		if err != nil {
			return
		}
		c.DefaultQueryExecMode = chosen.DefaultQueryExecMode
	}
	p.Statements = c.DefaultQueryExecMode.String()
	a, b, err := pair(ctx, c)
	if err != nil {
		return
	}
	defer closeSoon(ctx, a)
	defer closeSoon(ctx, b)
	ctx, cancel := context.WithTimeout(ctx, speakLimit)
	defer cancel()
	var once sync.Once
	var both sync.WaitGroup
	for i, conn := range []*pgx.Conn{a, b} {
		both.Go(func() {
			for n := range 20 {
				var got int
				q := queries[(i+n)%len(queries)]
				err := conn.QueryRow(ctx, q.text, n).Scan(&got)
				if err == nil && got != q.answer(n) {
					err = errOtherAnswer
				}
				if Misfits(err) {
					once.Do(func() { p.Misfit = err })
					return
				}
			}
		})
	}
	both.Wait()
	if p.Misfit == nil {
		p.Misfit = p.meet(ctx, a, c)
	}
}

// meet lets other connections have the very server connection that one has
// just used, by holding whatever else they are given, and run the same there.
func (p *Pooler) meet(ctx context.Context, a *pgx.Conn, cfg *pgx.ConnConfig) error {
	first, err := onServer(ctx, a)
	if err != nil {
		return onlyMisfit(err)
	}
	if _, err := a.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol); err != nil {
		return onlyMisfit(err)
	}
	for range 4 {
		b, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			return nil
		}
		defer closeSoon(ctx, b)
		pid, err := onServer(ctx, b)
		if err != nil || pid == first {
			return onlyMisfit(err)
		}
	}
	return nil
}

// onServer begins a transaction, and in it runs a statement of the program's way.
func onServer(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	if _, err := conn.Exec(ctx, "BEGIN", pgx.QueryExecModeSimpleProtocol); err != nil {
		return 0, err
	}
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid); err != nil {
		return 0, err
	}
	var got int
	return pid, conn.QueryRow(ctx, queries[0].text, 1).Scan(&got)
}

func onlyMisfit(err error) error {
	if Misfits(err) {
		return err
	}
	return nil
}

// queries differ, so that a statement left by the other client is the wrong one.
var queries = []struct {
	text   string
	answer func(int) int
}{
	{`SELECT 1 + $1::int`, func(n int) int { return 1 + n }},
	{`SELECT 200 + $1::int WHERE $1::int >= 0`, func(n int) int { return 200 + n }},
	{`SELECT $1::int * 3 - 100`, func(n int) int { return n*3 - 100 }},
}

var errOtherAnswer = errors.New("the answer to the statement of the other connection")

// Misfits says whether an error is one of prepared statements that were mixed up.
func Misfits(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return errors.Is(err, errOtherAnswer) || ok && (e.Code == "26000" || e.Code == "42P05" || e.Code == "08P01" && strings.Contains(e.Message, "prepared statement"))
}

// legs looks at both ways: ours by the connection, the pooler's by what the
// server says of its own session.
func (p *Pooler) legs(ctx context.Context, conn *pgx.Conn) error {
	_, p.ClientTLS = conn.PgConn().Conn().(*tls.Conn)
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	err := conn.QueryRow(ctx, `SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
		COALESCE(host(inet_client_addr()), ''), inet_client_addr() IS NOT NULL AND NOT inet_client_addr() <<= '127.0.0.0/8'
		AND inet_client_addr() <> '::1' AND inet_client_addr() IS DISTINCT FROM inet_server_addr()`).
		Scan(&p.ServerTLS, &p.From, &p.Remote)
	if p.Mode == PoolStatement {
		return nil
	}
	return err
}
