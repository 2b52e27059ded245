package store

import (
	"context"
	"crypto/x509"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Step is one on the way into a PostgreSQL database.
type Step string

// The steps, in their order. StepIn is the whole way.
const (
	StepName    Step = "name"    // the host's name becomes an address
	StepConnect Step = "connect" // the address takes connections
	StepSpeak   Step = "speak"   // what listens there speaks PostgreSQL's protocol
	StepTLS     Step = "tls"     // both agree on TLS, and the certificate is trusted
	StepLogin   Step = "login"   // it lets this user into this database
	StepAsk     Step = "ask"     // it answers a question
	StepIn      Step = "in"
)

// Peers that a way may end at.
const (
	PeerPostgres = "postgres"
	PeerPooler   = "pgbouncer" // or one that speaks like it
)

// Reach is how far one came on the way to one host of a database address, and
// what was met there. These are facts; the doctor judges them.
type Reach struct {
	// Step is the one that failed, or StepIn.
	Step Step
	// Where is the host and port as the address says, User and Database whom
	// and what it asks for.
	Where, User, Database string
	// Err is what stopped it. No password is in it.
	Err error
	// Refusal is the server's own answer, where it gave one.
	Refusal *pgconn.PgError
	// Speaks is what listens there instead of PostgreSQL, in words.
	Speaks string
	// Peer is who answers: PeerPostgres, PeerPooler, or "" where it cannot be told.
	Peer string
	// AsksTLS says that the address insists on TLS, OffersTLS that the peer has it.
	AsksTLS, OffersTLS bool
	// Verifies says that the address wants the certificate checked; Shown is
	// the one that was shown.
	Verifies bool
	Shown    *x509.Certificate
	// Session is what the database said of itself, once in.
	Session Session
}

// Session is what a connection tells of itself.
type Session struct {
	Version  string
	Pooled   bool
	TLS      bool
	Standby  bool
	ReadOnly bool
	// ReadOnlyBy says who set default_transaction_read_only: "database", "user",
	// "configuration file", "client".
	ReadOnlyBy string
	// Address is the server's own, "" for a socket.
	Address string
	// Ahead is the clock of the database minus ours, within Within.
	Ahead, Within time.Duration
}

// Limits of the steps: a dead peer is given up after about five seconds.
const (
	nameLimit  = 3 * time.Second
	dialLimit  = 3 * time.Second
	speakLimit = 2 * time.Second
	loginLimit = 4 * time.Second
	askLimit   = 3 * time.Second
)

// WaysIn goes to each host of a PostgreSQL address, step by step, and stops at
// the first that lets it in. Nothing is sent in the clear that the program
// itself would not send so.
func WaysIn(ctx context.Context, dsn string) ([]Reach, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	var ways []Reach
	for _, host := range hosts(cfg) {
		r := reach(ctx, host)
		ways = append(ways, r)
		if r.Step == StepIn {
			break
		}
	}
	return ways, nil
}

// hosts splits an address of several hosts into one configuration for each.
// What pgx tries at one host after another (TLS, then without) stays together.
func hosts(cfg *pgx.ConnConfig) []*pgx.ConnConfig {
	type place struct {
		host string
		port uint16
	}
	var list []*pgx.ConnConfig
	at := map[place]*pgx.ConnConfig{}
	all := append([]*pgconn.FallbackConfig{{Host: cfg.Host, Port: cfg.Port, TLSConfig: cfg.TLSConfig}}, cfg.Fallbacks...)
	for _, f := range all {
		p := place{f.Host, f.Port}
		if one := at[p]; one != nil {
			one.Fallbacks = append(one.Fallbacks, f)
			continue
		}
		one := cfg.Copy()
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = f.Host, f.Port, f.TLSConfig, nil
		at[p] = one
		list = append(list, one)
	}
	return list
}

// reach goes the whole way to one host.
func reach(ctx context.Context, cfg *pgx.ConnConfig) Reach {
	r := Reach{Where: where(cfg), User: cfg.User, Database: cfg.Database}
	r.AsksTLS = cfg.TLSConfig != nil
	for _, f := range cfg.Fallbacks {
		r.AsksTLS = r.AsksTLS && f.TLSConfig != nil
	}
	r.Verifies = cfg.TLSConfig != nil && (!cfg.TLSConfig.InsecureSkipVerify || cfg.TLSConfig.VerifyPeerCertificate != nil)
	addr, network := "", "tcp"
	if network, addr = pgconn.NetworkAddress(cfg.Host, cfg.Port); network == "tcp" {
		if addr, r.Err = resolve(ctx, cfg.Host, cfg.Port); r.Err != nil {
			r.Step = StepName
			return r
		}
	}
	for _, step := range []func(context.Context, string, string, *pgx.ConnConfig) bool{r.speaks, r.logsIn} {
		if !step(ctx, network, addr, cfg) {
			return r
		}
	}
	r.Step = StepIn
	return r
}

func where(cfg *pgx.ConnConfig) string {
	network, addr := pgconn.NetworkAddress(cfg.Host, cfg.Port)
	if network == "unix" {
		return addr
	}
	return net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))
}

func resolve(ctx context.Context, host string, port uint16) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, nameLimit)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(found[0], strconv.Itoa(int(port))), nil
}
