package inside

import (
	"context"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// mostPasskeys bounds how many are looked at; the newest tell enough.
const mostPasskeys = 1000

// hosts finds passkeys that were registered while the server had another host:
// a browser gives a passkey to the host that it was made for, and to no other.
func (in *inside) hosts(ctx context.Context, r *doctor.Result) {
	if in.cfg.PublicURL == nil {
		r.Skip("PUBLIC_URL is not set")
		return
	}
	text, err := in.db.Fact(ctx, factHosts)
	if err != nil {
		r.Unable("the earlier hosts of PUBLIC_URL", err)
		return
	}
	made, err := in.db.PasskeyTimes(ctx, mostPasskeys)
	if err != nil {
		r.Unable("the passkeys", err)
		return
	}
	lost, where := strangers(parseSteps(text), made, in.cfg.PublicURL.Hostname())
	r.Say("%d passkeys", len(made))
	if lost == 0 {
		return
	}
	r.Find(api.Finding{
		Code: "passkey_of_other_host",
		Evidence: fmt.Sprintf("%d of the newest %d passkeys were registered while PUBLIC_URL had the host %s\n"+
			"PUBLIC_URL is %s now", lost, len(made), where, in.cfg.PublicURL),
		Expected: "the host for which they were registered, or new passkeys",
		Remedy: "Set PUBLIC_URL back to the host " + where + ", " +
			"or let these people sign in another way and register their passkeys anew.",
		Setting: setting("PUBLIC_URL", in.cfg.Origin("PUBLIC_URL")),
	})
}

// strangers counts the passkeys that were made under another host than the one
// of today, and names the newest such host.
func strangers(steps []step, made []time.Time, host string) (lost int, where string) {
	for _, at := range made {
		then := ""
		for _, s := range steps {
			if !at.Before(s.Since) {
				then = s.Value
			}
		}
		if then != "" && then != host {
			lost++
			if where == "" {
				where = then
			}
		}
	}
	return lost, where
}
