package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// RestartAudit begins the chain anew with all rows as they stand: after a break
// that was looked into, or when the key of the chain is lost. The reason is
// written into the audit.
func (c *Core) RestartAudit(ctx context.Context, reason string) error {
	nodes, _, err := c.Store.Nodes(ctx, inside.Fresh)
	if err != nil {
		return err
	}
	if len(nodes) > 0 {
		return fmt.Errorf("a server uses this database (on %s): stop it first; one that was killed counts as running for %s",
			nodes[0].Host, inside.Fresh)
	}
	var sealed []byte
	keys, number := c.Audit, byte(1)
	if keys == nil {
		old, err := c.Store.AuditRoots(ctx)
		if err != nil {
			return err
		}
		for n := range old {
			number = max(number, n+1)
		}
		if number == 0 {
			return errors.New("the audit has had as many keys as it can have")
		}
		root := secret.New(secret.Random(audit.RootLen))
		if keys, err = audit.NewKeys(map[byte]secret.Value{number: root}); err != nil {
			return err
		}
		sealed = c.seals.Seal(root.Reveal(), rootBound(number)...)
	}
	row := audit.Succeeded(audit.EventAuditRestarted, login.Host().Client)
	row.At, row.Actor, row.Detail = now(), login.Host().ID, reason
	if err := c.Store.RestartAudit(ctx, keys, strconv.Itoa(int(number)), sealed, row); err != nil {
		return err
	}
	c.Audit = keys
	return nil
}
