package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsKnownOfASessionIsWhatItsRowsSay changes each column by hand, to another
// value and back, and holds what is read with the help of what was known against
// what a store reads that knows nothing.
func TestWhatIsKnownOfASessionIsWhatItsRowsSay(t *testing.T) {
	t.Parallel()
	s := migrate(t, openSQLite(t))
	id := signedIn(t, s, "ada@example.com").Session.ID
	rw, _ := s.Handles()
	for name, keys := range map[string][]string{"users": {"id"}, "sessions": {"id", "user_id", "device_id"}, "devices": {"id", "user_id"}} {
		for _, info := range table(t, s, `SELECT name FROM pragma_table_info('`+name+`')`) {
			column := info[0]
			if slices.Contains(keys, column) {
				continue
			}
			var before any
			if err := rw.QueryRowContext(t.Context(), `SELECT `+column+` FROM `+name).Scan(&before); err != nil {
				t.Fatal(err)
			}
			for _, value := range []any{[]byte("ab"), "a", "b", "", int64(1), int64(0), "2026-01-02 03:04:05", before} {
				_, err := rw.ExecContext(t.Context(), `UPDATE `+name+` SET `+column+` = $1`, value)
				if err != nil {
					continue // a check of the schema, such as one of a unique address
				}
				known, err1 := s.SessionByID(t.Context(), id)
				s.Forget()
				fresh, err2 := s.SessionByID(t.Context(), id)
				if diff := cmp.Diff(fresh, known); diff != "" || (err1 == nil) != (err2 == nil) {
					t.Errorf("%s.%s = %q (-as it is +as it was known):\n%s (%v, %v)", name, column, value, diff, err2, err1)
				}
			}
		}
	}
	run(t, s, `DELETE FROM sessions`)
	if got, err := s.SessionByID(t.Context(), id); got != nil || err != nil {
		t.Errorf("of a session that is gone, %+v is known (%v)", got, err)
	}
}
