package store_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// What the program before this one does not survive, if it happens to a table that it uses.
var takesAway = map[string]*regexp.Regexp{
	"drops something":                        regexp.MustCompile(`(?i)\bDROP\s+(TABLE|COLUMN|INDEX|VIEW|CONSTRAINT|TYPE|DEFAULT)\b`),
	"renames something":                      regexp.MustCompile(`(?i)\bRENAME\b`),
	"changes the type of a column":           regexp.MustCompile(`(?i)\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b`),
	"forbids NULL where it was allowed":      regexp.MustCompile(`(?i)\bSET\s+NOT\s+NULL\b`),
	"adds a column that must be filled":      regexp.MustCompile(`(?i)\bADD\s+(COLUMN\s+)?(IF\s+NOT\s+EXISTS\s+)?\w+\s[^;,]*\bNOT\s+NULL\b[^;,]*`),
	"adds a condition to a table":            regexp.MustCompile(`(?i)\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)\b`),
	"makes a unique index on an older table": regexp.MustCompile(`(?i)\bCREATE\s+UNIQUE\s+INDEX\b[^;]*\bON\s+(\w+)`),
	"takes rows away":                        regexp.MustCompile(`(?i)(\bDELETE\s+FROM|\bTRUNCATE)\b`),
}

var (
	filled    = regexp.MustCompile(`(?i)\bDEFAULT\b`)
	makes     = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`)
	statement = regexp.MustCompile(`(?m)--.*$`)
)

// wrongs are what in a step would stop the program before it.
func wrongs(step string) (list []string) {
	up, _, _ := strings.Cut(step, "-- +goose Down")
	if strings.Contains("\n"+up, "\n-- contract:") {
		return nil
	}
	up = statement.ReplaceAllString(up, "")
	own := map[string]bool{}
	for _, m := range makes.FindAllStringSubmatch(up, -1) {
		own[strings.ToLower(m[1])] = true
	}
	for what, form := range takesAway {
		for _, m := range form.FindAllStringSubmatch(up, -1) {
			if len(m) == 2 && own[strings.ToLower(m[1])] || strings.HasPrefix(what, "adds a column") && filled.MatchString(m[0]) {
				continue
			}
			list = append(list, fmt.Sprintf("it %s: %s", what, strings.Join(strings.Fields(m[0]), " ")))
		}
	}
	return list
}

// While nodes are replaced one by one the old program works on the new schema. A step that ends this says
// "-- contract: why", which keeps older programs from starting, and comes one version after what no longer needs it.
func TestStepsOnlyAdd(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{store.SQLite, store.Postgres} {
		files, err := fs.Glob(store.MigrationFiles(), "migrations/"+engine+"/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			text, err := fs.ReadFile(store.MigrationFiles(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range wrongs(string(text)) {
				t.Errorf("%s: %s", f, wrong)
			}
		}
	}
}

func TestWhatTakesAwayIsSeen(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]int{
		"ALTER TABLE users DROP COLUMN name;":                                                       1,
		"DROP INDEX users_email;":                                                                   1,
		"ALTER TABLE sessions RENAME COLUMN a TO b;":                                                1,
		"alter table users alter column name type varchar(9);":                                      1,
		"ALTER TABLE users ALTER COLUMN name SET NOT NULL;":                                         1,
		"ALTER TABLE users ADD COLUMN x TEXT NOT NULL;":                                             1,
		"ALTER TABLE users ADD x TEXT NOT NULL;":                                                    1,
		"ALTER TABLE users ADD COLUMN x TEXT NOT NULL DEFAULT '';":                                  0,
		"ALTER TABLE users ADD COLUMN x TEXT;":                                                      0,
		"ALTER TABLE users ADD CONSTRAINT c CHECK (true);":                                          1,
		"CREATE UNIQUE INDEX i ON users (name);":                                                    1,
		"CREATE TABLE u (a TEXT NOT NULL);\nCREATE UNIQUE INDEX i ON u (a);":                        0,
		"CREATE INDEX i ON users (name);":                                                           0,
		"DELETE FROM sessions;":                                                                     1,
		"-- contract: nobody reads it since version 3\nDROP TABLE users;":                           0,
		"-- it would be wrong to DROP TABLE users\nSELECT 1;\n-- +goose Down\nDROP TABLE sessions;": 0,
	} {
		if got := wrongs(step); len(got) != want {
			t.Errorf("%s: %v, want %d", step, got, want)
		}
	}
}
