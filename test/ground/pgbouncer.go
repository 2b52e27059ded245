package ground

import (
	"fmt"
	"net/url"
	"testing"
)

// Bouncer is a pgbouncer in front of a cluster.
type Bouncer struct {
	*service
}

// PgBouncer starts a pgbouncer of the test's own before pg. The mode is "session" or "transaction"; poolSize is how
// many server connections each database and user may have. Any database of the cluster can be reached through it.
//
// What clients may ask in their startup message is left as Debian ships it, so that a driver which asks too much is
// refused here as it would be there.
func PgBouncer(t testing.TB, pg *PG, mode string, poolSize int) *Bouncer {
	t.Helper()
	if mode != "session" && mode != "transaction" {
		t.Fatalf("a pgbouncer of tests pools by session or transaction, not by %q", mode)
	}
	s := newService(t, "pgbouncer")
	users := fmt.Sprintf("%q %q\n%q %q\n", ownerName, ownerPassword, superName, superPassword)
	userFile := s.writeFile("users.txt", users)
	// Passwords stand there in plain text because pgbouncer must also log in to the server with them.
	// server_login_retry: pgbouncer's own 15 seconds of refusing after the server was away would be most of a test.
	conf := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
admin_users = %s
pool_mode = %s
default_pool_size = %d
max_client_conn = 500
server_login_retry = 1
`, pg.port, s.Port, userFile, superName, mode, poolSize)
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
