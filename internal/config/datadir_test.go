package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nowhere cannot be written to by anybody, root included.
const nowhere = "/dev/null/data"

func TestUnwritableDataDirIsAFaultWhereSomethingIsKeptThere(t *testing.T) {
	postgres := "DATABASE_URL=postgres://ada:x@db.example.com/auth"
	for _, row := range []struct {
		name string
		env  []string
		want bool
	}{
		{"keys and database", []string{"DATA_DIR=" + nowhere}, true},
		{"keys", []string{"DATA_DIR=" + nowhere, postgres}, true},
		{"the database", production("DATA_DIR=" + nowhere), true},
		{"the set-up link alone", production("DATA_DIR="+nowhere, postgres), false},
		{"a database elsewhere", production("DATA_DIR="+nowhere, "DATABASE_URL=sqlite:////srv/auth.db"), false},
	} {
		c, err := Load(Sources{Env: row.env, Now: noon})
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		f, bad := c.CheckDataDir()
		warned := strings.Contains(strings.Join(c.Warnings(), "\n"), "cannot be written to: not a directory.")
		if bad != row.want || warned == row.want {
			t.Errorf("%s: a fault %t, a warning %t", row.name, bad, warned)
		}
		if bad && (f.Variable != "DATA_DIR" || f.Origin != "environment" || !strings.Contains(f.Hint, "mkdir -p")) {
			t.Errorf("%s: %+v", row.name, f)
		}
	}
}

func TestCheckingDataDirLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	for _, data := range []string{dir, filepath.Join(dir, "not", "yet")} {
		c, err := Load(Sources{Env: []string{"DATA_DIR=" + data}, Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		if f, bad := c.CheckDataDir(); bad {
			t.Errorf("%s: %s", data, f)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAShortKeyIsExplainedByItsOwnPurpose(t *testing.T) {
	env := with(production(), "JWT_SECRET_KEY=short-k9Q", "DATA_ENCRYPTION_KEY=shorter-k9Q")
	_, err := Load(Sources{Env: env, Now: noon})
	text := err.Error()
	_, data, _ := strings.Cut(text, "DATA_ENCRYPTION_KEY")
	if strings.Count(text, "HS256") != 1 || strings.Contains(data, "HS256") || !strings.Contains(data, "keys of 256 bits are made from it") {
		t.Error(text)
	}
}
