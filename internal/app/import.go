package app

import (
	"context"
	"errors"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// Import brings the people of another system along.
func (c *Core) Import(ctx context.Context, from moving.Reader, o moving.Options) (*moving.Summary, error) {
	if o.Invite && !o.DryRun && !c.Login.Mails() {
		return nil, errors.New("--invite sends mail, and no mail server is configured: set SMTP_URL, " +
			"or leave --invite away and print links one by one with: aiwfe-auth user reset-password")
	}
	o.Invited = func(ctx context.Context, id account.ID) (bool, error) {
		return c.Login.InviteMoved(ctx, login.Host(), id)
	}
	host := login.Host()
	row := audit.Succeeded(audit.EventUserImported, host.Client)
	row.Actor = host.ID
	return moving.Run(ctx, from, &store.Importing{S: c.Store, Seals: c.seals, Row: row}, o)
}
