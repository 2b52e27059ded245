package ground

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"testing"
)

// Bouncer is a pgbouncer in front of a cluster.
type Bouncer struct {
	*service
}

// BouncerOptions say how a pgbouncer differs from the plain one.
type BouncerOptions struct {
	Mode string // "session", "transaction" or "statement"
	Size int    // how many server connections each database and user may have
	// Settings are lines of the section [pgbouncer]; they win over those that every pgbouncer of tests has.
	Settings map[string]string
	// Databases is the section [databases]; empty leads every name to the cluster.
	Databases string
	// Users is the file of those whom it lets in; empty is the owner of test databases and the superuser.
	Users string
	// Certificate, when set, is what it shows to clients; it then takes TLS, without demanding it.
	Certificate *Certificate
}

// PgBouncer starts a pgbouncer of the test's own before pg. The mode is "session" or "transaction"; poolSize is how
// many server connections each database and user may have. Any database of the cluster can be reached through it.
//
// What clients may ask in their startup message is left as Debian ships it, so that a driver which asks too much is
// refused here as it would be there.
func PgBouncer(t testing.TB, pg *PG, mode string, poolSize int) *Bouncer {
	t.Helper()
	return PgBouncerWith(t, pg, BouncerOptions{Mode: mode, Size: poolSize})
}

// PgBouncerWith is PgBouncer with what a test needs to be different.
func PgBouncerWith(t testing.TB, pg *PG, o BouncerOptions) *Bouncer {
	t.Helper()
	if !slices.Contains([]string{"session", "transaction", "statement"}, o.Mode) {
		t.Fatalf("a pgbouncer of tests pools by session, transaction or statement, not by %q", o.Mode)
	}
	s := newService(t, "pgbouncer")
	// Passwords stand there in plain text because pgbouncer must also log in to the server with them.
	users := cmp.Or(o.Users, fmt.Sprintf("%q %q\n%q %q\n", ownerName, ownerPassword, superName, superPassword))
	// server_login_retry: pgbouncer's own 15 seconds of refusing after the server was away would be most of a test.
	settings := map[string]string{
		"listen_addr": "127.0.0.1", "listen_port": fmt.Sprint(s.Port), "unix_socket_dir": "", "auth_type": "scram-sha-256",
		"auth_file": s.writeFile("users.txt", users), "admin_users": superName, "pool_mode": o.Mode,
		"default_pool_size": fmt.Sprint(o.Size), "max_client_conn": "500", "server_login_retry": "1",
	}
	if c := o.Certificate; c != nil {
		settings["client_tls_sslmode"] = "allow"
		settings["client_tls_cert_file"] = s.writeFile("tls.crt", c.Cert)
		settings["client_tls_key_file"] = s.writeFile("tls.key", c.Key)
	}
	maps.Copy(settings, o.Settings)
	conf := "[databases]\n" + cmp.Or(o.Databases, fmt.Sprintf("* = host=127.0.0.1 port=%d", pg.port)) + "\n[pgbouncer]\n"
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		conf += name + " = " + settings[name] + "\n"
	}
	s.run(s.writeFile("pgbouncer.ini", conf))
	return &Bouncer{service: s}
}

// URL leads the direct address of a database through the pooler.
func (b *Bouncer) URL(databaseURL string) string {
	b.t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		b.t.Fatal(err)
	}
	u.Host = b.Addr()
	return u.String()
}

// AdminURL is pgbouncer's own console, for SHOW POOLS, PAUSE and RESUME; it speaks the simple protocol only.
func (b *Bouncer) AdminURL() string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superName, superPassword), Host: b.Addr(),
		Path: "/pgbouncer", RawQuery: "sslmode=disable",
	}
	return u.String()
}
