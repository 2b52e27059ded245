package contract

import (
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The mailbox of development is for whoever sits at the machine. Where others
// reach the server, a proxy that passes requests on without a word about them
// looks just the same.
func TestMailboxIsShutWhereOthersReachTheServer(t *testing.T) {
	t.Parallel()
	for public, want := range map[string]int{ground.Unset: http.StatusOK, "https://auth.example.com": http.StatusNotFound} {
		env := map[string]string{"ENVIRONMENT": "test"}
		if public != ground.Unset {
			env["PUBLIC_URL"] = public
		}
		s := ground.Server(t, env)
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Addr+"/dev/mailbox", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("PUBLIC_URL %q: %d, want %d", public, res.StatusCode, want)
		}
	}
}
