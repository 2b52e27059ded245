package moving

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// System is one whose people can be brought along.
type System struct {
	// File reads what it exports.
	File func(in *input, now time.Time) (Reader, error)
	// Row reads one row of its database; nil where there is no way into one.
	Row func(now time.Time) func(row) (*Record, error)
}

// Systems are all of them, by name.
func Systems() []string { return slices.Sorted(maps.Keys(systems)) }

var systems = map[string]System{
	"fastapi-users": {
		File: func(in *input, _ time.Time) (Reader, error) {
			return ofTable(in, fastAPI, "email", "hashed_password")
		},
		Row: func(time.Time) func(row) (*Record, error) { return fastAPI },
	},
	"gotrue": {
		File: func(in *input, now time.Time) (Reader, error) {
			return ofTable(in, goTrue(now), "id", "email", "encrypted_password")
		},
		Row: goTrue,
	},
	"keycloak": {File: func(in *input, _ time.Time) (Reader, error) { return ofObjects(in, keycloak, "users", true) }},
	"kratos":   {File: func(in *input, _ time.Time) (Reader, error) { return ofObjects(in, kratos, "identities", false) }},
	"auth0":    {File: func(in *input, _ time.Time) (Reader, error) { return ofObjects(in, auth0, "", false) }},
	"htpasswd": {File: func(in *input, _ time.Time) (Reader, error) { return &htpasswd{in}, nil }},
	"django": {File: func(in *input, _ time.Time) (Reader, error) {
		head, _ := in.r.Peek(64)
		if text := strings.TrimSpace(string(head)); strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
			return ofObjects(in, djangoDump, "", false)
		}
		return ofTable(in, djangoTable, "email", "password")
	}},
}

func ofTable(in *input, make func(row) (*Record, error), must ...string) (Reader, error) {
	c, err := newCSV(in, must...)
	if err != nil {
		return nil, err
	}
	return &tableReader{c, make}, nil
}

func ofObjects[T any](in *input, make func(int64, *T) (*Record, error), under string, only bool) (Reader, error) {
	e, err := newElements(in, under, only)
	if err != nil {
		return nil, err
	}
	return &objectReader[T]{e, make}, nil
}

// Read reads the export of a system.
func Read(system string, r io.Reader, now time.Time) (Reader, error) {
	s, ok := systems[system]
	if !ok {
		return nil, fmt.Errorf("%q is no system that people are imported from; there are %s",
			system, strings.Join(Systems(), ", "))
	}
	in, err := newInput(r)
	if err != nil {
		return nil, err
	}
	return s.File(in, now)
}

// Rows reads the rows of a system's database, which next gives by their columns,
// without those that are NULL.
func Rows(system string, now time.Time, next func() (map[string]string, error)) (Reader, error) {
	s, ok := systems[system]
	if !ok || s.Row == nil {
		return nil, fmt.Errorf("the people of %q are read from a file, not from its database", system)
	}
	return &tableReader{&given{read: next}, s.Row(now)}, nil
}

// given counts rows that somebody else reads.
type given struct {
	read func() (map[string]string, error)
	n    int64
}

func (g *given) next() (row, error) {
	fields, err := g.read()
	g.n++
	return row{line: g.n, fields: fields}, err
}
