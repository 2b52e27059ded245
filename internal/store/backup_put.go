package store

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

// putter takes the rows of one table.
type putter interface {
	row(values []any) error
	end() error
	// stop gives up, for want of more.
	stop(err error)
}

// Table begins a table of the backup. What this schema has no place for is
// refused: to leave it out would lose it without a word.
func (l *loading) Table(t backup.Table) error {
	l.into = backup.Table{Name: t.Name}
	here := columnsOf(l.target, t.Name)
	if here == nil {
		return fmt.Errorf("the backup has a table %s, and the database has none", t.Name)
	}
	for _, c := range t.Columns {
		at := backup.Position(here, c.Name)
		if at < 0 {
			return fmt.Errorf("the backup has a column %s of %s, and the database has none", c.Name, t.Name)
		}
		l.into.Columns = append(l.into.Columns, here[at])
	}
	l.row = make([]any, len(t.Columns))
	var err error
	if l.s.engine == Postgres {
		l.put = l.copyInto(l.into)
	} else {
		l.put, err = l.insertInto(l.into)
	}
	return err
}

func columnsOf(tables []backup.Table, name string) []backup.Column {
	for _, t := range tables {
		if t.Name == name {
			return t.Columns
		}
	}
	return nil
}

// Row puts one row in.
func (l *loading) Row(values []any) error {
	for i, v := range values {
		var err error
		if l.row[i], err = l.fit(l.into.Columns[i], v); err != nil {
			return fmt.Errorf("a row of %s cannot be restored here: its column %s %w", l.into.Name, l.into.Columns[i].Name, err)
		}
	}
	l.done.Rows++
	return l.put.row(l.row)
}

// End ends the table.
func (l *loading) End() error {
	put := l.put
	l.put = nil
	return put.end()
}

// fit is a value as this engine keeps it: within SQLite exactly as it was.
func (l *loading) fit(c backup.Column, v any) (any, error) {
	if l.s.engine == Postgres {
		v = backup.As(c.Kind, v)
		if why := backup.Fits(c.Kind, v); why != "" {
			return nil, errors.New(why)
		}
		if text, ok := v.(string); ok && (strings.ContainsRune(text, 0) || !utf8.ValidString(text)) {
			return nil, errors.New("holds bytes that PostgreSQL keeps in no text")
		}
		return v, nil
	}
	switch v := v.(type) {
	case backup.Moment:
		return time.UnixMicro(int64(v)).UTC().Format(sqliteTime), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	}
	return v, nil
}

// inserting is the way of SQLite.
type inserting struct {
	ctx context.Context
	one *sql.Stmt
}

func (l *loading) insertInto(t backup.Table) (putter, error) {
	names, places := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i], places[i] = quoted(c.Name), "?"
	}
	one, err := l.PrepareContext(l.ctx, "INSERT INTO "+quoted(t.Name)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(places, ", ")+")")
	return &inserting{l.ctx, one}, err
}

func (p *inserting) row(values []any) error {
	_, err := p.one.ExecContext(p.ctx, values...)
	return err
}
func (p *inserting) end() error { return p.one.Close() }
func (p *inserting) stop(error) { _ = p.one.Close() }

// copying is the way of PostgreSQL. The text form of COPY is the one that every
// type can read, those of an adopted table included.
type copying struct {
	out  *bufio.Writer
	pipe *io.PipeWriter
	done chan error
	line []byte
}

func (l *loading) copyInto(t backup.Table) putter {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	query := "COPY " + quoted(t.Name) + " (" + strings.Join(names, ", ") + ") FROM STDIN"
	r, w := io.Pipe()
	p := &copying{out: bufio.NewWriterSize(w, 64<<10), pipe: w, done: make(chan error, 1)}
	go func() {
		err := l.conn.Raw(func(c any) error {
			_, err := c.(*stdlib.Conn).Conn().PgConn().CopyFrom(l.ctx, r, query)
			return err
		})
		_ = r.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		p.done <- err
	}()
	return p
}

func (p *copying) row(values []any) error {
	p.line = p.line[:0]
	for i, v := range values {
		if i > 0 {
			p.line = append(p.line, '\t')
		}
		p.line = appendCopied(p.line, v)
	}
	p.line = append(p.line, '\n')
	if _, err := p.out.Write(p.line); err != nil {
		return <-p.done // what the database said, not that nobody listens
	}
	return nil
}

func (p *copying) end() error {
	flushed := p.out.Flush()
	_ = p.pipe.Close()
	if err := <-p.done; err != nil {
		return err
	}
	return flushed
}

func (p *copying) stop(err error) {
	_ = p.pipe.CloseWithError(err)
	select {
	case <-p.done:
	case <-time.After(deadline):
	}
}
