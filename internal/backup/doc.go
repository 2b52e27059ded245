// Package backup is the file that holds a whole installation: what stands in
// it, how it is closed, and how one is told that was cut or changed. It knows
// no database; store fills it and reads it.
//
// A file has two lines that anybody may read, the name of the format and a
// header, and then a stream of records, packed by gzip and closed by age
// (https://age-encryption.org): to a passphrase, to recipients, or not at all.
// The records are one manifest, then for each table its columns, its rows and
// its end, then the end of all. Rows are as the database had them, in a form
// that belongs to no engine.
package backup

import (
	"context"
	"time"
)

// Format is the version of the file.
const Format = 1

// Header is the part that anybody may read.
type Header struct {
	Format  int       `json:"format"`
	ID      string    `json:"id"`
	MadeAt  time.Time `json:"made_at"`
	Version string    `json:"version"`
	Schema  int64     `json:"schema"`
	Engine  string    `json:"engine"`
	// Closed says what opens it: passphrase, recipients, or nothing at all.
	Closed string `json:"closed"`
}

// How a file is closed.
const (
	ByPassphrase = "passphrase"
	ToRecipients = "recipients"
	Open         = "open"
)

// Origin is the database that a backup is of, as of one moment.
type Origin struct {
	Engine string `json:"engine"`
	// EngineVersion is what the database calls itself.
	EngineVersion string `json:"engine_version"`
	Schema        int64  `json:"schema"`
	// At is the moment by the clock of the database.
	At     time.Time `json:"at"`
	Tables []Table   `json:"tables"`
	// Counters are the last numbers given out, by table: one that was given to
	// somebody who is gone is never given again.
	Counters map[string]int64 `json:"counters,omitempty"`
	// Adopted makes the users table of another program, one statement after the
	// other, empty where it is our own. Foreign are tables that are not ours and
	// not in here.
	Adopted []string `json:"adopted,omitempty"`
	Foreign []string `json:"foreign,omitempty"`
}

// Table is one of them. Rough is about how many rows it has.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rough   int64    `json:"rough,omitempty"`
}

// Column is one column; Type is what its engine calls it.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	Type string `json:"type"`
}

// Manifest is the first record.
type Manifest struct {
	Origin
	// HeaderSum ties the header to the rest.
	HeaderSum string `json:"header_sum"`
	// Keys are fingerprints of the keys of the installation, which the backup
	// does not need and what it holds does.
	Keys map[string]string `json:"keys"`
	// KeyFiles are keys that made themselves, by the names of their files; only
	// in a file that is closed.
	KeyFiles map[string]string `json:"key_files,omitempty"`
}

// Total is what a table holds.
type Total struct {
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// Sink takes a database, table by table.
type Sink interface {
	Table(t Table) error
	Row(values []any) error
	End() error
}

// Source gives what a database held, table by table. It is read once more from
// the beginning each time.
type Source interface {
	Manifest() *Manifest
	Each(ctx context.Context, into Sink) error
}
