package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// upkeepChain follows the whole audit, and keeps what it finds where the doctor
// reads it.
func (c *Core) upkeepChain(ctx context.Context) (upkeep.Chain, error) {
	report, err := audit.Verify(ctx, c.Store, c.Audit, nil)
	wrong, found := errors.AsType[*audit.Wrong](err)
	if err != nil && !found {
		return upkeep.Chain{}, err
	}
	if err := KeepAuditVerdict(ctx, c, wrong); err != nil {
		return upkeep.Chain{}, err
	}
	if found {
		return upkeep.Chain{Rows: report.Rows, Said: wrong.Error()}, nil
	}
	said := fmt.Sprintf("each as it was written; %d signed checkpoints", report.Checkpoints)
	return upkeep.Chain{Rows: report.Rows + report.Waiting, Whole: true, Said: said}, nil
}
