package pages

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// TestMaintenancePageBeforeAndAfter: nothing was done at first; then a report is
// made by hand, in which there is something to do.
func TestMaintenancePageBeforeAndAfter(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/maintenance")
	at(t, ctx, "Maintenance")
	wantSeen(t, ctx, "main", "Not done yet")
	if r := s.Run("maintenance", "daily"); r.Code != 1 { // an administrator was made just now
		t.Fatalf("maintenance daily: %d %s%s", r.Code, r.Stdout, r.Stderr)
	}
	browser.Open(t, ctx, s.URL+"/admin/maintenance")
	wantSeen(t, ctx, ".finding", "New administrators and roles")
	wantSeen(t, ctx, ".finding-commands", "aiwfe-auth user list --role admin")
	look(t, ctx, s, map[string]string{"admin-maintenance": "/admin/maintenance"})
}
