package store

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// logsIn connects as the program does and asks the session what it is.
func (r *Reach) logsIn(ctx context.Context, _, _ string, cfg *pgx.ConnConfig) bool {
	c := cfg.Copy()
	c.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	c.ConnectTimeout = loginLimit
	login, cancel := context.WithTimeout(ctx, loginLimit)
	conn, err := pgx.ConnectConfig(login, c)
	cancel()
	if err != nil {
		r.refused(StepLogin, err)
		return false
	}
	defer closeSoon(ctx, conn)
	limited, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	if r.Session, err = ask(limited, conn); err != nil {
		r.refused(StepAsk, err)
		return false
	}
	if r.Session.Pooled && r.Peer == "" {
		r.Peer = PeerPooler
	}
	return true
}

// closeSoon says goodbye, and does not wait for a peer that no longer listens.
func closeSoon(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// refused puts down who stopped it: the server in its own words, or TLS.
func (r *Reach) refused(step Step, err error) {
	r.Step, r.Err = step, err
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		r.Refusal = e
		r.Peer = whoRefuses(e)
		return
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	if untrusted || strings.Contains(err.Error(), "tls") && !errors.Is(err, context.DeadlineExceeded) {
		r.Step = StepTLS
	}
	if strings.Contains(err.Error(), "ValidateConnect") {
		r.Session.ReadOnly = true
	}
}

// ask asks a connection about itself. The clock is asked alone, so that the
// way there and back can be halved.
func ask(ctx context.Context, conn *pgx.Conn) (s Session, err error) {
	var pid uint32
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		return s, err
	}
	s.Pooled = pid != conn.PgConn().PID()
	_, s.TLS = conn.PgConn().Conn().(*tls.Conn)
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), pg_is_in_recovery(),
		current_setting('transaction_read_only') = 'on', COALESCE(host(inet_server_addr()), ''),
		COALESCE((SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only'), '')`).
		Scan(&s.Version, &s.Standby, &s.ReadOnly, &s.Address, &s.ReadOnlyBy)
	if err != nil {
		return s, err
	}
	for range 3 {
		sent := time.Now()
		var there float64
		clock := conn.QueryRow(ctx, `SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS float8)`)
		if err := clock.Scan(&there); err != nil {
			return s, err
		}
		way := time.Since(sent)
		if s.Within == 0 || way/2 < s.Within {
			s.Within = way / 2
			s.Ahead = time.UnixMicro(int64(there * 1e6)).Sub(sent.Add(way / 2).Round(0))
		}
	}
	return s, nil
}
