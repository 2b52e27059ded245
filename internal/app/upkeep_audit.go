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
	if c.Audit == nil {
		return upkeep.Chain{}, errors.New("the keys of its chain are not at hand")
	}
	report, err := audit.Verify(ctx, c.Store, c.Audit, func(int64, int64) {})
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
	said := fmt.Sprintf("each as it was written; checkpoints that hold: %d", report.Checkpoints)
	return upkeep.Chain{Rows: report.Rows + report.Waiting, Whole: true, Said: said}, nil
}
