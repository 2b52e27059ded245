package contract

import (
	"net/http"
	"strings"
	"testing"
)

// TestOtherProcessesLeaveTheServersDatabaseAlone: a process that opens and closes a SQLite file by itself loses the locks
// that it has on it (POSIX). The doctor looks at the file from within the server; after that the next command took itself
// for the only one, and deleted the journal with all that the server wrote from then on.
func TestOtherProcessesLeaveTheServersDatabaseAlone(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"REGISTRATION": "open"})
	for range 3 {
		if r := w.Run("doctor", "--json"); !strings.Contains(r.Stdout, `"findings"`) {
			t.Fatalf("doctor: %s", r.Stderr)
		}
		w.onHost(t, "user")
		email := w.address()
		a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password})
		a.want(t, http.StatusCreated, "")
		if r := w.Run("user", "show", "--email", email); r.Code != 0 {
			t.Fatalf("what the server wrote is gone: %s", r.Stderr)
		}
	}
}
