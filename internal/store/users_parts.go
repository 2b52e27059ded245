package store

import (
	"strings"
	"unicode"
)

// hasParts says whether the index knows anything of a text. That of PostgreSQL
// has letters and digits only, and would be read from end to end for others.
func (s *Store) hasParts(text string) bool {
	run := 0
	for _, r := range plain(text) {
		run++
		if s.engine == Postgres && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			run = 0
		}
		if run == 3 {
			return true
		}
	}
	return false
}

// mostParts bounds how many lists of the index are visited at once.
const mostParts = 8

// partsOf asks FTS5 for rows that have the parts of one of the texts, in its own
// language, in which a text in quotes means itself.
func partsOf(texts ...string) string {
	if texts[0] == texts[1] {
		texts = texts[:1]
	}
	var either []string
	for _, text := range texts {
		runes := []rune(text)
		last := len(runes) - 3
		var all []string
		for at, step := 0, 1+last/mostParts; at <= last; at += step {
			all = append(all, `"`+strings.ReplaceAll(string(runes[at:at+3]), `"`, `""`)+`"`)
		}
		either = append(either, "("+strings.Join(all, " AND ")+")")
	}
	return strings.Join(either, " OR ")
}

// lowerASCII is what SQLite's lower() does.
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII {
			return unicode.ToLower(r)
		}
		return r
	}, text)
}

// notSearch leaves the tables of SQLite's index out, which hold nothing that
// could not be made again from the accounts.
const notSearch = ` AND m.name NOT LIKE 'users!_search%' ESCAPE '!'`

// SearchIndexed says whether parts of addresses and names are in an index here.
func (s *Store) SearchIndexed() bool { return s.fit.Load().parts }

// partsIndexed asks whether the index is there and kept. SQLite's knows accounts
// by numbers, and where a column holds nothing else only.
func (s *Store) partsIndexed() string {
	if s.engine == Postgres {
		return `SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('users_search')
			AND indrelid = to_regclass('users') AND indisvalid)`
	}
	return `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'users_search')
		AND (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'users'
			AND name LIKE 'users!_search!_%' ESCAPE '!') = 3
		AND (SELECT count(*) FROM pragma_table_info('users') WHERE pk > 0) = 1
		AND EXISTS (SELECT 1 FROM pragma_table_info('users') WHERE name = 'id' AND pk = 1 AND upper(type) = 'INTEGER')`
}
