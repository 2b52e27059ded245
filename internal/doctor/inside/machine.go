package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) machineChecks() []doctor.Check { return nil }
