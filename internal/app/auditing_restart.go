package app

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
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
	keys := c.Audit
	number, err := c.Store.AuditRootNumber(ctx)
	if err != nil {
		return err
	}
	if keys != nil {
		number = int64(keys.Number())
	} else if keys, sealed, err = c.freshRoot(number + 1); err != nil {
		return err
	} else {
		number++
	}
	row := audit.Succeeded(audit.EventAuditRestarted, login.Host().Client)
	row.At, row.Actor, row.Detail = now(), login.Host().ID, reason
	if err := c.Store.RestartAudit(ctx, keys, strconv.FormatInt(number, 10), sealed, row); err != nil {
		return err
	}
	c.Audit = keys
	return nil
}

// freshRoot makes the keys of a chain that has no other.
func (c *Core) freshRoot(number int64) (*audit.Keys, []byte, error) {
	if number > store.AuditRootMost {
		return nil, nil, store.ErrAuditRoots
	}
	root := secret.New(secret.Random(audit.RootLen))
	sealed := c.seals.Seal(root.Reveal(), rootBound(byte(number))...)
	keys, err := auditKeys(c.seals, map[byte][]byte{byte(number): sealed})
	return keys, sealed, err
}
