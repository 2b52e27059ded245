package inside

import (
	"context"
	"errors"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (in *inside) productChecks() []doctor.Check {
	ready := []string{"database", "schema", "secrets"}
	return []doctor.Check{
		{
			Name: "server_running", Title: "The server answers",
			Needs: []string{"config", "environment", "settings_address"}, Run: in.running,
		},
		{
			Name: "tls_files", Title: "The certificate in TLS_CERT_FILE is good",
			Needs: []string{"config", "settings_address"}, Run: in.certificate,
		},
		{Name: "administrator", Title: "An administrator can sign in", Needs: ready, Run: in.opened(in.administrator)},
		{
			Name: "round_trip", Title: "A token, a CSRF token and a session work",
			Needs: append(ready, "settings", "data_dir"), Run: in.opened(in.roundTrip),
		},
	}
}

// administrator: without one nobody can help people who are locked out. Before
// there was any, the set-up link makes the first.
func (in *inside) administrator(ctx context.Context, r *doctor.Result) {
	all, usable, people, err := in.db.Administrators(ctx)
	if err != nil {
		r.Unable("who the administrators are", err)
		return
	}
	ever, err := in.db.AdminEver(ctx)
	if err != nil {
		r.Unable("whether there has been an administrator", err)
		return
	}
	r.Say("%d of %d administrators can sign in, %d accounts in all", usable, all, people)
	switch {
	case usable > 0:
	case !ever:
		r.Note("no_admin_yet", "There is no administrator yet; the link that makes one is printed by: aiwfe-auth setup-link")
	default:
		r.Find(api.Finding{
			Code: "no_usable_admin",
			Evidence: fmt.Sprintf(
				"%d accounts, %d with the role admin, none of these active with a password or a passkey", people, all),
			Expected: "one administrator at least who can sign in", Remedy: helpAdmin(all),
		})
	}
}

func helpAdmin(all int) string {
	if all == 0 {
		return "aiwfe-auth user set-role --email you@example.com --role admin"
	}
	return "aiwfe-auth user list --role admin, then for one of them: " +
		"aiwfe-auth user enable --email ADDRESS, or unlock or reset-password instead of enable"
}

// TripError is a step of the round trip that failed, with the name of its cause.
type TripError struct {
	Cause api.Cause
	Err   error
}

func (e *TripError) Error() string { return e.Err.Error() }

func (e *TripError) Unwrap() error { return e.Err }

func (in *inside) roundTrip(ctx context.Context, r *doctor.Result) {
	if in.RoundTrip == nil || in.cfg.JWTSecretKey.Empty() || in.cfg.DataEncryptionKey.Empty() || in.cfg.PublicURL == nil {
		r.Skip("the keys make themselves at the first start")
		return
	}
	err := in.RoundTrip(ctx, in.db)
	if err == nil {
		return
	}
	step, ok := errors.AsType[*TripError](err)
	if !ok {
		r.Unable("a token, a CSRF token and a session", err)
		return
	}
	r.Find(api.Finding{Code: step.Cause, Evidence: step.Error(), Expected: "all three, made, checked and taken back"})
}
