package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// mostDamage is how many lines of SQLite's report are worth reading.
const mostDamage = 5

// CheckFile lets SQLite check a database file without writing to it, and gives
// the first lines of what is damaged. A file that is not there, or is empty, is
// not damaged. An error says that it could not be checked.
func CheckFile(ctx context.Context, path string) (damage []string, err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil, nil
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?mode=ro&_pragma=busy_timeout(1000)&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	rows, err := db.QueryContext(ctx, `PRAGMA quick_check(5)`)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() && len(damage) < mostDamage {
		var line string
		if err := rows.Scan(&line); err != nil {
			return damaged(err)
		}
		if line != "ok" {
			damage = append(damage, line)
		}
	}
	if err := rows.Err(); err != nil {
		return damaged(err)
	}
	return damage, nil
}

// damaged says whether an error speaks of the file and not of reaching it.
func damaged(err error) ([]string, error) {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return []string{e.Error()}, nil
		}
	}
	return nil, err
}
