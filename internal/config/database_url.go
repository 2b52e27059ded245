package config

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// The engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// DatabaseURL is a database address in the form that its driver takes.
type DatabaseURL struct {
	// Engine is "sqlite" or "postgres".
	Engine string
	// DSN is what pgx takes, or the absolute path of the SQLite file (or ":memory:").
	DSN secret.Value
	// Masked is the address with every password as ***, for people.
	Masked string
	// Notes tells which options of other drivers were left out, and why.
	Notes []string
}

const databaseForms = "postgres://user:password@host:5432/name, postgresql+asyncpg://..., sqlite:///relative.db or sqlite:////absolute.db"

// ParseDatabaseURL reads a PostgreSQL or SQLite address, in the forms of libpq
// and of SQLAlchemy, so that the value of an existing system works unchanged.
// Empty means aiwfe-auth.db in dataDir. The error never holds a piece of the
// address.
func ParseDatabaseURL(raw, dataDir string) (DatabaseURL, error) {
	d, p := parseDatabaseURL(raw, dataDir)
	if p != nil {
		return DatabaseURL{}, p
	}
	return d, nil
}

func parseDatabaseURL(raw, dataDir string) (DatabaseURL, *problem) {
	if raw == "" {
		return sqliteFile(filepath.Join(dataDir, "aiwfe-auth.db"), nil)
	}
	if p := plainText(raw); p != nil {
		return DatabaseURL{}, p
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return DatabaseURL{}, &problem{text: "This is not a database address.", expected: databaseForms}
	}
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return parsePostgres(rest, false)
	case "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg_async":
		return parsePostgres(rest, true)
	case "sqlite", "sqlite+aiosqlite", "sqlite+pysqlite":
		return parseSQLite(rest)
	}
	return DatabaseURL{}, &problem{
		text:     "The address begins with a scheme that this program does not speak.",
		expected: databaseForms,
	}
}

// parseSQLite reads what follows sqlite://, as SQLAlchemy does: a third slash
// begins the path, so a relative path has three and an absolute one four.
// Nothing in the path is decoded.
func parseSQLite(rest string) (DatabaseURL, *problem) {
	path, query, hasQuery := strings.Cut(rest, "?")
	var notes []string
	if hasQuery && query != "" {
		for pair := range strings.SplitSeq(query, "&") {
			key, _, _ := strings.Cut(pair, "=")
			notes = append(notes, "The option "+cut(key)+" of the SQLite address is left out: the connection is set up by this program.")
		}
	}
	if path == "" || path == "/" || path == "/:memory:" {
		return DatabaseURL{Engine: SQLite, DSN: secret.FromString(":memory:"), Masked: "sqlite:///:memory:", Notes: notes}, nil
	}
	file, ok := strings.CutPrefix(path, "/")
	if !ok {
		return DatabaseURL{}, &problem{
			text:     "A SQLite address has no host, and this one has only two slashes.",
			expected: "three slashes and a path below the working directory (sqlite:///data/auth.db), or four for an absolute one (sqlite:////var/lib/auth.db)",
		}
	}
	if strings.HasPrefix(file, "file:") || strings.HasSuffix(file, "/") {
		return DatabaseURL{}, &problem{
			text:     "This does not name a SQLite file.",
			expected: "the plain path of a file, such as sqlite:////var/lib/auth.db",
		}
	}
	return sqliteFile(file, notes)
}

func sqliteFile(path string, notes []string) (DatabaseURL, *problem) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return DatabaseURL{}, &problem{
			text:     "The working directory is gone, so a relative path leads nowhere.",
			expected: "an absolute path, such as sqlite:////var/lib/auth.db",
		}
	}
	if info, err := os.Stat(abs); err == nil && info.IsDir() {
		return DatabaseURL{}, &problem{
			text:     "The SQLite path is a folder.",
			expected: "the path of a file in it, such as sqlite:////var/lib/auth.db",
		}
	}
	return DatabaseURL{Engine: SQLite, DSN: secret.FromString(abs), Masked: "sqlite:///" + abs, Notes: notes}, nil
}
