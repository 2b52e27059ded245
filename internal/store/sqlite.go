package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver; pure Go, so that the binary stays static
)

// readers is how many connections read beside the one that writes.
const readers = 4

// openSQLite opens the file in WAL mode, so that readers never wait for the
// writer, with synchronous=FULL, so that what was acknowledged survives a
// power cut (NORMAL may lose the last commits). _txlock=immediate takes the
// write lock at BEGIN, so that a transaction never fails half-way to get it.
func (s *Store) openSQLite(path string) error {
	common := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"} {
		common.Add("_pragma", p)
	}
	common.Set("_txlock", "immediate")
	dsn := path
	if path != ":memory:" {
		if err := s.private(path); err != nil {
			return err
		}
		dsn = "file:" + (&url.URL{Path: path}).EscapedPath()
	}
	rw, err := sql.Open("sqlite", dsn+"?"+common.Encode())
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	rw.SetMaxOpenConns(1)
	rw.SetMaxIdleConns(1)
	s.rw, s.ro = rw, rw
	if err := rw.Ping(); err != nil {
		_ = rw.Close()
		return fmt.Errorf("the database file %s cannot be opened: %w", path, err)
	}
	if path == ":memory:" { // each connection would have a memory of its own
		return nil
	}
	common.Add("_pragma", "query_only(1)")
	common.Del("_txlock")
	ro, err := sql.Open("sqlite", dsn+"?"+common.Encode())
	if err != nil {
		return fmt.Errorf("open %s for reading: %w", path, err)
	}
	ro.SetMaxOpenConns(readers)
	ro.SetMaxIdleConns(readers)
	s.ro = ro
	point, err := sql.Open("sqlite", dsn+"?"+common.Encode())
	if err != nil {
		return fmt.Errorf("open %s for reading: %w", path, err)
	}
	s.points = newPoints(point)
	return nil
}

// private makes the folder and the file readable by their owner alone, before
// SQLite would make them with wider rights. A folder that had to be made is
// told: a mistyped path, or a disk that is not mounted, looks just like it.
func (s *Store) private(path string) error {
	folder := filepath.Dir(path)
	_, err := os.Stat(folder)
	missing := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the folder of the database cannot be made: %w", err)
	}
	if missing {
		s.log.Warn("the folder of the database was not there, so it was made", "folder", folder)
	}
	// Only a new file is opened: to close one gives up the locks of this process
	// on it, those of another connection of SQLite included.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		if err := usable(path); err != nil {
			return fmt.Errorf("the database file cannot be opened for writing: %w", err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("the database file cannot be opened for writing: %w", err)
	}
	return f.Close()
}
