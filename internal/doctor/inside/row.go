package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) rowChecks() []doctor.Check { return nil }
