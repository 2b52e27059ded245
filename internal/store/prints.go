package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// knownMost bounds what is kept of sessions: about a kilobyte each.
const knownMost = 16_384

// printed is a session as it was read, with the print of the rows that it was
// read from: all columns as one text. To make the text takes SQLite a third of
// what it takes to hand thirty values over and to make sense of them, and while
// it is the same, so is the session. The rows are looked at each time.
type printed struct {
	print   string
	session session.Session
}

var (
	sessionPrint = printOf(userColumns + ", " + sessionColumns)
	readPrint    = `SELECT ` + sessionPrint + sessionTables + `WHERE s.id = $1`
	// readPrinted reads both at once: a print that is older than its session would
	// vouch for it when the rows are changed back.
	readPrinted = `SELECT ` + sessionPrint + `, ` + userColumns + `, ` + sessionColumns + sessionTables + `WHERE s.id = $1`
)

// printOf is an expression that differs whenever one of the columns does: %Q
// quotes, so that no text can pass for two.
func printOf(columns string) string {
	var all []string
	depth, from := 0, 0
	for i, c := range columns + "," {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			one := strings.TrimSpace(columns[from:i])
			if strings.HasSuffix(one, "_hash") { // bytes, of which %Q would take only those before the first zero
				one = "hex(" + one + ")"
			}
			all = append(all, one)
			from = i + 1
		}
	}
	return "printf('" + strings.Repeat("%Q", len(all)) + "', " + strings.Join(all, ", ") + ")"
}

// byID returns nil where there is none.
func (p *points) byID(ctx context.Context, id string) (*session.Session, error) {
	if err := p.wait(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.free }()
	if k, ok := p.known.Get(id); ok {
		row, err := p.row(ctx, readPrint, id)
		if err != nil {
			return nil, err
		}
		var now string
		switch err := row.Scan(&now); {
		case errors.Is(err, sql.ErrNoRows):
			return nil, nil
		case err != nil:
			return nil, err
		case now == k.print:
			same := k.session
			return &same, nil
		}
	}
	row, err := p.row(ctx, readPrinted, id)
	if err != nil {
		return nil, err
	}
	var k printed
	k.session, err = scanSession(behind{row, &k.print})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.known.Put(id, &k)
	found := k.session
	return &found, nil
}

// behind scans what follows a first column.
type behind struct {
	row   scanner
	first any
}

func (b behind) Scan(dest ...any) error { return b.row.Scan(append([]any{b.first}, dest...)...) }
