package faults

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// rotating is a deployment whose keys, certificate and database password are exchanged while people use it.
type rotating struct {
	t         *testing.T
	nodes     []*ground.Instance
	authority *ground.Authority
	// folder holds the certificate, its key and the address of the database.
	folder string
	pg     *ground.PG
	role   string
	ca     string
	url    string
}

// newRotating starts two servers that share a DATA_DIR, on PostgreSQL or behind pgbouncer, or one on SQLite.
func newRotating(t *testing.T, kind string) *rotating {
	t.Helper()
	r := &rotating{t: t, folder: t.TempDir()}
	var err error
	if r.authority, err = ground.NewAuthority(); err != nil {
		t.Fatal(err)
	}
	r.ca = r.authority.File(t)
	r.certify()
	env := map[string]string{
		"TLS_CERT_FILE": r.path("tls.crt"), "TLS_KEY_FILE": r.path("tls.key"), "ACCESS_TOKEN_TTL": "15s",
		"PASSWORD_HASH": "bcrypt", "PASSWORD_UPGRADE": "off", "LOG_LEVEL": "info", "PUBLIC_URL": "https://localhost:18443",
	}
	at := place{}
	if kind != "SQLite" {
		r.ownRole()
		at.url, at.direct = r.url, r.url
		env["DATABASE_URL"], env["DATABASE_URL_FILE"] = ground.Unset, r.path("database")
		env["DATA_DIR"] = r.path("data")
	}
	for range map[string]int{"SQLite": 1, "PostgreSQL": 2}[kind] {
		r.nodes = append(r.nodes, ground.Server(t, roomy(place{}, env)))
	}
	return r
}

func (r *rotating) path(name string) string { return filepath.Join(r.folder, name) }

func (r *rotating) put(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name+".new"), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(r.path(name+".new"), r.path(name)); err != nil {
		r.t.Fatal(err)
	}
}

// certify exchanges the certificate; the key comes first, so that the two fit at the end only.
func (r *rotating) certify() {
	r.t.Helper()
	c, err := r.authority.Issue(ground.Validity{}, "localhost")
	if err != nil {
		r.t.Fatal(err)
	}
	r.put("tls.key", c.Key)
	r.put("tls.crt", c.Cert)
}

// ownRole makes a role of this test alone, whose password can be changed.
func (r *rotating) ownRole() {
	r.t.Helper()
	r.pg = ground.Postgres(r.t)
	base := r.pg.NewDatabase(r.t)
	db := r.super(base)
	r.role = "role_" + secret.RandomText(5)
	u, _ := url.Parse(base)
	name := strings.TrimPrefix(u.Path, "/")
	for _, q := range []string{
		"CREATE ROLE " + r.role + " LOGIN PASSWORD 'the first password'",
		"ALTER DATABASE " + name + " OWNER TO " + r.role,
		"ALTER SCHEMA public OWNER TO " + r.role,
	} {
		if _, err := db.Exec(q); err != nil {
			r.t.Fatal(err)
		}
	}
	r.t.Cleanup(func() {
		_, _ = db.Exec("REASSIGN OWNED BY " + r.role + " TO CURRENT_USER")
		_, _ = db.Exec("DROP OWNED BY " + r.role)
		_, _ = db.Exec("DROP ROLE " + r.role)
	})
	r.url = base
	r.put("database", r.as("the first password"))
}

func (r *rotating) super(address string) *sql.DB {
	r.t.Helper()
	db, err := sql.Open("pgx", r.pg.SuperURL(address))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (r *rotating) as(password string) string {
	u, _ := url.Parse(r.url)
	u.User = url.UserPassword(r.role, password)
	return u.String()
}

// newPassword changes the password in the database and in the file, as an operator does, in this order.
func (r *rotating) newPassword(password string) {
	r.t.Helper()
	if _, err := r.super(r.url).Exec("ALTER ROLE " + r.role + " PASSWORD '" + password + "'"); err != nil {
		r.t.Fatal(err)
	}
	r.put("database", r.as(password))
}

// people adds accounts whose hash costs little, so that two hundred sign in within seconds.
func (r *rotating) people(n int) (emails []string) {
	r.t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		r.t.Fatal(err)
	}
	at := place{direct: r.url}
	db := at.open(r.t, r.nodes[0])
	if r.pg != nil {
		db = r.super(r.url)
	}
	for i := range n {
		emails = append(emails, fmt.Sprintf("person%d@example.com", i))
		if _, err := db.ExecContext(context.Background(), `INSERT INTO users (email, hashed_password, is_active, is_verified, role, status)
			VALUES ($1, $2, TRUE, TRUE, 'user', 'active')`, emails[i], string(hash)); err != nil {
			r.t.Fatal(err)
		}
	}
	return emails
}

// caller is one client that trusts the authority of this deployment.
func (r *rotating) caller(node int, browser bool) *caller {
	r.t.Helper()
	c := newCaller(r.nodes[node])
	if browser {
		c = newBrowser(r.t, r.nodes[node])
	}
	ca, err := os.ReadFile(r.ca)
	if err != nil {
		r.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	c.http.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	c.http.Transport.(*http.Transport).MaxIdleConnsPerHost = 2
	return c
}

func (r *rotating) keys(args ...string) ground.Result {
	r.t.Helper()
	out := r.nodes[0].Run(append([]string{"keys"}, args...)...)
	if out.Code != 0 {
		r.t.Fatalf("keys %v: %d %s%s", args, out.Code, out.Stdout, out.Stderr)
	}
	return out
}

func (r *rotating) serial() string {
	conn, err := tls.Dial("tcp", r.nodes[0].Addr, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // only looked at
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
}
