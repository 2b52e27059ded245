package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// File is what lies where a SQLite database should: facts, which the doctor
// judges. Looking makes no file and changes none.
type File struct {
	Path string
	// FolderThere and There say what exists; Size and Mode are of the file.
	FolderThere, There bool
	Size               int64
	Mode               fs.FileMode
	// Neighbours are other files of the folder that look like databases.
	Neighbours []string
	// Err is what looking at it met, with the result code of SQLite, or 0.
	Err  error
	Code int
	// Holders are the processes of this machine that have the file open, where
	// that can be seen: "1234 python3".
	Holders []string
}

// Groups of SQLite's result codes that the doctor tells apart.
func (f File) Locked() bool { return f.Code == sqlite3.SQLITE_BUSY || f.Code == sqlite3.SQLITE_LOCKED }

// Corrupt says that it is no database, or a damaged one.
func (f File) Corrupt() bool {
	return f.Code == sqlite3.SQLITE_NOTADB || f.Code == sqlite3.SQLITE_CORRUPT
}

// Forbidden says that it, or its folder, may not be read or written.
func (f File) Forbidden() bool {
	for _, err := range []error{fs.ErrPermission, syscall.ENOTDIR, syscall.EROFS, syscall.EISDIR} {
		if errors.Is(f.Err, err) {
			return true
		}
	}
	return f.Code == sqlite3.SQLITE_READONLY || f.Code == sqlite3.SQLITE_CANTOPEN ||
		f.Code == sqlite3.SQLITE_PERM || f.Code == sqlite3.SQLITE_AUTH
}

// sqliteMagic is how every database file begins.
var sqliteMagic = []byte("SQLite format 3\x00")

// LookAtFile looks at a SQLite file as far as one can without making it.
func LookAtFile(ctx context.Context, path string) File {
	f := File{Path: path}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		if err == nil {
			err = &fs.PathError{Op: "open", Path: folder, Err: syscall.ENOTDIR}
		}
		if !errors.Is(err, fs.ErrNotExist) {
			f.Err = err
		}
		return f
	}
	f.FolderThere = true
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.Neighbours = databasesIn(folder)
		return f
	}
	f.There = true
	if err != nil {
		f.Err = err
		return f
	}
	f.Size, f.Mode = info.Size(), info.Mode()
	if info.IsDir() {
		f.Err = &fs.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	} else if f.Err = usable(path); f.Err == nil {
		f.Err = takeLock(ctx, path)
	}
	if e, ok := errors.AsType[*sqlite.Error](f.Err); ok {
		f.Code = e.Code() & 0xff
	}
	if f.Locked() {
		f.Holders = holders(path)
	}
	return f
}

// usable asks whether the file may be read and written, without opening it:
// POSIX locks are a process's, and to close a file gives up all that the process
// holds on it. SQLite in this process would lose its locks unawares, and the
// next process that closes the database would take the journal from under it.
func usable(path string) error {
	if err := unix.Access(path, unix.R_OK|unix.W_OK); err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return nil
}

// takeLock takes the lock of writers for a moment, as every sign-in does, and
// reads the schema.
func takeLock(ctx context.Context, path string) error {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_pragma=busy_timeout(2500)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }()
	var n int
	return t.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&n)
}

// databasesIn lists what in a folder begins as a database does. None of them is
// open in this process, which looks for another; see usable.
func databasesIn(folder string) (found []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, e := range entries[:min(len(entries), 200)] {
		name := filepath.Join(folder, e.Name())
		if !e.Type().IsRegular() {
			continue
		}
		file, err := os.Open(name) //nolint:gosec // its first bytes alone are looked at
		if err != nil {
			continue
		}
		head := make([]byte, len(sqliteMagic))
		if n, _ := io.ReadFull(file, head); n == len(head) && bytes.Equal(head, sqliteMagic) {
			found = append(found, name)
		}
		_ = file.Close()
	}
	return found
}

// holders finds who has a file open, on Linux and as far as rights allow.
func holders(path string) (found []string) {
	fds, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return nil
	}
	self := strconv.Itoa(os.Getpid())
	seen := map[string]bool{self: true}
	for _, fd := range fds {
		process := filepath.Base(filepath.Dir(filepath.Dir(fd)))
		if seen[process] {
			continue
		}
		if target, err := os.Readlink(fd); err != nil || target != path {
			continue
		}
		seen[process] = true
		name, _ := os.ReadFile("/proc/" + process + "/comm") //nolint:gosec // a process of this machine
		found = append(found, process+" "+string(bytes.TrimSpace(name)))
	}
	return found
}
