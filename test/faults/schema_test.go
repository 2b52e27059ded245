package faults

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// schema is everything that migrations make, in words.
func (at place) schema(t *testing.T, s *ground.Instance) (lines []string) {
	t.Helper()
	query := `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1`
	if at.direct != "" {
		query = `SELECT * FROM (SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
			COALESCE(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public') AS all_of_it (line) ORDER BY line`
	}
	rows, err := at.open(t, s).QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if rows.Err() != nil || len(lines) < 50 {
		t.Fatal(len(lines), rows.Err())
	}
	return lines
}

// whole compares with the schema of a migration that nobody disturbed.
func whole(t *testing.T, at place, s *ground.Instance, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, at.schema(t, s)); diff != "" {
		t.Errorf("the schema is not the one of an undisturbed migration (-want +got):\n%s", diff)
	}
	if n := count(t, at.open(t, s), `SELECT COUNT(*) FROM (SELECT version_id FROM goose_db_version GROUP BY version_id HAVING COUNT(*) > 1) AS twice`); n > 0 {
		t.Errorf("%d steps were taken twice", n)
	}
}

// errorLines are what an operator would have to read.
func errorLines(log string) (n int) {
	for line := range strings.Lines(log) {
		if l := strings.ToLower(line); strings.Contains(l, "error") || strings.Contains(l, "panic") {
			n++
		}
	}
	return n
}

func undisturbed(t *testing.T, anew fresh) []string {
	t.Helper()
	at, s := anew(t)
	if r := s.Run("migrate", "up"); r.Code != 0 || errorLines(r.Stderr) > 0 {
		t.Fatalf("migrate up ended with %d: %s", r.Code, r.Stderr)
	}
	return at.schema(t, s)
}
