package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/moving/tables"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// people are where an import reads from, and how far it is: in bytes of a file
// or in rows of a table. total is 0 where nobody knows.
type people struct {
	reader moving.Reader
	done   *atomic.Int64
	total  int64
	close  func()
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}

const importVariable = "IMPORT_DATABASE_URL"

// importSource opens what was named: a file, standard input, or a database.
func (p *program) importSource(ctx context.Context, core *app.Core, args []string, urlFile string) (*people, error) {
	system := args[0]
	switch {
	case len(args) == 2 && isURL(args[1]):
		if u, err := url.Parse(args[1]); err == nil && u.User != nil {
			if _, secret := u.User.Password(); secret {
				fmt.Fprintf(p.err, "warning: everybody on this host can read the password in these arguments, "+
					"and the shell keeps them; change it, and use --from-file, %s or standard input\n", importVariable)
			}
		}
		return p.importTable(ctx, core, system, args[1])
	case len(args) == 2 && args[1] != "-":
		return p.importFile(ctx, core, system, args[1])
	case len(args) == 2:
		return p.importInput(ctx, core, system)
	case urlFile != "":
		text, err := os.ReadFile(urlFile) //nolint:gosec // the operator names it
		if err != nil {
			return nil, fmt.Errorf("the file with the URL cannot be read: %w", err)
		}
		return p.importTable(ctx, core, system, strings.TrimSpace(string(text)))
	}
	for _, e := range p.env {
		if v, ok := strings.CutPrefix(e, importVariable+"="); ok && v != "" {
			return p.importTable(ctx, core, system, v)
		}
	}
	return nil, fmt.Errorf("from where? Name a file, or - for standard input; or a database by --from-file or %s", importVariable)
}

func isURL(s string) bool {
	for _, prefix := range []string{"postgres://", "postgresql://", "sqlite:", "sqlite+"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// importInput reads standard input: an export, or the URL of a database.
func (p *program) importInput(ctx context.Context, core *app.Core, system string) (*people, error) {
	r := bufio.NewReader(p.in)
	if head, _ := r.Peek(13); isURL(string(head)) {
		text, err := io.ReadAll(io.LimitReader(r, 4096))
		if err != nil {
			return nil, err
		}
		return p.importTable(ctx, core, system, strings.TrimSpace(string(text)))
	}
	n := &atomic.Int64{}
	reader, err := moving.Read(system, counted{r, n}, time.Now())
	if err != nil {
		return nil, err
	}
	return &people{reader: reader, done: n, close: func() {}}, nil
}

func (p *program) importFile(ctx context.Context, core *app.Core, system, name string) (*people, error) {
	if err := notOurs(core, name); err != nil {
		return nil, err
	}
	file, err := os.Open(name) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("the export cannot be read: %w", err)
	}
	head := make([]byte, 16)
	n, _ := io.ReadFull(file, head)
	if head = head[:n]; bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		_ = file.Close()
		return p.importTable(ctx, core, system, name)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil { // a pipe: what was read stands before the rest
		read := &atomic.Int64{}
		reader, err := moving.Read(system, counted{io.MultiReader(bytes.NewReader(head), file), read}, time.Now())
		return &people{reader: reader, done: read, close: func() { _ = file.Close() }}, err
	}
	var size int64
	if info, err := file.Stat(); err == nil {
		size = info.Size()
	}
	read := &atomic.Int64{}
	reader, err := moving.Read(system, counted{file, read}, time.Now())
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &people{reader: reader, done: read, total: size, close: func() { _ = file.Close() }}, nil
}

// notOurs looks before a file is opened: to close the database of this program
// would give up its locks.
func notOurs(core *app.Core, name string) error {
	if core.Config.Database.Engine != store.SQLite {
		return nil
	}
	ours, err := os.Stat(string(core.Config.Database.DSN.Reveal()))
	if err != nil {
		return nil //nolint:nilerr // in memory
	}
	if theirs, err := os.Stat(name); err == nil && os.SameFile(ours, theirs) {
		return errOurs
	}
	return nil
}

var errOurs = errors.New("this is the database of this server itself: a users table that is in it already needs no import, " +
	"see docs/guide/moving.md")

func (p *program) importTable(ctx context.Context, core *app.Core, system, from string) (*people, error) {
	if from == string(core.Config.Database.DSN.Reveal()) {
		return nil, errOurs
	}
	if err := notOurs(core, strings.TrimPrefix(strings.TrimPrefix(from, "sqlite:"), "///")); err != nil {
		return nil, err
	}
	t, err := tables.Open(ctx, system, from)
	if err != nil {
		return nil, err
	}
	n := &atomic.Int64{}
	reader, err := moving.Rows(system, time.Now(), func() (map[string]string, error) {
		n.Add(1)
		return t.Next()
	})
	return &people{reader: reader, done: n, total: t.Rows, close: t.Close}, err
}
