package faultlab

import (
	dbsql "database/sql"
	"net/url"
	"os"
	"strconv"
	"testing"

	_ "modernc.org/sqlite" // to break files as other programs would
)

func port(n int) string { return strconv.Itoa(n) }

// name is the database that an address leads to.
func name(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path[1:]
}

// password is what an address logs in with.
func password(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	text, _ := u.User.Password()
	return text
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// whole is an environment that is complete but for what the test breaks.
func production(databaseURL string) map[string]string {
	return map[string]string{
		"ENVIRONMENT": "production", "PUBLIC_URL": "http://localhost:1", "DATABASE_URL": databaseURL,
		"JWT_SECRET_KEY":      "q8WnV3rT5yL0sKd9Zc2XbM7uHa4JfGe1PoQi6RtY",
		"DATA_ENCRYPTION_KEY": "Zx81LmQp93KdRt57YwBn20VhCs46JgFe8UoIa3Xe",
	}
}

// lite opens a SQLite file as any other program would.
func lite(t *testing.T, file string) *dbsql.DB {
	t.Helper()
	db, err := dbsql.Open("sqlite", file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// hold begins to write to a file and does not end it.
func hold(t *testing.T, file string) {
	t.Helper()
	conn, err := lite(t, file).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
}
