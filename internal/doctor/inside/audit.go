package inside

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func (in *inside) auditChecks() []doctor.Check {
	needs := []string{"database", "schema"}
	return []doctor.Check{
		{
			Name: "audit_chain", Title: "Rows of the audit are as they were written",
			Needs: append(needs, "data_key"), Run: in.opened(in.auditChain),
		},
		{Name: "audit_shipping", Title: "The audit is taken where it is sent", Needs: needs, Run: in.opened(in.auditShipping)},
	}
}

// auditChain tells what the running server found, which verifies the newest
// rows twice a minute and all others in turn.
func (in *inside) auditChain(ctx context.Context, r *doctor.Result) {
	text, err := in.db.Fact(ctx, store.AuditBrokenFact)
	if err != nil {
		r.Unable("what was found of the audit's chain", err)
		return
	}
	if text == "" {
		return
	}
	var w audit.Wrong
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		r.Unable("what was found of the audit's chain", err)
		return
	}
	r.Find(api.Finding{
		Code: "audit_chain_broken", Evidence: w.Error() + " (" + string(w.Kind) + ")",
		Expected: "each row as it was written, in its place", Remedy: "aiwfe-auth audit verify",
	})
}

// shipsWithin is how long a row may wait to be taken before somebody is told.
const shipsWithin = 5 * time.Minute

func (in *inside) auditShipping(ctx context.Context, r *doctor.Result) {
	sinks, err := in.db.AuditSinks(ctx)
	if err != nil {
		r.Unable("how far the audit was sent", err)
		return
	}
	settings := map[string]struct {
		name string
		set  bool
	}{
		"file":    {"AUDIT_SHIP_FILE", in.cfg.AuditShipFile != ""},
		"syslog":  {"AUDIT_SHIP_SYSLOG", in.cfg.AuditShipSyslog != ""},
		"webhook": {"AUDIT_SHIP_WEBHOOK", !in.cfg.AuditShipWebhook.Empty()},
	}
	for _, s := range sinks {
		of := settings[s.Name]
		if !of.set || s.Since < shipsWithin || s.Failed == "" {
			continue
		}
		r.Find(api.Finding{
			Code: "audit_shipping_behind", Setting: of.name,
			Evidence: fmt.Sprintf("%d rows wait, the first for %s; the last of %d tries said: %s",
				s.Lag, s.Since.Round(time.Second), s.Tries, s.Failed),
			Expected: "rows taken within " + shipsWithin.String(),
		})
	}
}
