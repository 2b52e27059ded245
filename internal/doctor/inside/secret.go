package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) secretChecks() []doctor.Check { return nil }
